"""Hosts that cannot be reached: those under `.invalid`, a domain that is reserved for this (RFC 2606)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from applier.sandbox.databases.types import DatabaseError

_NOWHERE = re.compile(r"(?:^|//|@)([\w.-]+\.invalid)\.?(?:[:/?#]|$)", re.IGNORECASE)


def refuse_unreachable(configuration: Mapping[str, object]) -> None:
    """Raise DatabaseError if a member of the configuration names such a host."""
    for value in configuration.values():
        found = _NOWHERE.search(value) if isinstance(value, str) else None
        if found:
            raise DatabaseError(f"failed to resolve host '{found[1]}': Name or service not known")
