"""Decodes the resources of Polytomic's Terraform provider, of all its versions, into answers of the API.

Configurations and operands are JSON in texts, members that are not set are null, and older versions have other names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, mapping, sequence, text, without
from applier.nesting import is_too_deep
from applier.spec.documents.scalars import parse_foreign_json

PREFIX = "polytomic_"
BULK_SYNC = "polytomic_bulk_sync"
BULK_SYNC_SCHEMA = "polytomic_bulk_sync_schema"
CONNECTION = re.compile(r"polytomic_(\w+)_(connection)")
OLDER_TYPES = {"athena": "awsathena", "postgres": "postgresql", "sqlserver": "azuresql"}
OLDER_SETTINGS = {
    "awsathena": {
        "access_key_id": "access_id",
        "access_key_secret": "secret_access_key",
        "output_bucket": "outputbucket",
    }
}
_KINDS_BY_NOUN = {kind.noun.replace(" ", "_"): kind for kind in KINDS.values()}


def decode_resource(type_name: str, values: Mapping[str, object]) -> tuple[Kind, ApiObject] | None:
    """Return a resource as the API would answer about the same object, or None for types that have no kind."""
    members = mapping(_without_nulls(values))
    connection = CONNECTION.fullmatch(type_name)
    if connection:
        return _KINDS_BY_NOUN[connection[2]], _decode_connection(connection[1], members)
    kind = _KINDS_BY_NOUN.get(type_name.removeprefix(PREFIX)) if type_name.startswith(PREFIX) else None
    return (kind, _DECODERS.get(type_name, dict)(members)) if kind else None


def kind_of(type_name: str) -> Kind:
    """Return the kind of a resource type. Raises KeyError for types that have none."""
    return _KINDS_BY_NOUN[type_name.removeprefix(PREFIX)]


def add_schema(bulk_sync: ApiObject, values: Mapping[str, object]) -> ApiObject:
    """Return a bulk sync with one of its schemas, which older versions keep in a resource of its own."""
    schema = _decode_schema(mapping(_without_nulls(values)))
    listed = [mapping(one) for one in sequence(bulk_sync.get("schemas"))]
    same = [one for one in listed if one.get("id") == schema.get("id")]
    others = [one for one in listed if one.get("id") != schema.get("id")]
    return {**bulk_sync, "schemas": [*others, {**(same[0] if same else {}), **schema}]}


def _without_nulls(value: object) -> object:
    """Return a value without the nulls inside it, at every depth."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def _parse_json(value: object) -> object:
    """Return what a text holds as JSON, or the value itself where it is no JSON, or more than a spec can hold."""
    if not isinstance(value, str):
        return value
    try:
        parsed = parse_foreign_json(value)
    except (ValueError, RecursionError):
        return value
    return value if is_too_deep(parsed) else parsed


def _decode_settings(value: object) -> Mapping[str, object]:
    return mapping(_without_nulls(_parse_json(value)))


def _decode_connection(type_name: str, values: Mapping[str, object]) -> ApiObject:
    type_id = OLDER_TYPES.get(type_name, type_name)
    names = OLDER_SETTINGS.get(type_id, {})
    settings = _decode_settings(values.get("configuration"))
    configuration = {names.get(name, name): value for name, value in settings.items()}
    return {**values, "type": {"id": type_id}, "configuration": configuration}


def _decode_model(values: Mapping[str, object]) -> ApiObject:
    fields = [{"name": one, "user_added": False} for one in sequence(values.get("fields"))]
    added = [{**mapping(one), "user_added": True} for one in sequence(values.get("additional_fields"))]
    listed = {"fields": [*fields, *added]} if fields or added else {}
    others = {name: value for name, value in values.items() if name != "fields"}
    return {**others, **listed, "configuration": _decode_settings(values.get("configuration"))}


def _decode_sync(values: Mapping[str, object]) -> ApiObject:
    target = mapping(values.get("target"))
    conditions = {
        name: [_decode_condition(mapping(one)) for one in sequence(values.get(name))]
        for name in ("filters", "overrides")
    }
    return {
        **values,
        "fields": sequence(values.get("fields")),
        "target": {**target, "configuration": _decode_settings(target.get("configuration"))},
        **conditions,
    }


def _decode_condition(entry: Mapping[str, object]) -> dict[str, object]:
    """Return a condition with its operands. Older versions have only the id of the field, which stands for its name."""
    members = {name: _parse_json(value) if name in ("value", "override") else value for name, value in entry.items()}
    return {"field": entry.get("field_id"), **members}


def _decode_bulk_sync(values: Mapping[str, object]) -> ApiObject:
    ends: dict[str, object] = {}
    for end, older in (("source", "source"), ("destination", "dest")):
        members = mapping(values.get(end))
        configuration = members.get("configuration") or values.get(f"{older}_configuration")
        ends[f"{end}_connection_id"] = members.get("connection_id") or values.get(f"{older}_connection_id")
        ends[f"{end}_configuration"] = _decode_settings(configuration)
    if values.get("discover"):
        ends["automatically_add_new_objects"] = "all"
    others = {name: value for name, value in values.items() if name not in ("source", "destination", "schedule")}
    schemas = [_decode_schema(one) for one in sequence(values.get("schemas"))]
    listed = {"schemas": schemas} if schemas else {}
    return {**others, **ends, **listed, "default_schedule": mapping(values.get("schedule"))}


def _decode_schema(value: object) -> dict[str, object]:
    """Return a schema of a bulk sync. Older versions have only its id."""
    schema = mapping(value) or {"id": value}
    fields = [mapping(one) for one in sequence(schema.get("fields"))]
    lists = {
        "fields": [{"obfuscated": one.get("obfuscate"), **one} for one in fields] or None,
        "filters": [_decode_condition(mapping(one)) for one in sequence(schema.get("filters"))] or None,
    }
    return without({**schema, **lists, "id": text(schema.get("id"))}, lambda member: member is None)


_DECODERS: Mapping[str, Callable[[Mapping[str, object]], ApiObject]] = {
    "polytomic_model": _decode_model,
    "polytomic_sync": _decode_sync,
    BULK_SYNC: _decode_bulk_sync,
}
"""By resource type; all other types hold the members of the API as they are."""
