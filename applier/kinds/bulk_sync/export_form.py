"""What a person would have written for a bulk sync: the inverse of its `desired`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from applier.kinds.base import ApiObject, Canonical, is_blank, mapping, sequence, text, without
from applier.kinds.export_form import Spelled, export_schedule, policies_of

ENDS = ("source", "destination")


def export_bulk_sync(canonical: Canonical, answer: ApiObject, defaults: Mapping[str, object]) -> Spelled:
    """Without what a request gets by leaving it out (`defaults`)."""
    rest = {
        name: value for name, value in canonical.items() if name != "policies" and value != defaults.get(name, None)
    }
    ends = {end: _end(mapping(canonical.get(end))) for end in ENDS}
    additional = [_schedule(mapping(one)) for one in sequence(canonical.get("additional_schedules"))]
    body = {
        **rest,
        **ends,
        "schedule": _schedule(mapping(canonical.get("schedule"))),
        "additional_schedules": sorted(additional, key=lambda one: json.dumps(one, sort_keys=True, default=str)),
    }
    body.pop("schemas", None)
    schemas = {"schemas": _schemas(mapping(canonical["schemas"]), answer)} if "schemas" in canonical else {}
    return {**without(body), **schemas, **policies_of(canonical)}


def _end(end: Mapping[str, object]) -> Spelled:
    return without({"connection": end.get("connection"), "configuration": without(mapping(end.get("configuration")))})


def _schedule(schedule: Mapping[str, object]) -> Spelled:
    form = export_schedule(schedule)
    return {**form, "schemas": sorted(map(str, sequence(form["schemas"])))} if "schemas" in form else form


def _schemas(schemas: Mapping[str, object], answer: ApiObject) -> object:
    """A list of ids where nothing else is said."""
    told = {text(mapping(one).get("id")): mapping(one) for one in sequence(answer.get("schemas"))}
    entries = {id: _schema(mapping(schemas[id]), told.get(id, {})) for id in sorted(schemas)}
    return list(entries) if not any(entries.values()) else entries


def _schema(entry: Mapping[str, object], told: Mapping[str, object]) -> Spelled:
    """Fields only if some of them are left out or have settings: without a list there are all."""
    form = without({name: value for name, value in entry.items() if name not in ("fields", "filters")}, is_blank)
    fields = mapping(entry.get("fields"))
    narrower = any(mapping(one).get("enabled") is False for one in sequence(told.get("fields")))
    if fields and (narrower or any(fields.values())):
        form["fields"] = [{"id": name, **mapping(fields[name])} if fields[name] else name for name in sorted(fields)]
    filters = sorted(sequence(entry.get("filters")), key=lambda one: json.dumps(one, sort_keys=True, default=str))
    return {**form, **({"filters": filters} if filters else {})}
