"""One resource of an export, and the short digests that keep derived names apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.spec.resources import address_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource as it is exported, with its body, and the id of its live object if there is one."""

    kind: str
    name: str
    body: Mapping[str, object] = field(repr=False)
    id: str = ""

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


def short_digest(text: str) -> str:
    """Return six hexadecimal digits that depend on the text only."""
    return long_digest(text)[:6]


def long_digest(text: str) -> str:
    """Return hexadecimal digits that differ for any two texts."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
