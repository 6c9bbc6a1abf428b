"""The choice in the configuration of a model: a table, a view or a query."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.databases.types import DatabaseError


def source_of(source: Mapping[str, object]) -> tuple[str, str]:
    """Return the kind of the choice and its text. Raises DatabaseError unless there is exactly one."""
    chosen = [(kind, source[kind]) for kind in ("table", "view", "query") if source.get(kind)]
    if len(chosen) != 1:
        raise DatabaseError("exactly one of table, view and query is needed")
    kind, text = chosen[0]
    if not isinstance(text, str):
        raise DatabaseError(f"{kind} must be a text")
    return kind, text
