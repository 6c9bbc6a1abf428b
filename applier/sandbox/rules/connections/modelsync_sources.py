"""A connection as the source of models: what a model can read, level by level, and the fields of a choice."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox import databases
from applier.sandbox.catalogues import Catalogue, Object, catalogue_of
from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.connections.record_stores import (
    check_authorized,
    fetch_usable,
    has_records,
    is_database,
    objects_of,
    open_for_request,
)
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, bad_request

CHOICES = ("query", "table", "view")
ITEMS = ("query", "table", "tracking_columns", "view")


def source(context: Context, id: str, choices: Mapping[str, str]) -> Document:
    """Return the members of a model's configuration, with the values that can be listed after the choices so far."""
    connection = fetch_usable(context, id, "source")
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is not None:
        return _levels(catalogue, [known for known in objects_of(context, connection) if known.is_source], choices)
    tables: list[str] = []
    views: list[str] = []
    if is_database(connection):
        with open_for_request(context, connection) as database:
            tables, views = database.tables(), database.views()
    listed = {"table": tables, "view": views}
    return {"items": {name: item(listed.get(name)) for name in ITEMS}, "requires_one_of": list(CHOICES)}


def enrichment_source(context: Context, id: str) -> Document:
    """Return the objects that enrich; refuse a connection that cannot enrich."""
    connection = fetch_usable(context, id)
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is None or not catalogue.enrichments:
        raise Refusal(404, f"connection {id} cannot be used for enrichment")
    items = {"object": item([known.object for known in catalogue.enrichments])}
    return {"items": items, "requires_one_of": ["object"]}


def item(values: list[str] | None, deeper: list[str] | None = None) -> Document:
    return {"items": values or None, "requires_one_of": deeper, "has_items": bool(values)}


def choices_of(type_id: str) -> tuple[str, ...]:
    """Return the members of a model's configuration that choose what it reads."""
    catalogue = catalogue_of(type_id)
    return catalogue.levels if catalogue else CHOICES


def read_choice(context: Context, connection: JsonObject, configuration: JsonObject) -> dict[str, str]:
    """Return what a configuration chooses: a query, a table or a view; for a service the table is an object."""
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is not None:
        return {"table": _object(context, connection, catalogue, configuration).id}
    chosen = [name for name in CHOICES if configuration.get(name)]
    if len(chosen) != 1:
        raise bad_request(f"configuration: exactly one of {', '.join(CHOICES)} is required")
    value = configuration[chosen[0]]
    if not isinstance(value, str):
        raise bad_request(f"configuration: {chosen[0]} must be a string")
    return {chosen[0]: value}


def columns(context: Context, connection: JsonObject, configuration: JsonObject) -> list[databases.Column]:
    """Return the columns that a model's configuration selects, in the order of the source."""
    check_authorized(context, connection)
    choice = read_choice(context, connection, configuration)
    if not has_records(connection):
        return []
    with open_for_request(context, connection) as store:
        return store.columns(choice)


def fields(context: Context, id: str, configuration: JsonObject) -> list[Document]:
    """Return the fields that a model with this configuration would have, without ids."""
    return fields_of(context, fetch_usable(context, id, "source"), configuration)


def fields_of(context: Context, connection: JsonObject, configuration: JsonObject) -> list[Document]:
    found = columns(context, connection, configuration)
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is None:
        return [field(column) for column in found]
    described = _object(context, connection, catalogue, configuration)
    labels = {known.id: known.label for known in described.fields}
    return [{**field(column), "label": labels.get(column.name, column.name)} for column in found]


def field(column: databases.Column) -> Document:
    return {
        "name": column.name,
        "label": column.name,
        "description": "",
        "type": column.type,
        "remote_type": column.native,
        "unique": column.unique or column.primary_key,
        "user_added": False,
    }


def _levels(catalogue: Catalogue, objects: list[Object], choices: Mapping[str, str]) -> Document:
    """Return one item per level; a level can be listed when all levels before it are chosen."""
    items: Document = {}
    for depth, name in enumerate(catalogue.levels):
        before = tuple(choices.get(level) for level in catalogue.levels[:depth])
        values = [known.place[depth] for known in objects if known.place[:depth] == before]
        items[name] = item(list(dict.fromkeys(values)), list(catalogue.levels[depth + 1 : depth + 2]) or None)
    return {"items": items, "requires_one_of": [catalogue.levels[0]]}


def _object(context: Context, connection: JsonObject, catalogue: Catalogue, configuration: JsonObject) -> Object:
    path = []
    for name in catalogue.levels:
        value = configuration.get(name)
        if not isinstance(value, str) or not value:
            raise bad_request(f"configuration: {name} is required")
        path.append(value)
    for known in objects_of(context, connection):
        if known.is_source and known.place == tuple(path):
            return known
    raise bad_request(f"configuration: {' / '.join(path)} does not exist")
