"""Idempotency keys of creates: the first is the same in all runs that create the same object, later ones are not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

LENGTH = 40  # hexadecimal digits; the API takes 8 to 255 characters


class IdempotencyKeys:
    """The key for the next attempt to create one object (docs/api/transport.md#idempotency-keys).

    The first key is a digest of the address and the body: of two runs that send the same create, also when one of them
    was killed and its request is still under way, the service creates one object. The service replays the first answer
    under a key for a day (docs/api/behaviours.md#idempotency-keys), so that a key is used up by an error, and by an
    object that was deleted or renamed since. Then a key of this run alone follows, whose answer is always a new one:
    how often the object was created before does not matter.
    """

    def __init__(self, address: str, body: Mapping[str, object], run_id: str) -> None:
        self.current = _digest(address, json.dumps(body, sort_keys=True, default=str))
        self.is_shared = True
        self._run_id = run_id

    def change(self) -> None:
        """Take a key that nobody has used."""
        self.current = _digest(self.current, self._run_id)
        self.is_shared = False


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]
