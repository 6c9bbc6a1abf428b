"""The schema cache of a connection: when it was refreshed, and what users have changed in the schemas."""

from __future__ import annotations

import time

from applier.sandbox.json_values import Document, JsonObject, as_integer, as_number, as_text
from applier.sandbox.rules.connections.connection_health import check_health
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.refusals import bad_request, unprocessable

KIND = "schema_cache"


def refresh(context: Context, id: str) -> None:
    """Start a refresh of a healthy connection; until it ends, no bulk sync can be created."""
    check_health(context, id)
    context.session.begin()
    ready = time.time() + float(context.switches["schema_refresh_seconds"])
    save(context, {**read_cache(context, id), "started": now(), "ready": ready, "refusals": 0})


def status(context: Context, id: str) -> Document:
    context.fetch("connection", id)
    cache = read_cache(context, id)
    fresh = not _is_refreshing(cache)
    return {
        "cache_status": "fresh" if fresh else "refreshing",
        "last_refresh_started": cache["started"],
        "last_refresh_finished": cache["started"] if fresh else None,
    }


def require_fresh(context: Context, id: str) -> None:
    """Refuse to use a connection whose schemas are not cached yet, as often as the switch says."""
    if not _is_refreshing(read_cache(context, id)):
        return
    context.session.begin()
    cache = read_cache(context, id)
    refusals = as_integer(cache, "refusals")
    if refusals:
        save(context, {**cache, "refusals": refusals - 1})
        context.session.commit()
    if context.switches["schema_cache_refusal"] == "422":
        raise unprocessable("cache refresh in progress")
    raise bad_request("the connection did not provide any schemas")


def lock(context: Context, id: str) -> Document:
    """Open the write transaction and return the cache."""
    context.session.begin()
    context.fetch("connection", id)
    return read_cache(context, id)


def read_cache(context: Context, id: str) -> Document:
    """Return the cache; a new connection has one that is empty and still has to be refreshed."""
    found = context.session.get(KIND, id, context.organization)
    if found is not None:
        return found
    connection = context.fetch("connection", id)
    refusals = int(context.switches["schema_cache_refusals"])
    return {"id": id, "started": connection["created_at"], "ready": 0, "refusals": refusals, "fields": {}, "keys": {}}


def save(context: Context, cache: Document) -> None:
    context.save(KIND, cache, parent=as_text(cache, "id"))


def _is_refreshing(cache: JsonObject) -> bool:
    return bool(cache["refusals"]) or time.time() < as_number(cache, "ready")
