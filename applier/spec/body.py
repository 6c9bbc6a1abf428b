"""Reads members of values that may have any shape, for code that runs even when the schema refuses the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from applier.spec.resources import Path, Pattern

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


def find_values(value: object, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Return every value at a pattern, with its path."""
    if not pattern:
        yield path, value
        return
    for step, member in members_of(value, pattern[0]):
        yield from find_values(member, pattern[1:], (*path, step))


def members_of(value: object, step: str) -> Iterable[tuple[str | int, object]]:
    """Return the members of a value that one step of a pattern leads to, with their keys or positions."""
    if isinstance(value, Mapping):
        return list(value.items()) if step == "*" else [(step, value[step])] if step in value else []
    return list(enumerate(value)) if isinstance(value, list) and step == "*" else []
