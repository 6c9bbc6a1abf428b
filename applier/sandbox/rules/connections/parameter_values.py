"""Completions for a connection's configuration: the choices of its type, and the databases that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.connection_types import ConnectionType, connection_types
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.record_stores import fetch_usable
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request, not_found
from applier.sandbox.store import Document

MEMBERS = {
    "field": body_checks.is_text,
    "parameters": body_checks.is_object,
    "connection_id": body_checks.is_identifier,
    "query": body_checks.is_text,
}
DATABASE_MEMBERS = ("dbname", "database", "dataset")


def of_connection(context: Context, id: str) -> Document:
    """Every member of the configuration that has values to choose from."""
    connection = fetch_usable(context, id)
    known = connection_types().get(connection["type"]) or ConnectionType(connection["type"], connection["type"])
    found = {name: _values(context, known, name, connection["configuration"]) for name in known.properties}
    return {name: _parameter(values) for name, values in found.items() if values is not None}


def of_type(context: Context, type_id: str, body: Mapping[str, Any]) -> Document:
    """The values of one member, before or after the connection exists."""
    known = connection_types().get(type_id)
    if known is None:
        raise not_found("connection type", type_id)
    body_checks.check(body, MEMBERS, ("field",))
    field = body["field"]
    if field not in known.properties:
        raise bad_request(f"{known.name} connections have no parameter {field}")
    stored = fetch_usable(context, body["connection_id"])["configuration"] if body.get("connection_id") else {}
    values = _values(context, known, field, {**stored, **(body.get("parameters") or {})}) or []
    wanted = (body.get("query") or "").lower()
    return {field: _parameter([value for value in values if wanted in str(value).lower()])}


def _values(context: Context, known: ConnectionType, name: str, configuration: Mapping[str, Any]) -> list[Any] | None:
    choices = known.properties[name].get("enum")
    if choices:
        return [choice.get("value") if isinstance(choice, dict) else choice for choice in choices]
    if name not in DATABASE_MEMBERS or not databases.supports(known.id):
        return None
    try:
        with databases.open_database(known.id, configuration, context.data, live=context.live) as database:
            configured = configuration.get(name)
            return [configured] if configured else database.schemas()
    except databases.DatabaseError as error:
        raise bad_request(f"connection failed: {error}") from error


def _parameter(values: list[Any]) -> Document:
    return {"allows_creation": False, "values": [{"label": str(value), "value": value} for value in values]}
