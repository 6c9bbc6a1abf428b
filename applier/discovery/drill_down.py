"""Finds out, level by level, why a model's configuration leads to no source (api.md 10.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from applier.discovery.model import NoSource, State
from applier.kinds.base import mapping, sequence


@dataclass(frozen=True, slots=True)
class Item:
    """A choice: its values, if they are listed, and what has to be chosen next, if anything."""

    values: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """What can be chosen, and of what one thing has to be."""

    items: Mapping[str, Item]
    needed: tuple[str, ...]


def level_of(data: Mapping[str, object]) -> Level:
    """A level of an answer."""
    items = {name: _item(mapping(one)) for name, one in mapping(data.get("items")).items()}
    return Level(items, tuple(map(str, sequence(data.get("requires_one_of")))))


def _item(entry: Mapping[str, object]) -> Item:
    values = tuple(str(one) for one in sequence(entry.get("items")))
    return Item(values, tuple(map(str, sequence(entry.get("requires_one_of")))))


def drill_down(choices: Mapping[str, Any], look: Callable[[Mapping[str, Any]], Level | State]) -> NoSource | None:
    """What is wrong with the choices, or None when every level has one that it offers.

    The set of items changes from level to level (quirk 52): only those that are needed at each are looked at.
    """
    made: dict[str, Any] = {}
    level = look(made)
    needed = level.needed if isinstance(level, Level) else ()
    while isinstance(level, Level) and needed:
        given = [name for name in needed if choices.get(name) not in (None, "")]
        if len(given) != 1:
            return NoSource(needed=needed, offered=tuple(given))
        name = given[0]
        item = level.items.get(name, Item())
        if item.values and str(choices[name]) not in item.values:
            return NoSource(name, str(choices[name]), item.values)
        made[name], needed = choices[name], item.needed
        if needed:
            level = look(dict(made))
    return None
