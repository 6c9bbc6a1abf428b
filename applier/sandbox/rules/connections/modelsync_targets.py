"""A connection as the target of syncs: its levels, its objects, the modes and fields of one, and creation."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.catalogues import Catalogue, Property, catalogue_of
from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.connections.modelsync_sources import item
from applier.sandbox.rules.connections.record_stores import fetch_usable, is_database, objects_of, open_for_request
from applier.sandbox.rules.connections.target_descriptions import describe_new_target, describe_target, properties_of
from applier.sandbox.rules.context import ZERO_TIME, Context
from applier.sandbox.rules.refusals import Refusal, bad_request
from applier.sandbox.rules.syncs.sync_modes import Mode, as_object_mode, as_target_mode, modes_of

NEW_SCHEMA = "__pt_new_schema"
NEW_TARGET = "__pt_new_target"
LEVELS = ("schema", "table", "view")


def target(context: Context, id: str, level: str | None, search: str) -> Document:
    """Return the values of one level; without a level, the levels alone."""
    connection = fetch_usable(context, id, "destination")
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is not None:
        return _object_level(context, connection, catalogue, level, search)
    if not level:
        items = {"schema": item(None, ["table", "view"]), "table": item(None), "view": item(None)}
        return {"items": items, "requires_one_of": ["schema"]}
    if level not in LEVELS:
        raise bad_request(f"unknown type {level!r}: expected one of {', '.join(LEVELS)}")
    values = _values(context, connection, level, search)
    items = {"schema": item(values if level == "schema" else None, ["table"])}
    for name in ("table",) if level != "view" else ("table", "view"):
        items[name] = item(values if level == name else None)
    return {"items": items, "requires_one_of": ["schema"]}


def _values(context: Context, connection: JsonObject, level: str, search: str) -> list[str]:
    pseudo = {"schema": [NEW_SCHEMA], "table": [NEW_TARGET]}.get(level, [])
    if not is_database(connection):
        return []
    with open_for_request(context, connection) as database:
        found = {"schema": database.schemas, "table": database.tables, "view": database.views}[level]()
    return [*pseudo, *(value for value in found if search.lower() in value.lower())]


def _object_level(
    context: Context, connection: JsonObject, catalogue: Catalogue, level: str | None, search: str
) -> Document:
    if level and level not in catalogue.levels:
        raise bad_request(f"unknown type {level!r}: expected one of {', '.join(catalogue.levels)}")
    items: Document = {}
    for depth, name in enumerate(catalogue.levels):
        deeper = list(catalogue.levels[depth + 1 : depth + 2]) or None
        found = [known.place[depth] for known in objects_of(context, connection) if known.is_target]
        values = [value for value in dict.fromkeys(found) if search.lower() in value.lower()]
        pseudo = [NEW_TARGET] if catalogue.creation and deeper is None else []
        items[name] = item([*pseudo, *values] if name == level else None, deeper)
    return {"items": items, "requires_one_of": [catalogue.levels[0]]}


def fields(context: Context, id: str, target: str, properties: Mapping[str, str]) -> Document:
    """Return the modes and fields of one target, or of the one that the properties would create."""
    connection = fetch_usable(context, id, "destination")
    if bool(target) == bool(properties):
        raise bad_request("exactly one of target and properties is required" if properties else "target is required")
    found = describe_new_target(connection, properties) if properties else describe_target(context, connection, target)
    if found is None:
        raise Refusal(404, f"target {target} not found")
    return {
        "id": found.id,
        "name": found.name,
        "modes": [as_target_mode(mode) for mode in found.modes],
        "properties": dict(found.flags),
        "refreshed_at": ZERO_TIME,
        "fields": list(found.fields or ()),
    }


def objects(context: Context, id: str, *, values: bool = False) -> Document:
    """Return every target object with its modes, and the properties that creating one takes."""
    connection = fetch_usable(context, id, "destination")
    known = properties_of(connection)
    creation = {"supported": bool(known), "properties": [_property(wanted, values=values) for wanted in known]}
    return {"data": _list_objects(context, connection), "target_creation": creation}


def creation_property(context: Context, id: str, name: str) -> Document:
    connection = fetch_usable(context, id, "destination")
    found = next((wanted for wanted in properties_of(connection) if wanted.id == name), None)
    if found is None:
        raise Refusal(404, f"target property {name} not found")
    return {"values": [], **_property(found, values=True)}


def _list_objects(context: Context, connection: JsonObject) -> list[Document]:
    if is_database(connection):
        with open_for_request(context, connection) as database:
            return [_object_entry(table, table, modes_of(as_text(connection, "type"))) for table in database.tables()]
    return [
        _object_entry(known.id, known.name, known.modes) for known in objects_of(context, connection) if known.is_target
    ]


def _object_entry(id: str, name: str, modes: tuple[Mode, ...]) -> Document:
    return {"id": id, "name": name, "modes": [as_object_mode(mode) for mode in modes]}


def _property(wanted: Property, *, values: bool) -> Document:
    shown: Document = {"id": wanted.id, "title": wanted.title, "enum": bool(wanted.choices)}
    if values and wanted.choices:
        shown["values"] = [{"value": value, "label": label} for value, label in wanted.choices]
    return shown
