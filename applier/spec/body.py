"""Looks into a body that may have any shape, for checks that run even when the schema has found something."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING: Mapping[str, object] = {}


def mapping(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The mapping under a key; an empty one when something else or nothing is there."""
    value = body.get(key)
    return value if isinstance(value, dict) else NOTHING


def items(body: Mapping[str, object], key: str) -> list[object]:
    """The list under a key; an empty one when something else or nothing is there."""
    value = body.get(key)
    return value if isinstance(value, list) else []


def text(body: Mapping[str, object], key: str) -> str:
    """The text under a key; an empty one when something else or nothing is there."""
    value = body.get(key)
    return value if isinstance(value, str) else ""
