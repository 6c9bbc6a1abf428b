"""Turns a live bulk sync into the body that a person would have written for it."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import ApiObject, Canonical, is_blank, mapping, sequence, sort_json, text, without
from applier.kinds.policy.attachment import policies_to_spec
from applier.kinds.sync.schedules import schedule_to_spec

ENDS = ("source", "destination")


def bulk_sync_to_spec(canonical: Canonical, answer: ApiObject, defaults: Mapping[str, object]) -> dict[str, object]:
    """Return a bulk sync without what a request gets by leaving it out (`defaults`)."""
    rest = {
        name: value for name, value in canonical.items() if name != "policies" and value != defaults.get(name, None)
    }
    ends = {end: _end(mapping(canonical.get(end))) for end in ENDS}
    additional = [_schedule(mapping(one)) for one in sequence(canonical.get("additional_schedules"))]
    body = {
        **rest,
        **ends,
        "schedule": _schedule(mapping(canonical.get("schedule"))),
        "additional_schedules": sort_json(additional),
    }
    body.pop("schemas", None)
    schemas = {"schemas": _schemas(mapping(canonical["schemas"]), answer)} if "schemas" in canonical else {}
    return {**without(body), **schemas, **policies_to_spec(canonical)}


def _end(end: Mapping[str, object]) -> dict[str, object]:
    return without({"connection": end.get("connection"), "configuration": without(mapping(end.get("configuration")))})


def _schedule(schedule: Mapping[str, object]) -> dict[str, object]:
    form = schedule_to_spec(schedule)
    return {**form, "schemas": sorted(map(str, sequence(form["schemas"])))} if "schemas" in form else form


def _schemas(schemas: Mapping[str, object], answer: ApiObject) -> object:
    """Return a list of ids where no schema has settings."""
    answers = {text(mapping(one).get("id")): mapping(one) for one in sequence(answer.get("schemas"))}
    entries = {id: _schema(mapping(schemas[id]), answers.get(id, {})) for id in sorted(schemas)}
    return list(entries) if not any(entries.values()) else entries


def _schema(entry: Mapping[str, object], answer: Mapping[str, object]) -> dict[str, object]:
    """Return a schema with its fields only if some are left out or have settings: without a list there are all."""
    form = without({name: value for name, value in entry.items() if name not in ("fields", "filters")}, is_blank)
    fields = mapping(entry.get("fields"))
    narrower = any(mapping(one).get("enabled") is False for one in sequence(answer.get("fields")))
    if fields and (narrower or any(fields.values())):
        form["fields"] = [{"id": name, **mapping(fields[name])} if fields[name] else name for name in sorted(fields)]
    filters = sort_json(sequence(entry.get("filters")))
    return {**form, **({"filters": filters} if filters else {})}
