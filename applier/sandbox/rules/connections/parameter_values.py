"""The parameter values of a connection's configuration: the choices of its type, and the databases it can read."""

from __future__ import annotations

from applier.sandbox import databases
from applier.sandbox.connection_types import ConnectionType, connection_type, connection_types, enum_values
from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.record_stores import fetch_usable
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request, not_found

MEMBERS = {
    "field": body_checks.is_text,
    "parameters": body_checks.is_object,
    "connection_id": body_checks.is_identifier,
    "query": body_checks.is_text,
}
DATABASE_MEMBERS = ("dbname", "database", "dataset")


def of_connection(context: Context, id: str) -> Document:
    """Return the values of every member of the configuration that has values to choose from."""
    connection = fetch_usable(context, id)
    known, configuration = connection_type(as_text(connection, "type")), as_document(connection, "configuration")
    found = {name: _values(context, known, name, configuration) for name in known.properties}
    return {name: _parameter(values) for name, values in found.items() if values is not None}


def of_type(context: Context, type_id: str, body: JsonObject) -> Document:
    """Return the values of one member, for an existing connection or before it is created."""
    known = connection_types().get(type_id)
    if known is None:
        raise not_found("connection type", type_id)
    body_checks.check(body, MEMBERS, ("field",))
    field = as_text(body, "field")
    if field not in known.properties:
        raise bad_request(f"{known.name} connections have no parameter {field}")
    stored: Document = {}
    if body.get("connection_id"):
        stored = as_document(fetch_usable(context, as_text(body, "connection_id")), "configuration")
    values = _values(context, known, field, {**stored, **as_document(body.get("parameters") or {})}) or []
    wanted = as_text(body.get("query") or "").lower()
    return {field: _parameter([value for value in values if wanted in str(value).lower()])}


def _values(context: Context, known: ConnectionType, name: str, configuration: JsonObject) -> list[object] | None:
    choices = enum_values(known.properties[name])
    if choices:
        return choices
    if name not in DATABASE_MEMBERS or not databases.supports(known.id):
        return None
    try:
        with databases.open_database(known.id, configuration, context.data, live=context.live) as database:
            configured = configuration.get(name)
            return [configured] if configured else list(database.schemas())
    except databases.DatabaseError as error:
        raise bad_request(f"connection failed: {error}") from error


def _parameter(values: list[object]) -> Document:
    return {"allows_creation": False, "values": [{"label": str(value), "value": value} for value in values]}
