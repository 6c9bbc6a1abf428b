"""Idempotency keys of creates: shared by all runs that create the same thing, fresh when one is used up (quirk 54)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


class IdempotencyKeys:
    """The key for the next attempt to create one object: 40 characters of those that the API allows (api.md 3).

    The first key follows from the address and the body alone: two runs at once, which create the same object, use the
    same key and the service makes one of it. `used_up` goes on to the next key that all runs would go on to, since
    they are told the same; `failed` goes on to one of this run alone, since an old error would be replayed for a day.
    """

    def __init__(self, address: str, body: Mapping[str, object], run: str) -> None:
        self.current = _digest(address, json.dumps(body, sort_keys=True, default=str))
        self.shared = True
        self._run = run

    def used_up(self, told: str) -> None:
        """The answer under this key is about an object that is gone or has another name by now."""
        self.current = _digest(self.current, told)

    def failed(self) -> None:
        """The answer under this key is an error, perhaps of another day."""
        self.current = _digest(self.current, self._run)
        self.shared = False


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
