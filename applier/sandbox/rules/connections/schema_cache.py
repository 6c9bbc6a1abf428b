"""How well the schemas of a connection are known: refreshed, being refreshed, or not looked at yet."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules.connections.connections import check_health
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.refusals import bad_request, unprocessable
from applier.sandbox.store import Document

KIND = "schema_cache"


def refresh(context: Context, id: str) -> None:
    """Look at a healthy connection again; for a moment nothing can be built on what was known before."""
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
    """Refuse to build on a connection whose schemas are not known yet, as often as the switch says."""
    if not _is_refreshing(read_cache(context, id)):
        return
    context.session.begin()
    cache = read_cache(context, id)
    if cache["refusals"]:
        save(context, {**cache, "refusals": cache["refusals"] - 1})
        context.session.commit()
    if context.switches["schema_cache_refusal"] == "422":
        raise unprocessable("cache refresh in progress")
    raise bad_request("the connection did not provide any schemas")


def lock(context: Context, id: str) -> Document:
    """The cache, with the write transaction open."""
    context.session.begin()
    context.fetch("connection", id)
    return read_cache(context, id)


def read_cache(context: Context, id: str) -> Document:
    """What is kept of a connection's schemas; at first as the service leaves it when a connection is made."""
    found = context.session.get(KIND, id, context.organization)
    if found is not None:
        return found
    connection = context.fetch("connection", id)
    refusals = int(context.switches["schema_cache_refusals"])
    return {"id": id, "started": connection["created_at"], "ready": 0, "refusals": refusals, "fields": {}, "keys": {}}


def save(context: Context, cache: Document) -> None:
    context.save(KIND, cache, parent=cache["id"])


def _is_refreshing(cache: Mapping[str, Any]) -> bool:
    return bool(cache["refusals"]) or time.time() < cache["ready"]
