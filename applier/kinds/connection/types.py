"""What is known about each connection type: its settings, and which of them are secret, computed or required.

The files are not complete (quirk 65): an unknown type or setting is nothing wrong by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from applier.schema_files import read_schema

Path = tuple[str, ...]
"""A way into a configuration; `*` stands for every item of a list."""

_LEARNED: dict[str, Mapping[str, Any]] = {}
"""Schemas that a project brings along, by type; the only state here, since what is known is asked for everywhere."""

_SAFE_ID = re.compile(r"[a-z0-9_]+")
_BRANCHES, _CONDITIONAL = ("allOf", "anyOf", "oneOf"), ("if", "then", "else")
_SECRET_NAME = re.compile(
    r"(?:.*_)?(?:password|passwd|passphrase|secret|token|(?:api|private|access|secret|account|auth)_?key)",
    re.IGNORECASE,
)
_SECRET_UNDER_AUTHENTICATION = frozenset({"key", "value"})
_AUTHENTICATION = re.compile(r"basic|oauth.*|headers?|query|.*auth.*|.*credentials?|parameters", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConnectionType:
    """One connection type. `schema` is the JSON Schema of its configuration, empty when none is shipped."""

    id: str
    name: str
    oauth: bool
    required: tuple[str, ...] = ()
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    schema: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def add_type(schemas: Mapping[str, Mapping[str, Any]]) -> None:
    """From now on know these types by the schemas of a project, which go before those that are shipped."""
    new = {type_id: schema for type_id, schema in schemas.items() if _LEARNED.get(type_id) != schema}
    if new:
        _LEARNED.update(new)
        for cached in (known_types, connection_type, sensitive, read_only, defaults):
            cached.cache_clear()


@cache
def known_types() -> tuple[str, ...]:
    """The ids of all connection types that are known, sorted."""
    index = read_schema("connections/index") or {"types": {}}
    return tuple(sorted({*index["types"], *_LEARNED}))


@cache
def connection_type(type_id: str) -> ConnectionType | None:
    """What is known about a type, or None when the type is unknown.

    `required` leaves out what a file cannot say: everything for OAuth types (quirk 11), computed and hidden members.
    """
    index = read_schema("connections/index") or {"types": {}}
    entry = index["types"].get(type_id)
    shipped = read_schema(f"connections/{type_id}") if _SAFE_ID.fullmatch(type_id) and type_id != "index" else None
    schema = _LEARNED.get(type_id, shipped)
    if entry is None and schema is None:
        return None
    facts = {**(schema or {}).get("x-polytomic", {}), **(entry or {})}
    name, oauth = str(facts.get("name", type_id)), bool(facts.get("oauth", False))
    if schema is None:
        return ConnectionType(type_id, name, oauth)
    properties: dict[str, Mapping[str, Any]] = schema.get("properties", {})
    required = () if oauth else tuple(
        one for one in schema.get("required", ()) if not _beyond_reach(properties.get(one, {}))
    )  # fmt: skip
    return ConnectionType(type_id, name, oauth, required, MappingProxyType(properties), MappingProxyType(schema))


@cache
def sensitive(type_id: str) -> frozenset[Path]:
    """The paths of all settings that the type marks as secret."""
    return frozenset(path for path, member in _members(type_id) if member.get("sensitive"))


@cache
def read_only(type_id: str) -> frozenset[Path]:
    """The paths of all settings that have no effect when set: computed by the server (5) or internal (6)."""
    return frozenset(path for path, member in _members(type_id) if _beyond_reach(member))


@cache
def defaults(type_id: str) -> Mapping[str, object]:
    """The default of every top-level setting that has one."""
    found = connection_type(type_id)
    properties = found.properties if found else {}
    return MappingProxyType({name: one["default"] for name, one in properties.items() if "default" in one})


def is_sensitive(type_id: str, path: tuple[str | int, ...]) -> bool:
    """True for a setting whose text must not be shown.

    Marked ones; in nested authentication objects, which carry no marks, those that are named like a secret (quirk 4);
    and for types without a schema everything that is named like a secret.
    """
    pattern = tuple("*" if isinstance(step, int) else step for step in path)
    if not pattern:
        return False
    if pattern in sensitive(type_id):
        return True
    name = next((step for step in reversed(pattern) if step != "*"), "")
    found = connection_type(type_id)
    if len(path) == 1:
        known = found is not None and name in found.properties
        return not known and _named_like_a_secret(name)
    around = any(_AUTHENTICATION.fullmatch(step) for step in pattern[:-1])
    return _named_like_a_secret(name) or (around and name in _SECRET_UNDER_AUTHENTICATION)


def _named_like_a_secret(name: str) -> bool:
    return _SECRET_NAME.fullmatch(name) is not None


def _beyond_reach(member: Mapping[str, Any]) -> bool:
    hidden = bool(member.get("hidden")) and not member.get("api_field")
    return bool(member.get("readOnly")) or bool(member.get("readonly")) or hidden


def _members(type_id: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    found = connection_type(type_id)
    if found is not None:
        yield from _inside((), found.schema)


def _inside(path: Path, schema: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        yield (*path, name), member
        yield from _inside((*path, name), member)
    if isinstance(schema.get("items"), dict):
        yield (*path, "*"), schema["items"]
        yield from _inside((*path, "*"), schema["items"])
    for branch in (*(one for word in _BRANCHES for one in schema.get(word, ())), *map(schema.get, _CONDITIONAL)):
        if isinstance(branch, dict):
            yield from _inside(path, branch)
    for branch in schema.get("dependentSchemas", {}).values():
        yield from _inside(path, branch)
