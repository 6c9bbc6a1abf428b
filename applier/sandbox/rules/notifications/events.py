"""The events of the last two days: executions, and changes of objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.notifications.event_payloads import CHANGE_TYPES, EXECUTION_TYPES
from applier.sandbox.rules.refusals import unprocessable
from applier.sandbox.session import Session

KIND = "event"
RETENTION = timedelta(hours=48)


def types(context: Context) -> list[str]:
    changes = CHANGE_TYPES if context.switches["change_events"] == "listed" else ()
    return sorted([*EXECUTION_TYPES, *changes])


def list_events(context: Context, type: str | None, after: str | None, before: str | None) -> list[Document]:
    """Return the events between two times, both excluded, newest first."""
    oldest = _format_time(datetime.now(UTC) - RETENTION)
    start, end = max(oldest, _moment(after, "starting_after") or oldest), _moment(before, "ending_before")
    shown = {type} & set(types(context)) if type else set(types(context))
    return [
        event
        for event in reversed(context.session.find_all(KIND, context.organization))
        if event["type"] in shown and start < as_text(event, "created_at") and _is_before(event, end)
    ]


def _is_before(event: JsonObject, end: str | None) -> bool:
    return end is None or as_text(event, "created_at") < end


def delete_expired(session: Session) -> None:
    """Delete the events that are older than two days."""
    oldest = _format_time(datetime.now(UTC) - RETENTION)
    session.write("DELETE FROM objects WHERE kind = ? AND updated_at < ?", (KIND, oldest))


def _moment(text: str | None, name: str) -> str | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise unprocessable(f"{name} must be a time") from error
    return _format_time(found if found.tzinfo else found.replace(tzinfo=UTC))


def _format_time(moment: datetime) -> str:
    """Return a time in the form in which events have theirs."""
    try:
        return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError:
        return now()
