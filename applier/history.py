"""Who did what: the service's events about given objects, kept for two days (api.md 22.3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

from applier.api import Answered, BadAnswer, Client
from applier.kinds.base import mapping, sequence, text

MOST = 100  # events in one answer
FRACTION = re.compile(r"(?<=T\d\d:\d\d:\d\d)\.\d+")  # of a second: nobody reads it
SHOWN = 3  # events told of one object


def told(client: Client, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """For each object the latest events that name it, newest first, in words.

    Events are an extra: where the service has no list of them, or the key may not read it, nothing is told. Raises
    `ApiError` only when the service cannot be reached.
    """
    if not ids:
        return {}
    try:
        events = [mapping(one) for one in sequence(client.get("/api/events", {"limit": MOST}).get("data"))]
    except (Answered, BadAnswer):
        return {}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in sorted(events, key=lambda one: text(one.get("created_at")), reverse=True):
        payload = mapping(event.get("event"))
        mine = {text(payload.get(name)) for name in ("id", "sync_id", "bulk_sync_id")} & set(ids)
        for identifier in mine:
            found[identifier].append(_sentence(event, payload))
    return {identifier: tuple(sentences[:SHOWN]) for identifier, sentences in found.items()}


def _sentence(event: Mapping[str, object], payload: Mapping[str, object]) -> str:
    who = text(mapping(payload.get("actor")).get("name"))
    what = ", ".join(str(one) for one in sequence(payload.get("changed")))
    told = [FRACTION.sub("", text(event.get("created_at"))), text(event.get("type"))]
    return " ".join([*told, *([f"by {who}"] if who else []), *([f"({what})"] if what else [])])
