"""Events, and the global error subscribers."""

from __future__ import annotations

from applier.sandbox.app.http_messages import Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_page
from applier.sandbox.rules.notifications import error_subscribers, events

FEWEST, MOST = 10, 100


def read_subscribers(call: Call) -> Answer:
    return Answer(document=error_subscribers.read(call.context))


def replace_subscribers(call: Call) -> Answer:
    return Answer(document=error_subscribers.replace(call.context, call.body()))


def list_events(call: Call) -> Answer:
    """Answer the newest events; older ones are read with a time window."""
    type = call.query("type") or call.query("event_type")
    found = events.list_events(call.context, type, call.query("starting_after"), call.query("ending_before"))
    entries, _ = cut_page(found, None, call.query("limit") or str(FEWEST), MOST)
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
