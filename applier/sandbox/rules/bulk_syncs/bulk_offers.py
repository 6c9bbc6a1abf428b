"""What a connection offers to bulk syncs: as their source, and as their destination."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.bulk_syncs.bulk_modes import RESYNC_MODES, as_mode, modes_of
from applier.sandbox.rules.connections import source_schemas
from applier.sandbox.rules.connections.record_stores import missing_capability
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request


def source(context: Context, id: str, *, include_fields: bool) -> Document:
    """Return what a connection offers as the source of bulk syncs."""
    connection = context.fetch("connection", id)
    check_capability(connection, "source")
    found = source_schemas.list_schemas(context, connection)
    return {
        "capabilities": {"supports_tracking_fields": True, "supports_namespaces": False},
        "configuration": {},
        "schemas": found if include_fields else [{**schema, "fields": []} for schema in found],
    }


def target(context: Context, id: str) -> Document:
    """Return what a connection offers as the destination of bulk syncs."""
    connection = context.fetch("connection", id)
    check_capability(connection, "destination")
    return {
        "configuration": {"schema": {"type": "string", "title": "Schema"}},
        "modes": [as_mode(mode) for mode in modes_of(as_text(connection, "type"))],
        "supported_resync_modes": list(RESYNC_MODES),
        "supports_history_mode": False,
    }


def check_capability(connection: JsonObject, capability: str) -> None:
    """Refuse a connection whose type cannot be the `source` or the `destination`."""
    reason = missing_capability(connection, capability)
    if reason:
        raise bad_request(reason)
