"""Walks the schema of the spec: which subschemas speak about a value, which types and words they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from applier.kinds.connection.types import connection_type
from applier.schema_files import read_schema

Steps = tuple[str | int, ...]
Schema = Mapping[str, Any]

SECTIONS: Mapping[str, str] = {
    "connections": "connection",
    "models": "model",
    "bulk_syncs": "bulk_sync",
    "syncs": "sync",
}
"""The kinds that a spec can hold and the name of their schema in `$defs`."""

_BRANCHES = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("then", "else")
_TYPES_OF_VALUES = {str: "string", bool: "boolean", int: "integer", float: "number"}


@cache
def spec_schema() -> Schema:
    """The schema of a whole spec. Raises FileNotFoundError in a broken installation."""
    schema = read_schema("spec.schema")
    if schema is None:
        raise FileNotFoundError("spec.schema.json is missing; install applier again")
    return schema


@cache
def resource_schema(kind: str) -> Schema:
    """The schema of one resource of a kind, complete in itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{SECTIONS[kind]}",
        "$defs": spec_schema()["$defs"],
    }


def schemas_at(path: Steps, document: object = None) -> tuple[Schema, ...]:
    """Every subschema that speaks about the value at a path of a spec.

    `document` is asked for the type of a connection, because settings are described by the type's own schema.
    """
    if len(path) > 3 and path[0] == "connections" and path[2] == "configuration":
        return tuple(_walk(_configuration_schema(path, document), path[3:]))
    return tuple(_walk(spec_schema(), path))


def types_at(path: Steps, document: object = None) -> frozenset[str]:
    """The JSON types that may stand at a path; empty when anything may."""
    found = [types for one in schemas_at(path, document) if (types := _types(one))]
    return frozenset.intersection(*found) if found else frozenset()


def members_at(path: Steps) -> tuple[str, ...]:
    """The members that the spec's own schema knows at a path, in its order."""
    return tuple(dict.fromkeys(name for one in _walk(spec_schema(), path) for name in one.get("properties", ())))


def is_word(path: Steps, document: object = None) -> bool:
    """True where the value is one of a few words or the name of something, so that it cannot be a secret."""
    return any("enum" in one or "x-reference" in one or "x-word" in one for one in schemas_at(path, document))


def _configuration_schema(path: Steps, document: object) -> Schema:
    value = document
    for step in (*path[:2], "type"):
        value = value.get(step) if isinstance(value, dict) else None
    found = connection_type(value[:]) if isinstance(value, str) else None
    return found.schema if found else {}


def _walk(schema: Schema, path: Steps) -> Iterator[Schema]:
    for one in _expanded(schema):
        if not path:
            yield one
            continue
        step, rest = path[0], path[1:]
        if isinstance(step, int):
            child = one.get("items")
        else:
            child = one.get("properties", {}).get(step, one.get("additionalProperties"))
        if isinstance(child, dict):
            yield from _walk(child, rest)


def _expanded(schema: Schema) -> Iterator[Schema]:
    yield schema
    if "$ref" in schema:
        yield from _expanded(spec_schema()["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    for keyword in _BRANCHES:
        for branch in schema.get(keyword, ()):
            yield from _expanded(branch)
    for keyword in _CONDITIONAL:
        if keyword in schema:
            yield from _expanded(schema[keyword])


def _types(schema: Schema) -> frozenset[str]:
    declared = schema.get("type")
    if declared is not None:
        types = frozenset([declared] if isinstance(declared, str) else declared)
        return types | {"integer"} if "number" in types else types
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return frozenset(_TYPES_OF_VALUES[type(one)] for one in values if type(one) in _TYPES_OF_VALUES)
