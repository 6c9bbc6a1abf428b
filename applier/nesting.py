"""How many levels values may have: each of them is a call of a function later, and Python limits those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEEPEST = 100
"""Levels of a file, of a value in a text and of an answer of the service, its innermost texts and numbers included."""


def is_too_deep(value: object) -> bool:
    """Return whether a value has more levels than it may have."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inside for one in level for inside in _members(one)]
        if not level:
            return False
    return True


def _members(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()
