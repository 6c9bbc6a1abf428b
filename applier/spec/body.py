"""Reads members of values that may have any shape, for code that runs even when the schema refuses the value."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING: Mapping[str, object] = {}


def as_mapping(value: object) -> Mapping[str, object]:
    """Return a value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def mapping(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return the mapping under a key; an empty one when something else or nothing is there."""
    return as_mapping(body.get(key))


def items(body: Mapping[str, object], key: str) -> list[object]:
    """Return the list under a key; an empty one when something else or nothing is there."""
    value = body.get(key)
    return value if isinstance(value, list) else []


def text(body: Mapping[str, object], key: str) -> str:
    """Return the text under a key; an empty one when something else or nothing is there."""
    value = body.get(key)
    return value if isinstance(value, str) else ""
