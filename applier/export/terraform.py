"""A Terraform state (`terraform show -json`) as what the service would answer about the same objects.

The resources of the provider hold the members of the API; configurations and operands are JSON in texts, fields names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, mapping, sequence, text, without

CONNECTION = re.compile(r"polytomic_(\w+)_connection")


class NotAState(Exception):
    """The file does not hold what `terraform show -json` prints."""


@dataclass(frozen=True, slots=True)
class State:
    """The objects of a state, and the addresses of resources of Polytomic that a spec has no word for."""

    entries: tuple[tuple[Kind, ApiObject], ...]
    left: tuple[str, ...]


def state_of(data: bytes) -> State:
    """What a state holds. Raises `NotAState`."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAState("it is not JSON") from None
    root = mapping(mapping(mapping(document).get("values")).get("root_module"))
    if not root:
        raise NotAState("it has no values.root_module")
    entries: list[tuple[Kind, ApiObject]] = []
    left: list[str] = []
    for resource in _resources(root):
        type_name, values = text(resource.get("type")), mapping(resource.get("values"))
        found = _answer(type_name, values)
        if found is not None:
            entries.append(found)
        elif type_name.startswith("polytomic_"):
            left.append(text(resource.get("address")))
    return State(tuple(entries), tuple(left))


def _resources(module: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for resource in sequence(module.get("resources")):
        if mapping(resource).get("mode", "managed") == "managed":
            yield mapping(resource)
    for child in sequence(module.get("child_modules")):
        yield from _resources(mapping(child))


def _answer(type_name: str, values: Mapping[str, object]) -> tuple[Kind, ApiObject] | None:
    said = without(values, lambda value: value is None)
    found = CONNECTION.fullmatch(type_name)
    if found:
        configuration = without(mapping(_decoded(said.get("configuration"))), lambda value: value is None)
        return KINDS["connections"], {**said, "type": {"id": found[1]}, "configuration": configuration}
    kinds: Mapping[str, tuple[str, Callable[[Mapping[str, object]], ApiObject]]] = {
        "polytomic_model": ("models", _model),
        "polytomic_sync": ("syncs", _sync),
        "polytomic_bulk_sync": ("bulk_syncs", _bulk_sync),
    }
    if type_name not in kinds:
        return None
    name, convert = kinds[type_name]
    return KINDS[name], convert(said)


def _decoded(value: object) -> object:
    """What a text holds as JSON, or itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _model(values: Mapping[str, object]) -> ApiObject:
    fields = [{"name": one, "user_added": False} for one in sequence(values.get("fields"))]
    added = [{**mapping(one), "user_added": True} for one in sequence(values.get("additional_fields"))]
    listed = {"fields": [*fields, *added]} if fields or added else {}
    bare = {name: value for name, value in values.items() if name != "fields"}
    return {**bare, **listed, "configuration": mapping(_decoded(values.get("configuration")))}


def _sync(values: Mapping[str, object]) -> ApiObject:
    target = mapping(values.get("target"))
    return {
        **values,
        "fields": sequence(values.get("fields")),
        "target": {**target, "configuration": mapping(_decoded(target.get("configuration")))},
        **{name: [_condition(mapping(one)) for one in sequence(values.get(name))] for name in ("filters", "overrides")},
    }


def _condition(entry: Mapping[str, object]) -> dict[str, object]:
    return {name: _decoded(value) if name in ("value", "override") else value for name, value in entry.items()}


def _bulk_sync(values: Mapping[str, object]) -> ApiObject:
    ends: dict[str, object] = {}
    for end in ("source", "destination"):
        said = mapping(values.get(end))
        ends[f"{end}_connection_id"] = said.get("connection_id")
        ends[f"{end}_configuration"] = mapping(_decoded(said.get("configuration")))
    bare = {name: value for name, value in values.items() if name not in ("source", "destination", "schedule")}
    schemas = {"schemas": [_schema(mapping(one)) for one in sequence(values["schemas"])]} if "schemas" in values else {}
    return {**bare, **ends, **schemas, "default_schedule": mapping(values.get("schedule"))}


def _schema(schema: Mapping[str, object]) -> dict[str, object]:
    fields = [mapping(one) for one in sequence(schema.get("fields"))]
    told = {
        "fields": [{**one, "obfuscated": one.get("obfuscate")} for one in fields] or None,
        "filters": [_condition(mapping(one)) for one in sequence(schema.get("filters"))] or None,
    }
    return without({**schema, **told}, lambda value: value is None)
