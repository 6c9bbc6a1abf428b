"""A literal `${` in a spec is written `$${`: escapes and unescapes the texts of a value."""

from __future__ import annotations

from collections.abc import Callable

from applier.spec.variables.placeholders import MARK

ESCAPED_MARK = f"${MARK}"


def escape(value: object) -> object:
    """Return the value with every literal `${` in its texts as a spec file has to hold it."""
    return _map_texts(value, lambda text: text.replace(MARK, ESCAPED_MARK))


def unescape(value: object) -> object:
    """Return the value with every `$${` in its texts as the `${` that it stands for."""
    return _map_texts(value, lambda text: text.replace(ESCAPED_MARK, MARK))


def _map_texts(value: object, change: Callable[[str], str]) -> object:
    """Return the value with every text changed. Mappings keep their class, which may say how they are written."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return value.__class__({key: _map_texts(member, change) for key, member in value.items()})
    if isinstance(value, list):
        return [_map_texts(member, change) for member in value]
    return value
