"""The records behind a connection: a database, the embedded records of a service, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from applier.sandbox import databases
from applier.sandbox.catalogues import Object, catalogue_of, record_store
from applier.sandbox.connection_types import connection_types
from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, bad_request

CREATED_OBJECT = "catalogue_object"
"""The kind of an object that a sync has created in a service; its parent is the connection."""


def is_database(connection: JsonObject) -> bool:
    return databases.supports(as_text(connection, "type"))


def has_records(connection: JsonObject) -> bool:
    """Return whether there are tables or objects to read and write."""
    return is_database(connection) or catalogue_of(as_text(connection, "type")) is not None


def open_store(context: Context, connection: JsonObject) -> databases.Database:
    """Open the database or the records of a connection. Raises DatabaseError when they cannot be reached."""
    check_authorized(context, connection)
    type, configuration = as_text(connection, "type"), as_document(connection, "configuration")
    if is_database(connection):
        return databases.open_database(type, configuration, context.data, live=context.live)
    databases.refuse_unreachable(configuration)
    if catalogue_of(type) is None:
        raise databases.DatabaseError(f"the sandbox has no records of {type} connections")
    return record_store.Records(type, as_text(connection, "id"), objects_of(context, connection), context.data)


def missing_capability(connection: JsonObject, capability: str) -> str | None:
    """Return why a connection cannot be a `source` or a `destination`; None if its type can be one."""
    known = connection_types().get(as_text(connection, "type"))
    if known is None or known.capabilities.get(capability):
        return None
    return f"{known.name} connections cannot be the {capability} of anything"


@contextmanager
def open_for_request(context: Context, connection: JsonObject) -> Iterator[databases.Database]:
    """Open the records of a connection; an error of the database is answered with 400 and its own message.

    The time of the queries in the block is limited, since a client waits for the answer.
    """
    limit = databases.time_limit(float(context.switches["query_seconds"]))
    try:
        with limit, open_store(context, connection) as store:
            yield store
    except databases.DatabaseError as error:
        raise bad_request(str(error)) from error


def check_authorized(context: Context, connection: JsonObject) -> None:
    """Refuse to read from a connection whose authorization is not finished."""
    if not connection.get("saved", True):
        raise Refusal(
            int(context.switches["unauthorized_status"]),
            f"connection {connection['name']} is not authorized: open its auth_url to finish",
        )


def fetch_usable(context: Context, id: str, capability: str = "") -> Document:
    """Return the connection; refuse one that is not authorized or lacks the capability."""
    connection = context.fetch("connection", id)
    reason = missing_capability(connection, capability) if capability else None
    if reason:
        raise Refusal(404, reason)
    check_authorized(context, connection)
    return connection


def objects_of(context: Context, connection: JsonObject) -> list[Object]:
    """Return the objects of a service: those of its catalogue and those that syncs have created."""
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is None:
        return []
    if catalogue.creation is None:
        return list(catalogue.objects)
    make = catalogue.creation.make
    created = _created_objects(context, connection)
    return [
        *catalogue.objects,
        *(make(as_text(entry, "object"), as_document(entry, "properties")) for entry in created),
    ]


def delete_records(context: Context, connection: JsonObject) -> None:
    """Delete the embedded records of a service with its connection; the tables of a database stay."""
    type, id = as_text(connection, "type"), as_text(connection, "id")
    if catalogue_of(type) is None:
        return
    for entry in _created_objects(context, connection):
        context.session.delete(CREATED_OBJECT, as_text(entry, "id"), context.organization)
    context.session.after_commit(lambda: record_store.delete_records(type, id, context.data))


def _created_objects(context: Context, connection: JsonObject) -> list[Document]:
    return context.session.find_all(CREATED_OBJECT, context.organization, parent=as_text(connection, "id"))


def find_object(context: Context, connection: JsonObject, id: str) -> Object | None:
    return next((known for known in objects_of(context, connection) if known.id == id), None)
