"""Who did what: the service's events about given objects, kept for two days (api.md 22.3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from applier.api import Answered, BadAnswer, Client
from applier.kinds.base import mapping, sequence, text
from applier.resources import address_of

MOST = 100  # events in one answer
FRACTION = re.compile(r"(?<=T\d\d:\d\d:\d\d)\.\d+")  # of a second: nobody reads it
SHOWN = 3  # events told of one object


def describe_events(client: Client, objects: Mapping[str, str | None]) -> Mapping[str, tuple[str, ...]]:
    """For each of the objects, addresses with ids, the latest events about it, newest first, in words.

    What has no id is not there: the events that name it tell who deleted it. Events are an extra: where the service has
    no list of them, or the key may not read it, nothing is told. Raises `ApiError` only when the service cannot be
    reached.
    """
    if not objects:
        return {}
    try:
        events = [mapping(one) for one in sequence(client.get("/api/events", {"limit": MOST}).get("data"))]
    except (Answered, BadAnswer):
        return {}
    address_of_id = {identifier: address for address, identifier in objects.items() if identifier}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in sorted(events, key=lambda one: text(one.get("created_at")), reverse=True):
        payload = mapping(event.get("event"))
        ids = [text(payload.get(name)) for name in ("id", "sync_id", "bulk_sync_id")]
        named = _address(event, payload)
        mine = {address_of_id[one] for one in ids if one in address_of_id}
        for address in mine | ({named} if named in objects and objects[named] is None else set()):
            found[address].append(_sentence(event, payload))
    return {address: tuple(sentences[:SHOWN]) for address, sentences in found.items()}


def _address(event: Mapping[str, object], payload: Mapping[str, object]) -> str:
    """What the event calls its object; its type begins with the kind, as in `bulk_sync.completed`."""
    noun = text(event.get("type")).partition(".")[0]
    return address_of(f"{noun}s", text(payload.get("name")) or text(payload.get("sync_name")))


def _sentence(event: Mapping[str, object], payload: Mapping[str, object]) -> str:
    who = text(mapping(payload.get("actor")).get("name"))
    what = ", ".join(str(one) for one in sequence(payload.get("changed")))
    describe_events = [FRACTION.sub("", text(event.get("created_at"))), text(event.get("type"))]
    return " ".join([*describe_events, *([f"by {who}"] if who else []), *([f"({what})"] if what else [])])
