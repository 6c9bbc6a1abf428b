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
    elif pattern[0] != "*":  # by far the most steps
        if isinstance(value, dict) and pattern[0] in value:
            yield from find_values(value[pattern[0]], pattern[1:], (*path, pattern[0]))
    else:
        for step, member in members_of(value):
            yield from find_values(member, pattern[1:], (*path, step))


def members_of(value: object) -> Iterable[tuple[str | int, object]]:
    """Return the members of a mapping with their keys, or the items of a list with their positions."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
