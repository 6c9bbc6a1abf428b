"""Connection types: their settings, and which of them are secret, computed or required.

The files are not complete: an unknown type or setting is nothing wrong by itself.

See docs/api/behaviours.md#incomplete-type-data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType

from applier.secrets.names import is_secret_setting
from applier.spec.body import as_mapping, items, mapping, text
from applier.spec.resources import Path, Pattern
from applier.spec.schema.files import Schema, read_schema

_BRANCHES, _CONDITIONAL = ("allOf", "anyOf", "oneOf"), ("if", "then", "else")
_SECRET_UNDER_AUTHENTICATION = frozenset({"key", "value"})
_AUTHENTICATION = re.compile(r"basic|oauth.*|headers?|query|.*auth.*|.*credentials?|parameters", re.IGNORECASE)


@dataclass(frozen=True)
class ConnectionType:
    """One connection type.

    `known` is False for a type of which nothing is known. `schema` is the JSON Schema of its configuration, empty when
    there is none. `required` leaves out what a file cannot say: everything for OAuth types, computed and
    hidden settings.

    See docs/api/behaviours.md#oauth-connections.
    """

    id: str
    name: str = ""
    known: bool = False
    oauth: bool = False
    schema: Schema = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The schema of every top-level setting."""
        members = mapping(self.schema, "properties")
        return MappingProxyType({name: as_mapping(member) for name, member in members.items()})

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The settings that a file has to say."""
        names = () if self.oauth else map(str, items(self.schema, "required"))
        return tuple(name for name in names if not _has_no_effect(self.properties.get(name, {})))

    @cached_property
    def sensitive(self) -> frozenset[Pattern]:
        """The paths of all settings that the type marks as secret."""
        return frozenset(path for path, member in _members((), self.schema) if member.get("sensitive"))

    @cached_property
    def read_only(self) -> frozenset[Pattern]:
        """The paths of all settings that have no effect when set: computed by the service, or internal.

        See docs/api/behaviours.md#computed-settings and docs/api/behaviours.md#hidden-settings.
        """
        return frozenset(path for path, member in _members((), self.schema) if _has_no_effect(member))

    @cached_property
    def computed(self) -> frozenset[str]:
        """The names of the top-level settings that have no effect when set."""
        return frozenset(path[0] for path in self.read_only if len(path) == 1)

    @cached_property
    def defaults(self) -> Mapping[str, object]:
        """The default of every top-level setting that has one."""
        found = {name: one["default"] for name, one in self.properties.items() if "default" in one}
        return MappingProxyType(found)

    def is_sensitive(self, path: Path) -> bool:
        """Return whether the text of a setting must not be shown.

        That are settings which the type marks; in nested authentication objects, which carry no marks, those that are
        named like a secret; and for types without a schema all that are named like a secret.

        See docs/api/behaviours.md#nested-secrets.
        """
        pattern = tuple("*" if isinstance(step, int) else step for step in path)
        if not pattern:
            return False
        if pattern in self.sensitive:
            return True
        name = next((step for step in reversed(pattern) if step != "*"), "")
        if len(path) == 1:
            return name not in self.properties and is_secret_setting(name)
        inside = any(_AUTHENTICATION.fullmatch(step) for step in pattern[:-1])
        return is_secret_setting(name) or (inside and name in _SECRET_UNDER_AUTHENTICATION)


class ConnectionTypes:
    """The known connection types: those of a project, which go first, and those that applier ships."""

    def __init__(self, own: Mapping[str, Schema] | None = None) -> None:
        self._own = {type_id: _parse(type_id, schema) for type_id, schema in (own or {}).items()}

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all known types, sorted."""
        return tuple(sorted({*_index(), *self._own}))

    def find(self, type_id: str) -> ConnectionType:
        """Return what is known about a type, which may be nothing."""
        return self._own.get(type_id) or _find_shipped(type_id)


SHIPPED_TYPES = ConnectionTypes()


@cache
def _find_shipped(type_id: str) -> ConnectionType:
    is_listed = type_id in _index()  # a type of an answer can be any text, which is no name of a file
    return _parse(type_id, read_schema(f"connections/{type_id}") if is_listed else None)


def _parse(type_id: str, schema: Schema | None) -> ConnectionType:
    entry = _index().get(type_id)
    if entry is None and schema is None:
        return ConnectionType(type_id)
    facts = {**mapping(schema or {}, "x-polytomic"), **as_mapping(entry)}
    name, oauth = text(facts, "name") or type_id, facts.get("oauth") is True
    return ConnectionType(type_id, name, known=True, oauth=oauth, schema=schema or MappingProxyType({}))


def _index() -> Mapping[str, object]:
    return mapping(read_schema("connections/index") or {}, "types")


def _has_no_effect(member: Schema) -> bool:
    hidden = bool(member.get("hidden")) and not member.get("api_field")
    return bool(member.get("readOnly")) or bool(member.get("readonly")) or hidden


def _members(path: Pattern, schema: Schema) -> Iterator[tuple[Pattern, Schema]]:
    """Return the schema of every setting at every depth; `*` in a path stands for every item of a list."""
    for name, member in mapping(schema, "properties").items():
        yield (*path, name), as_mapping(member)
        yield from _members((*path, name), as_mapping(member))
    if isinstance(schema.get("items"), dict):
        yield (*path, "*"), mapping(schema, "items")
        yield from _members((*path, "*"), mapping(schema, "items"))
    branches = [one for word in _BRANCHES for one in items(schema, word)]
    branches += [schema[word] for word in _CONDITIONAL if word in schema]
    branches += mapping(schema, "dependentSchemas").values()
    for branch in branches:
        if isinstance(branch, dict):
            yield from _members(path, branch)


def map_settings(value: object, change: Callable[[object, Path], object], path: Path = ()) -> object:
    """Return a setting, or a whole configuration, with `change(value, path)` in place of every value that is inside."""
    if isinstance(value, Mapping):
        return {key: map_settings(member, change, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [map_settings(member, change, (*path, index)) for index, member in enumerate(value)]
    return change(value, path)
