"""What lies behind a connection: a database, a service's embedded records, or nothing that the sandbox knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from applier.sandbox import databases
from applier.sandbox.catalogues import Object, catalogue_of, record_store
from applier.sandbox.connection_types import connection_types
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, bad_request
from applier.sandbox.store import Document

MADE = "catalogue_object"
"""An object that a sync has made in a service; its parent is the connection."""


def is_database(connection: Mapping[str, Any]) -> bool:
    return databases.supports(connection["type"])


def has_records(connection: Mapping[str, Any]) -> bool:
    """Whether there are tables or objects to read and write."""
    return is_database(connection) or catalogue_of(connection["type"]) is not None


def open_store(context: Context, connection: Mapping[str, Any]) -> databases.Database:
    """The database or the records of a connection; raises DatabaseError when they cannot be reached."""
    check_authorized(context, connection)
    if is_database(connection):
        return databases.open_database(connection["type"], connection["configuration"], context.data, live=context.live)
    databases.refuse_unreachable(connection["configuration"])
    if catalogue_of(connection["type"]) is None:
        raise databases.DatabaseError(f"the sandbox has no records of {connection['type']} connections")
    return record_store.Records(connection["type"], connection["id"], objects_of(context, connection), context.data)


def missing_capability(connection: Mapping[str, Any], capability: str) -> str | None:
    """Why a connection cannot be a `source` or a `destination`, or None when its type can be one."""
    known = connection_types().get(connection["type"])
    if known is None or known.capabilities.get(capability):
        return None
    return f"{known.name} connections cannot be the {capability} of anything"


@contextmanager
def open_for_request(context: Context, connection: Mapping[str, Any]) -> Iterator[databases.Database]:
    """What is behind a connection; what goes wrong with it is told in its own words, as 400."""
    try:
        with open_store(context, connection) as store:
            yield store
    except databases.DatabaseError as error:
        raise bad_request(str(error)) from error


def query_deadline(context: Context) -> AbstractContextManager[None]:
    """In here a query has to come to an end before whoever waits for it has gone."""
    return databases.patience(float(context.switches["query_seconds"]))


def check_authorized(context: Context, connection: Mapping[str, Any]) -> None:
    """Refuse to look into a connection whose authorization nobody has finished."""
    if not connection.get("saved", True):
        raise Refusal(
            int(context.switches["unauthorized_status"]),
            f"connection {connection['name']} is not authorized: open its auth_url to finish",
        )


def fetch_usable(context: Context, id: str, capability: str = "") -> Document:
    """The connection, when it may be looked into, and as what it is asked for."""
    connection = context.fetch("connection", id)
    reason = missing_capability(connection, capability) if capability else None
    if reason:
        raise Refusal(404, reason)
    check_authorized(context, connection)
    return connection


def objects_of(context: Context, connection: Mapping[str, Any]) -> list[Object]:
    """The objects of a service: those of its catalogue and those that syncs have made."""
    catalogue = catalogue_of(connection["type"])
    if catalogue is None:
        return []
    made = context.session.find_all(MADE, context.organization, parent=connection["id"]) if catalogue.creation else []
    make = catalogue.creation.make if catalogue.creation else None
    return [*catalogue.objects, *(make(entry["object"], entry["properties"]) for entry in made if make)]


def delete_records(context: Context, connection: Mapping[str, Any]) -> None:
    """Let the records of a service go with its connection; what is in a database stays there."""
    if catalogue_of(connection["type"]) is None:
        return
    for entry in context.session.find_all(MADE, context.organization, parent=connection["id"]):
        context.session.delete(MADE, entry["id"], context.organization)
    context.session.after_commit(
        lambda: record_store.delete_records(connection["type"], connection["id"], context.data)
    )


def find_object(context: Context, connection: Mapping[str, Any], id: str) -> Object | None:
    return next((known for known in objects_of(context, connection) if known.id == id), None)
