"""Finds the subschemas of the spec's JSON Schema that describe a value, and the types, words and names they allow."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache

from applier.spec.body import items, mapping, text
from applier.spec.kinds import Kinds, Reference
from applier.spec.resources import Path
from applier.spec.schema.files import Schema, read_schema

_BRANCHES = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("then", "else")
_TYPES_OF_VALUES = {str: "string", bool: "boolean", int: "integer", float: "number"}
RESOURCE_STEPS = 2
"""How many steps of a path lead to a resource: its kind and its name."""


@cache
def spec_schema() -> Schema:
    """Return the schema of a whole spec. Raises FileNotFoundError in a broken installation."""
    schema = read_schema("spec.schema")
    if schema is None:
        raise FileNotFoundError("spec.schema.json is missing; install applier again")
    return schema


@cache
def resource_schema(definition: str) -> Schema:
    """Return the schema of one resource by the name of its kind's definition, complete in itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{definition}",
        "$defs": spec_schema()["$defs"],
    }


@cache
def references_in(definition: str) -> tuple[Reference, ...]:
    """Return every member of a definition that the schema marks as the name of a resource (`x-reference`)."""
    found = list(dict.fromkeys(_references(mapping(mapping(spec_schema(), "$defs"), definition), ())))
    return tuple(one for one in found if not any(_covers(other, one) for other in found))


def schemas_at(path: Path, document: object, kinds: Kinds) -> tuple[Schema, ...]:
    """Return every subschema that describes the value at a path of a spec.

    The body of a resource can decide which schema describes one of its members: the type of a connection does.
    """
    if len(path) > RESOURCE_STEPS + 1:
        kind = kinds.get(str(path[0]))
        body = value_at(document, path[:RESOURCE_STEPS])
        schemas = kind.member_schemas(body) if kind and isinstance(body, dict) else {}
        if path[RESOURCE_STEPS] in schemas:
            return tuple(_walk(schemas[str(path[RESOURCE_STEPS])], path[RESOURCE_STEPS + 1 :]))
    return tuple(_walk(spec_schema(), path))


def types_at(path: Path, document: object, kinds: Kinds) -> frozenset[str]:
    """Return the JSON types that a value at a path may have; an empty set when it may have any."""
    found = [types for one in schemas_at(path, document, kinds) if (types := _types(one))]
    return frozenset.intersection(*found) if found else frozenset()


def members_at(path: Path) -> tuple[str, ...]:
    """Return the members that the spec's own schema knows at a path, in its order."""
    return tuple(dict.fromkeys(name for one in _walk(spec_schema(), path) for name in mapping(one, "properties")))


def is_word(path: Path, document: object, kinds: Kinds) -> bool:
    """Return whether the value is one of a few words or the name of something, so that it cannot be a secret."""
    return _has_mark({"enum", "x-reference", "x-word"}, path, document, kinds)


def is_name(path: Path, document: object, kinds: Kinds) -> bool:
    """Return whether the value names a resource or a field (`x-field`), or is a word."""
    return _has_mark({"x-field", "x-reference", "x-word"}, path, document, kinds)


def _has_mark(marks: AbstractSet[str], path: Path, document: object, kinds: Kinds) -> bool:
    return any(marks & one.keys() for one in schemas_at(path, document, kinds))


def value_at(value: object, path: Path) -> object:
    """Return the value at a path of nested mappings and lists, None when there is none."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _walk(schema: Schema, path: Path) -> Iterator[Schema]:
    for one in _expand(schema):
        if not path:
            yield one
            continue
        step, rest = path[0], path[1:]
        if isinstance(step, int):
            child = one.get("items")
        else:
            child = mapping(one, "properties").get(step, one.get("additionalProperties"))
        if isinstance(child, dict):
            yield from _walk(child, rest)


def _references(schema: Schema, path: tuple[str, ...]) -> Iterator[Reference]:
    for one in _expand(schema):
        if "x-reference" in one:
            yield Reference(path, text(one, "x-reference"))
        members = {**mapping(one, "properties"), "*": one.get("additionalProperties", one.get("items"))}
        for step, child in members.items():
            if isinstance(child, dict):
                yield from _references(child, (*path, step))


def _covers(reference: Reference, other: Reference) -> bool:
    """Return whether a path with `*` leads to another one too."""
    if reference == other or len(reference.path) != len(other.path):
        return False
    return all(step in ("*", another) for step, another in zip(reference.path, other.path, strict=True))


def _expand(schema: Schema) -> Iterator[Schema]:
    """Return a schema and those that it refers to or is made of."""
    yield schema
    if "$ref" in schema:
        yield from _expand(mapping(mapping(spec_schema(), "$defs"), text(schema, "$ref").rsplit("/", 1)[1]))
    for keyword in _BRANCHES:
        for branch in items(schema, keyword):
            if isinstance(branch, dict):
                yield from _expand(branch)
    for keyword in _CONDITIONAL:
        if keyword in schema:
            yield from _expand(mapping(schema, keyword))


def _types(schema: Schema) -> frozenset[str]:
    declared = schema.get("type")
    if declared is not None:
        types = frozenset([declared] if isinstance(declared, str) else map(str, items(schema, "type")))
        return types | {"integer"} if "number" in types else types
    values = items(schema, "enum") or ([schema["const"]] if "const" in schema else [])
    return frozenset(_TYPES_OF_VALUES[type(one)] for one in values if type(one) in _TYPES_OF_VALUES)
