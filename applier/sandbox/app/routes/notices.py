"""What the service tells by itself: who hears of errors, and the events."""

from __future__ import annotations

from applier.sandbox.app.messages import Answer, Call, Endpoint, data
from applier.sandbox.app.paging import page
from applier.sandbox.rules import events, subscribers

FEWEST, MOST = 10, 100


def read_subscribers(call: Call) -> Answer:
    return Answer(document=subscribers.read(call.context))


def replace_subscribers(call: Call) -> Answer:
    return Answer(document=subscribers.replace(call.context, call.body()))


def list_events(call: Call) -> Answer:
    """The newest ones; what was before them is asked for by time."""
    type = call.query("type") or call.query("event_type")
    found = events.listed(call.context, type, call.query("starting_after"), call.query("ending_before"))
    entries, _ = page(found, None, call.query("limit") or str(FEWEST), MOST)
    return data(entries)


def event_types(call: Call) -> Answer:
    return data(events.types(call.context))


SUBSCRIBERS = "/api/notifications/global-error-subscribers"
ENDPOINTS = (
    Endpoint("GET", SUBSCRIBERS, read_subscribers),
    Endpoint("PUT", SUBSCRIBERS, replace_subscribers),
    Endpoint("GET", "/api/events", list_events),
    Endpoint("GET", "/api/events_types", event_types),
)
