"""Hides secrets in nested data: dataclasses, mappings and sequences with texts and values at their ends."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass, replace
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

Tree = TypeVar("Tree")


def hide_secrets(tree: Tree, scrubber: Scrubber) -> Tree:
    """Return nested data without the secrets, the data itself where it has none.

    A value (a field marked by `VALUE`) is hidden as a whole where it equals a secret. Elsewhere, only texts of 4
    characters or more are hidden, and numbers are counts.
    """
    texts: set[str] = set()
    _collect(tree, texts)
    return cast(Tree, _hide(tree, scrubber)) if scrubber.affects(texts) else tree


def hide_values(values: Sequence[object], scrubber: Scrubber) -> Sequence[object]:
    """Return values, each hidden as a whole where it equals a secret; the sequence itself if there is no secret."""
    texts: set[str] = set()
    _collect(values, texts, is_value=True)
    return [scrubber.value(one) for one in values] if scrubber.affects(texts) else values


def _collect(node: object, texts: set[str], *, is_value: bool = False) -> None:
    if isinstance(node, Enum):
        return
    if isinstance(node, str):
        texts.add(node[:])
    elif isinstance(node, Mapping):
        for key, member in node.items():
            _collect(key, texts)
            _collect(member, texts, is_value=is_value)
    elif isinstance(node, list | tuple | set | frozenset):
        for member in node:
            _collect(member, texts, is_value=is_value)
    elif is_dataclass(node) and not isinstance(node, type):
        for one in _foreign_fields(cast(Hashable, type(node))):
            _collect(getattr(node, one.name), texts, is_value=_holds_value(one))
    elif is_value and isinstance(node, int | float):
        texts.add(str(node))


def _hide(node: object, scrubber: Scrubber) -> object:
    if isinstance(node, Enum):
        return node
    if isinstance(node, str):
        return SENSITIVE if isinstance(node, Secret) else scrubber.text(node, is_ours=True)
    if isinstance(node, Mapping):
        return with_distinct_keys((_hide_key(key, scrubber), _hide(member, scrubber)) for key, member in node.items())
    if isinstance(node, list | tuple | set | frozenset):
        hidden = [_hide(member, scrubber) for member in node]
        return hidden if isinstance(node, list) else type(node)(hidden)
    if is_dataclass(node) and not isinstance(node, type):
        return _hide_fields(node, scrubber)
    return node


def _hide_fields(node: object, scrubber: Scrubber) -> object:
    changes: dict[str, object] = {}
    for one in _foreign_fields(cast(Hashable, type(node))):
        before = getattr(node, one.name)
        after = _hide_field(one, before, scrubber)
        if after is not before and after != before:
            changes[one.name] = after
    return replace(cast(type, node), **changes) if changes else node  # type: ignore[type-var]


def _hide_field(one: Field[object], value: object, scrubber: Scrubber) -> object:
    if _holds_value(one):
        return scrubber.value(value)
    if one.metadata.get("path") and isinstance(value, tuple):
        return tuple(_hide_key(step, scrubber) for step in value)
    return _hide(value, scrubber)


def _hide_key(key: object, scrubber: Scrubber) -> object:
    return scrubber.key(key, is_ours=True) if isinstance(key, str) else _hide(key, scrubber)


def _holds_value(one: Field[object]) -> bool:
    return bool(one.metadata.get("value"))


@cache
def _foreign_fields(kind: Hashable) -> tuple[Field[object], ...]:
    return tuple(one for one in fields(cast(type, kind)) if one.init and not one.metadata.get("ours"))
