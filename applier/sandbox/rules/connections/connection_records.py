"""The records behind a connection as they are now, for the sandbox's own endpoint."""

from __future__ import annotations

from applier.sandbox.json_values import Document
from applier.sandbox.rules.connections.record_stores import has_records, open_for_request
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.refusals import bad_request

MOST = 10_000


def list_records(context: Context, connection_id: str, name: str, limit: int = MOST) -> list[Document]:
    """Return the rows of a table or object, even if the connection is not authorized."""
    connection = {**context.fetch("connection", connection_id), "saved": True}
    if not has_records(connection):
        raise bad_request(f"the sandbox has no records of {connection['type']} connections")
    rows: list[Document] = []
    with open_for_request(context, connection) as store:
        if name not in store.tables():
            raise bad_request(f"there is no {name}; there are {', '.join(store.tables())}")
        for batch in store.read({"table": name}):
            rows.extend(batch)
            if len(rows) >= limit:
                break
    return to_json(rows[:limit])
