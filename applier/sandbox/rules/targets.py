"""The target side of a connection: schemas and tables level by level, a target's modes and fields, target objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules.context import ZERO_TIME, Context
from applier.sandbox.rules.modes import as_object_mode, as_target_mode, modes_of
from applier.sandbox.rules.refusals import Refusal, malformed
from applier.sandbox.rules.sources import is_database, item, opened
from applier.sandbox.store import Document

NEW_SCHEMA = "__pt_new_schema"
NEW_TARGET = "__pt_new_target"
LEVELS = ("schema", "table", "view")
EQUALITY = {"id": "Equality", "label": "Equality"}
CREATION = [{"id": "name", "title": "Name", "enum": False}]


def target(context: Context, id: str, level: str | None, search: str) -> Document:
    """One level of the target enumerated; without a level the shape of the levels alone."""
    connection = context.fetch("connection", id)
    if not level:
        items = {"schema": item(None, ["table", "view"]), "table": item(None), "view": item(None)}
        return {"items": items, "requires_one_of": ["schema"]}
    if level not in LEVELS:
        raise malformed(f"unknown type {level!r}: expected one of {', '.join(LEVELS)}")
    values = _values(context, connection, level, search)
    items = {"schema": item(values if level == "schema" else None, ["table"])}
    for name in ("table",) if level != "view" else ("table", "view"):
        items[name] = item(values if level == name else None)
    return {"items": items, "requires_one_of": ["schema"]}


def _values(context: Context, connection: Mapping[str, Any], level: str, search: str) -> list[str]:
    pseudo = {"schema": [NEW_SCHEMA], "table": [NEW_TARGET]}.get(level, [])
    if not is_database(connection):
        return []
    with opened(context, connection) as database:
        found = {"schema": database.schemas, "table": database.tables, "view": database.views}[level]()
    return [*pseudo, *(value for value in found if search.lower() in value.lower())]


def fields(context: Context, id: str, target: str) -> Document:
    """The modes and fields of one target object."""
    connection = context.fetch("connection", id)
    if not target:
        raise malformed("target is required")
    found = columns(context, connection, target)
    if found is None:
        raise Refusal(404, f"target {target} not found")
    return {
        "id": target,
        "name": target,
        "modes": [as_target_mode(mode) for mode in modes_of(connection["type"])],
        "properties": {"supports_field_creation": True},
        "refreshed_at": ZERO_TIME,
        "fields": [_field(column) for column in found],
    }


def columns(context: Context, connection: Mapping[str, Any], target: str) -> list[databases.Column] | None:
    """The columns of a table; None when there is no such table."""
    if not is_database(connection):
        return []
    with opened(context, connection) as database:
        if target not in database.tables():
            return None
        return database.columns({"table": target})


def objects(context: Context, id: str) -> Document:
    """Every target object with its modes, and what creating one takes."""
    connection = context.fetch("connection", id)
    modes = [as_object_mode(mode) for mode in modes_of(connection["type"])]
    tables: list[str] = []
    if is_database(connection):
        with opened(context, connection) as database:
            tables = database.tables()
    return {
        "data": [{"id": table, "name": table, "modes": modes} for table in tables],
        "target_creation": {"supported": is_database(connection), "properties": CREATION},
    }


def creation_property(context: Context, id: str, name: str) -> Document:
    connection = context.fetch("connection", id)
    found = [member for member in CREATION if member["id"] == name]
    if not is_database(connection) or not found:
        raise Refusal(404, f"target property {name} not found")
    return {**found[0], "values": []}


def _field(column: databases.Column) -> Document:
    return {
        "id": column.name,
        "name": column.name,
        "description": "",
        "required": not column.nullable,
        "filterable": False,
        "createable": True,
        "updateable": True,
        "association": False,
        "supports_identity": True,
        "identity_functions": [EQUALITY],
        "source_type": column.native,
        "type": column.type,
    }
