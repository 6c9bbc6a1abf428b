"""Hides secrets in nested data: dataclasses, mappings and sequences with texts and values at their ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import TypeVar, cast

from applier.secrets.scrubber import Scrubber, with_distinct_keys
from applier.secrets.secret import SENSITIVE, Secret

OURS: Mapping[str, bool] = MappingProxyType({"ours": True})
"""The metadata of a dataclass field whose texts and keys are applier's own words, such as a code: they stay."""

VALUE: Mapping[str, bool] = MappingProxyType({"value": True})
"""The metadata of a dataclass field that holds a value of either side: hidden as a whole where it equals a secret."""

PATH: Mapping[str, bool] = MappingProxyType({"path": True})
"""The metadata of a dataclass field that holds the keys of members, of which ordinary words stay."""

_SUGGESTION = re.compile(r'(?P<before>(?:[;,] )?did you mean )(?P<words>"[^"]*"(?: or "[^"]*")*)\?')

Tree = TypeVar("Tree")


def hide_secrets(tree: Tree, scrubber: Scrubber) -> Tree:
    """Return nested data without the secrets, the data itself where it has none.

    A value (a field marked by `VALUE`) is hidden as a whole where it equals a secret. Elsewhere, only texts of 4
    characters or more are hidden, and numbers are counts. Where something of the `address` or `name` of an object is
    hidden, its `id` stands behind it, since a person has to tell it from others.
    """
    found = _Found()
    found.collect(tree)
    if not scrubber.affects(found.texts):
        return tree
    return cast(Tree, _Hiding(scrubber, found.ids).hide(tree))


def hide_values(values: Sequence[object], scrubber: Scrubber) -> Sequence[object]:
    """Return values, each hidden as a whole where it equals a secret; the sequence itself if there is no secret."""
    found = _Found()
    found.collect(values, is_value=True)
    return [scrubber.value(one) for one in values] if scrubber.affects(found.texts) else values


@dataclass(slots=True)
class _Found:
    """Every text of a tree, and the ids of its objects by address."""

    texts: set[str] = field(default_factory=set)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def collect(self, node: object, *, is_value: bool = False) -> None:
        if isinstance(node, Enum):
            return
        if isinstance(node, str):
            self.texts.add(node[:])
        elif isinstance(node, Mapping):
            for key, member in node.items():
                self.collect(key)
                self.collect(member, is_value=is_value)
        elif isinstance(node, list | tuple | set | frozenset):
            for member in node:
                self.collect(member, is_value=is_value)
        elif is_dataclass(node) and not isinstance(node, type):
            if identifier := _id_of(node):
                self.ids.setdefault(getattr(node, "address"), set()).add(identifier)  # noqa: B009 - of any dataclass
            for one in _foreign_fields(cast(Hashable, type(node))):
                self.collect(getattr(node, one.name), is_value=_holds_value(one))
        elif is_value and isinstance(node, int | float):
            self.texts.add(str(node))


class _Hiding:
    """Hides the secrets that a scrubber knows, and shows ids behind hidden names."""

    def __init__(self, scrubber: Scrubber, ids: Mapping[str, Collection[str]]) -> None:
        self._scrubber = scrubber
        pairs = {address: (self._text(address), sorted(found)) for address, found in ids.items()}
        self._shown = {
            address: _with_id(shown, ", ".join(found)) for address, (shown, found) in pairs.items() if shown != address
        }
        longest_first = sorted(self._shown, key=len, reverse=True)
        ends = r"(?=$|[\s,;:\"')]|\.(?:\s|$))"
        self._pattern = (
            re.compile(f"(?<!\\w)({'|'.join(map(re.escape, longest_first))}){ends}") if self._shown else None
        )

    def hide(self, node: object) -> object:
        """Return the node without secrets."""
        if isinstance(node, Enum):
            return node
        if isinstance(node, str):
            return SENSITIVE if isinstance(node, Secret) else self._mention(node)
        if isinstance(node, Mapping):
            return with_distinct_keys((self._hide_key(key), self.hide(member)) for key, member in node.items())
        if isinstance(node, list | tuple | set | frozenset):
            hidden = [self.hide(member) for member in node]
            return hidden if isinstance(node, list) else type(node)(hidden)
        if is_dataclass(node) and not isinstance(node, type):
            return self._hide_fields(node)
        return node

    def _hide_fields(self, node: object) -> object:
        changes: dict[str, object] = {}
        identifier = self._text(_id_of(node))
        for one in _foreign_fields(cast(Hashable, type(node))):
            before = getattr(node, one.name)
            if identifier and one.name in ("address", "name"):
                shown = self._text(before)
                after: object = before if shown == before else _with_id(shown, identifier)
            else:
                after = self._hide_field(one, before)
            if after is not before and after != before:
                changes[one.name] = after or (None if one.name == "hint" else after)
        return replace(cast(type, node), **changes) if changes else node  # type: ignore[type-var]

    def _hide_field(self, one: Field[object], value: object) -> object:
        if _holds_value(one):
            return self._scrubber.value(value)
        if one.metadata.get("path") and isinstance(value, tuple):
            return tuple(self._hide_key(step) for step in value)
        return self.hide(value)

    def _hide_key(self, key: object) -> object:
        return self._scrubber.key(key, is_ours=True) if isinstance(key, str) else self.hide(key)

    def _mention(self, text: str) -> str:
        """Return a text with the id behind each address of which something is hidden."""
        if self._pattern is None:
            return self._text(text)
        pieces = self._pattern.split(text)
        if len(pieces) == 1:
            return self._text(text)
        return "".join(self._shown[one] if index % 2 else self._text(one) for index, one in enumerate(pieces))

    def _text(self, text: str) -> str:
        hidden = self._scrubber.text(text, is_ours=True)
        return hidden if hidden == text else _SUGGESTION.sub(_suggest_readable, hidden)


def _suggest_readable(suggestion: re.Match[str]) -> str:
    """Return a suggestion without the words of which something is hidden; empty without any other."""
    words = [one for one in suggestion["words"].split(" or ") if SENSITIVE not in one]
    return f"{suggestion['before']}{' or '.join(words)}?" if words else ""


def _id_of(node: object) -> str:
    """Return the id of a node that stands for an object; empty for others."""
    names = {one.name for one in _foreign_fields(cast(Hashable, type(node)))}
    return (getattr(node, "id", "") or "") if {"address", "id"} <= names else ""


def _with_id(shown: str, identifier: str) -> str:
    return f"{shown} ({identifier})"


def _holds_value(one: Field[object]) -> bool:
    return bool(one.metadata.get("value"))


@cache
def _foreign_fields(kind: Hashable) -> tuple[Field[object], ...]:
    return tuple(one for one in fields(cast(type, kind)) if one.init and not one.metadata.get("ours"))
