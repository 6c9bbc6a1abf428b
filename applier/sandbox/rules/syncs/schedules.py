"""Schedules of syncs: their frequencies, the members that each takes, and what is refused."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_document, as_text, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

TIMES = ("minute", "hour", "day_of_week", "day_of_month", "month")
MEMBERS = {
    "frequency": body_checks.is_text,
    **dict.fromkeys(TIMES, body_checks.is_text),
    "run_after": body_checks.is_object,
    "run_after_success_only": body_checks.is_flag,
    "connection_id": body_checks.is_identifier,
    "job_id": body_checks.is_number,
}
CLOCK = {
    "minute": {"type": "string", "title": "Minute"},
    "hour": {"type": "string", "title": "Hour"},
    "day_of_week": {"type": "string", "title": "Day of week"},
    "day_of_month": {"type": "string", "title": "Day of month"},
    "month": {"type": "string", "title": "Month"},
}
OPTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("manual", "Manual", "Runs when manually triggered", ()),
    ("continuous", "Continuous", "Runs again and again, at most every five minutes", ()),
    ("hourly", "Hourly", "Runs once every hour", ("minute",)),
    ("daily", "Daily", "Runs once every day", ("hour", "minute")),
    ("weekly", "Weekly", "Runs once every week", ("day_of_week", "hour", "minute")),
    ("custom", "Cron", "Runs at the times of a cron expression", TIMES),
    ("builder", "Custom", "Runs at chosen times", TIMES),
    ("runafter", "After other syncs", "Runs when other syncs have finished", ()),
    ("dbtcloud", "dbt Cloud", "Runs when a dbt Cloud job has finished", ()),
)
FREQUENCIES = tuple(option[0] for option in OPTIONS)
REQUIRED = {"hourly": ("minute",), "daily": ("hour", "minute"), "weekly": ("day_of_week", "hour", "minute")}


def normalise_schedule(context: Context, schedule: JsonObject) -> Document:
    """Return a schedule as it is stored: as it was sent, with `run_after_success_only` always there."""
    body_checks.check(schedule, MEMBERS, (), "schedule: ")
    frequency = as_text(schedule.get("frequency") or "manual")
    if frequency not in FREQUENCIES:
        raise bad_request(f"schedule: frequency must be one of {', '.join(FREQUENCIES)}")
    for name in REQUIRED.get(frequency, ()):
        if not schedule.get(name):
            raise bad_request(f"schedule: {name} is required with frequency {frequency}")
    stored = {"frequency": frequency, **body_checks.present_members(schedule, *TIMES, "connection_id", "job_id")}
    if schedule.get("run_after"):
        stored["run_after"] = _run_after(context, as_document(schedule, "run_after"))
    if frequency == "runafter" and not any(as_document(stored.get("run_after") or {}).values()):
        raise bad_request("schedule: run_after is required with frequency runafter")
    if frequency == "dbtcloud":
        body_checks.check(schedule, {}, ("connection_id", "job_id"), "schedule: ")
    return {**stored, "run_after_success_only": bool(schedule.get("run_after_success_only"))}


def _run_after(context: Context, run_after: JsonObject) -> Document:
    members = {"sync_ids": body_checks.is_identifiers, "bulk_sync_ids": body_checks.is_identifiers}
    body_checks.check(run_after, members, (), "schedule: run_after: ")
    for name, kind in (("sync_ids", "sync"), ("bulk_sync_ids", "bulk_sync")):
        for id in as_texts(run_after.get(name) or []):
            if context.session.get(kind, id, context.organization) is None:
                raise bad_request(f"schedule: run_after: {kind.replace('_', ' ')} {id} does not exist")
    return {name: run_after.get(name) or [] for name in members}


def options() -> Document:
    """Return the frequencies with a form for each."""
    return {
        "schedule_options": [
            {
                "frequency": frequency,
                "label": label,
                "description": description,
                "configuration": _form(names, REQUIRED.get(frequency, ())) if names else {},
            }
            for frequency, label, description, names in OPTIONS
        ]
    }


def _form(names: tuple[str, ...], required: tuple[str, ...]) -> Document:
    return {"type": "object", "properties": {name: CLOCK[name] for name in names}, "required": list(required)}
