"""The service's events about given objects: who did what, over the last two days (docs/api/events.md#events)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping

from applier.api import Answered, BadAnswer, Client
from applier.kinds import KINDS
from applier.kinds.base import mapping, sequence, text
from applier.spec.resources import address_of

LIMIT = 100  # events in one answer
EVENTS_PER_OBJECT = 3
FRACTION = re.compile(r"(?<=T\d\d:\d\d:\d\d)\.\d+")  # of a second
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
KIND_OF_NOUN = {kind.noun.replace(" ", "_"): name for name, kind in KINDS.items()}
ID_MEMBERS = ("id", *(f"{noun}_id" for noun, name in KIND_OF_NOUN.items() if KINDS[name].runs))


def describe_events(client: Client, objects: Mapping[str, str | None]) -> Mapping[str, tuple[str, ...]]:
    """Return the latest events about each object in words, newest first; `objects` gives ids by address.

    An object without an id does not exist any more: the events with its name tell who deleted it. Events are optional:
    the result is empty where the service has no list of them, or the key may not read it. Raises `ApiError` only when
    the service cannot be reached.
    """
    if not objects:
        return {}
    try:
        events = [mapping(one) for one in sequence(client.get("/api/events", {"limit": LIMIT}).get("data"))]
    except (Answered, BadAnswer):
        return {}
    address_of_id = {identifier: address for address, identifier in objects.items() if identifier}
    sentences: defaultdict[str, list[str]] = defaultdict(list)
    for event in sorted(events, key=lambda one: text(one.get("created_at")), reverse=True):
        payload = mapping(event.get("event"))
        ids = {text(payload.get(member)) for member in ID_MEMBERS}
        addresses = {address_of_id[one] for one in ids if one in address_of_id}
        named = _address(event, payload)
        if named in objects and objects[named] is None:
            addresses.add(named)
        for address in addresses:
            sentences[address].append(_sentence(event, payload, client.scrub))
    return {address: tuple(found[:EVENTS_PER_OBJECT]) for address, found in sentences.items()}


def format_time(when: str) -> str:
    """Return a time of the API without fractions of a second."""
    return FRACTION.sub("", when)


def _address(event: Mapping[str, object], payload: Mapping[str, object]) -> str:
    """Return the address that an event names; its type begins with the kind, as in `bulk_sync.completed`."""
    noun = text(event.get("type")).partition(".")[0]
    return address_of(KIND_OF_NOUN.get(noun, noun), text(payload.get("name")) or text(payload.get("sync_name")))


def _sentence(event: Mapping[str, object], payload: Mapping[str, object], scrub: Callable[[str], str]) -> str:
    """Return what an event says; a time has no secrets, and a part of it equals a short one by chance."""
    time, what = format_time(text(event.get("created_at"))), text(event.get("type"))
    actor = text(mapping(payload.get("actor")).get("name"))
    members = ", ".join(str(one) for one in sequence(payload.get("changed")))
    said = scrub(" ".join([what, *([f"by {actor}"] if actor else []), *([f"({members})"] if members else [])]))
    return f"{time if TIME.fullmatch(time) else scrub(time)} {said}"
