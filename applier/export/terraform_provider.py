"""How the resources of Polytomic's Terraform provider hold the members of the API, in its versions of all years.

Configurations and operands are JSON in texts; what is not set is null; and older versions used other words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, mapping, sequence, text, without

CONNECTION = re.compile(r"polytomic_(\w+)_connection")
OLDER_TYPES = {"athena": "awsathena", "postgres": "postgresql", "sqlserver": "azuresql"}
OLDER_SETTINGS = {
    "awsathena": {
        "access_key_id": "access_id",
        "access_key_secret": "secret_access_key",
        "output_bucket": "outputbucket",
    }
}


def answer_of(type_name: str, values: Mapping[str, object]) -> tuple[Kind, ApiObject] | None:
    """A resource as the service would answer about the same object; None for what no spec or name leads to."""
    said = mapping(_set(values))
    found = CONNECTION.fullmatch(type_name)
    if found:
        return KINDS["connections"], _connection(found[1], said)
    kinds: Mapping[str, tuple[str, Callable[[Mapping[str, object]], ApiObject]]] = {
        "polytomic_model": ("models", _model),
        "polytomic_sync": ("syncs", _sync),
        "polytomic_bulk_sync": ("bulk_syncs", _bulk_sync),
        "polytomic_policy": ("policies", dict),
    }
    if type_name not in kinds:
        return None
    name, convert = kinds[type_name]
    return KINDS[name], convert(said)


def with_schema(bulk_sync: ApiObject, values: Mapping[str, object]) -> ApiObject:
    """A bulk sync with what older versions keep of one of its schemas in a resource of its own."""
    said = _schema(mapping(_set(values)))
    listed = [mapping(one) for one in sequence(bulk_sync.get("schemas"))]
    same = [one for one in listed if one.get("id") == said.get("id")]
    others = [one for one in listed if one.get("id") != said.get("id")]
    return {**bulk_sync, "schemas": [*others, {**(same[0] if same else {}), **said}]}


def _set(value: object) -> object:
    """What is set, at every depth: a state holds null for what is not."""
    if isinstance(value, Mapping):
        return {name: _set(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_set(one) for one in value if one is not None]
    return value


def _decoded(value: object) -> object:
    """What a text holds as JSON, or itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _settings(value: object) -> Mapping[str, object]:
    return mapping(_set(_decoded(value)))


def _connection(said_type: str, values: Mapping[str, object]) -> ApiObject:
    type_id = OLDER_TYPES.get(said_type, said_type)
    words = OLDER_SETTINGS.get(type_id, {})
    configuration = {words.get(name, name): value for name, value in _settings(values.get("configuration")).items()}
    return {**values, "type": {"id": type_id}, "configuration": configuration}


def _model(values: Mapping[str, object]) -> ApiObject:
    fields = [{"name": one, "user_added": False} for one in sequence(values.get("fields"))]
    added = [{**mapping(one), "user_added": True} for one in sequence(values.get("additional_fields"))]
    listed = {"fields": [*fields, *added]} if fields or added else {}
    bare = {name: value for name, value in values.items() if name != "fields"}
    return {**bare, **listed, "configuration": _settings(values.get("configuration"))}


def _sync(values: Mapping[str, object]) -> ApiObject:
    target = mapping(values.get("target"))
    return {
        **values,
        "fields": sequence(values.get("fields")),
        "target": {**target, "configuration": _settings(target.get("configuration"))},
        **{name: [_condition(mapping(one)) for one in sequence(values.get(name))] for name in ("filters", "overrides")},
    }


def _condition(entry: Mapping[str, object]) -> dict[str, object]:
    """With its operands; on a field that older versions tell by its id alone, which then stands for its name."""
    told = {name: _decoded(value) if name in ("value", "override") else value for name, value in entry.items()}
    return {"field": entry.get("field_id"), **told}


def _bulk_sync(values: Mapping[str, object]) -> ApiObject:
    ends: dict[str, object] = {}
    for end, older in (("source", "source"), ("destination", "dest")):
        said = mapping(values.get(end))
        ends[f"{end}_connection_id"] = said.get("connection_id") or values.get(f"{older}_connection_id")
        ends[f"{end}_configuration"] = _settings(said.get("configuration") or values.get(f"{older}_configuration"))
    if values.get("discover"):
        ends["automatically_add_new_objects"] = "all"
    bare = {name: value for name, value in values.items() if name not in ("source", "destination", "schedule")}
    schemas = [_schema(one) for one in sequence(values.get("schemas"))]
    listed = {"schemas": schemas} if schemas else {}
    return {**bare, **ends, **listed, "default_schedule": mapping(values.get("schedule"))}


def _schema(said: object) -> dict[str, object]:
    """One of its schemas; older versions tell only the id."""
    schema = mapping(said) or {"id": said}
    fields = [mapping(one) for one in sequence(schema.get("fields"))]
    told = {
        "fields": [{"obfuscated": one.get("obfuscate"), **one} for one in fields] or None,
        "filters": [_condition(mapping(one)) for one in sequence(schema.get("filters"))] or None,
    }
    return without({**schema, **told, "id": text(schema.get("id"))}, lambda value: value is None)
