"""The source side of a connection: what a model can be built from, level by level, and the fields of a choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import malformed
from applier.sandbox.store import Document

CHOICES = ("query", "table", "view")
ITEMS = ("query", "table", "tracking_columns", "view")


@contextmanager
def opened(context: Context, connection: Mapping[str, Any]) -> Iterator[databases.Database]:
    """The database behind a connection; what goes wrong with it is told in its own words, as 400."""
    try:
        with databases.open_database(
            connection["type"], connection["configuration"], context.data, live=context.live
        ) as database:
            yield database
    except databases.DatabaseError as error:
        raise malformed(str(error)) from error


def is_database(connection: Mapping[str, Any]) -> bool:
    return databases.supports(connection["type"])


def source(context: Context, id: str) -> Document:
    """The items a model's configuration takes, with those that can be listed."""
    connection = context.fetch("connection", id)
    tables: list[str] = []
    views: list[str] = []
    if is_database(connection):
        with opened(context, connection) as database:
            tables, views = database.tables(), database.views()
    listed = {"table": tables, "view": views}
    return {"items": {name: item(listed.get(name)) for name in ITEMS}, "requires_one_of": list(CHOICES)}


def item(values: list[str] | None, deeper: list[str] | None = None) -> Document:
    return {"items": values or None, "requires_one_of": deeper, "has_items": bool(values)}


def chosen(configuration: Mapping[str, Any]) -> dict[str, str]:
    """The one choice among query, table and view that a configuration makes."""
    made = {name: configuration[name] for name in CHOICES if configuration.get(name)}
    if len(made) != 1:
        raise malformed(f"configuration: exactly one of {', '.join(CHOICES)} is required")
    for name, value in made.items():
        if not isinstance(value, str):
            raise malformed(f"configuration: {name} must be a string")
    return made


def columns(
    context: Context, connection: Mapping[str, Any], configuration: Mapping[str, Any]
) -> list[databases.Column]:
    """The columns that a model configuration selects, in the order of the source."""
    choice = chosen(configuration)
    if not is_database(connection):
        return []
    with opened(context, connection) as database:
        return database.columns(choice)


def fields(context: Context, id: str, configuration: Mapping[str, Any]) -> list[Document]:
    """The fields a model over this configuration would have; they have no ids yet."""
    connection = context.fetch("connection", id)
    return [field(column) for column in columns(context, connection, configuration)]


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
