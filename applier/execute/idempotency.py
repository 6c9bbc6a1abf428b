"""Idempotency keys of creates: equal in all runs that create the same object, changed when a key is used up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

LENGTH = 40  # hexadecimal digits; the API takes 8 to 255 characters


class IdempotencyKeys:
    """The key for the next attempt to create one object (docs/api/transport.md#idempotency-keys).

    The first key is a digest of the address and the body: of two runs that create the same object at the same time,
    both send this key, and the service creates one object. The service replays the first answer under a key for a day,
    errors included (docs/api/behaviours.md#idempotency-keys), so that a key can be used up.
    """

    def __init__(self, address: str, body: Mapping[str, object], run_id: str) -> None:
        self.current = _digest(address, json.dumps(body, sort_keys=True, default=str))
        self.is_shared = True
        self._run_id = run_id

    def change_for_all(self, identifier: str) -> None:
        """Take the next key after an answer about an object that was deleted or renamed.

        All runs get this answer, and go on to the same key.
        """
        self.current = _digest(self.current, identifier)

    def change_for_this_run(self) -> None:
        """Take a key that only this run uses, after an error that may be a replay of an old one."""
        self.current = _digest(self.current, self._run_id)
        self.is_shared = False


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]
