"""Schedules of bulk syncs: a default one, and any number of additional ones for some schemas."""

from __future__ import annotations

from collections.abc import Sequence

from applier.sandbox.json_values import Document, JsonObject, as_documents, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import bad_request, not_found
from applier.sandbox.rules.syncs.schedules import REQUIRED, TIMES

FREQUENCIES = ("manual", "continuous", "hourly", "daily", "weekly", "custom", "builder")
SELECTIVE_MODES = ("none", "incrementalFields", "nonincrementalFields")
RESYNC_MODES = ("normal", "refetch", "resync", "rebuild")
MEMBERS = {
    "frequency": body_checks.is_text,
    **dict.fromkeys(TIMES, body_checks.is_text),
    "id": body_checks.is_text,
    "schemas": body_checks.is_texts,
    "selective_mode": body_checks.is_text,
    "resync_mode": body_checks.is_text,
}
CHOICES = {"frequency": FREQUENCIES, "selective_mode": SELECTIVE_MODES, "resync_mode": RESYNC_MODES}


def normalise_schedules(
    context: Context,
    default: JsonObject,
    additional: Sequence[JsonObject],
    before: Sequence[Document] = (),
) -> list[Document]:
    """Return the default schedule and the additional ones, as they are stored; they keep their ids."""
    known = {as_text(schedule, "id"): schedule for schedule in before}
    first = _schedule(context, default, before[0] if before else None, "default_schedule: ")
    rest = [_schedule(context, sent, known.get(str(sent.get("id"))), "additional_schedules: ") for sent in additional]
    return [first, *rest]


def add(context: Context, sync: Document, sent: JsonObject) -> Document:
    """Add one schedule and return it."""
    schedule = _schedule(context, sent, None, "schedule: ")
    _save_schedules(context, sync, [*as_documents(sync, "schedules"), schedule])
    return schedule


def replace(context: Context, sync: Document, id: str, sent: JsonObject) -> Document:
    before = find(sync, id)
    kept = {"schemas": before["schemas"]} if before.get("schemas") else {}
    schedule = _schedule(context, {**kept, **sent}, before, "schedule: ")
    schedules = [schedule if other["id"] == id else other for other in as_documents(sync, "schedules")]
    _save_schedules(context, sync, schedules)
    return schedule


def remove(context: Context, sync: Document, id: str) -> None:
    find(sync, id)
    schedules = as_documents(sync, "schedules")
    if schedules[0]["id"] == id:
        raise bad_request("the default schedule of a bulk sync cannot be deleted")
    _save_schedules(context, sync, [schedule for schedule in schedules if schedule["id"] != id])


def find(sync: JsonObject, id: str) -> Document:
    for schedule in as_documents(sync, "schedules"):
        if schedule["id"] == id:
            return schedule
    raise not_found("schedule", id)


def _save_schedules(context: Context, sync: Document, schedules: list[Document]) -> None:
    context.save("bulk_sync", {**sync, "schedules": schedules, **stamp(context, sync)})


def _schedule(context: Context, sent: JsonObject, before: Document | None, at: str) -> Document:
    body_checks.check(sent, MEMBERS, ("frequency",), at)
    for name, choices in CHOICES.items():
        if sent.get(name) is not None and sent[name] not in choices:
            raise bad_request(f"{at}{name} must be one of {', '.join(choices)}")
    for name in REQUIRED.get(as_text(sent, "frequency"), ()):
        if not sent.get(name):
            raise bad_request(f"{at}{name} is required with frequency {sent['frequency']}")
    unset = dict.fromkeys(TIMES, "") if context.switches["bulk_defaults"] == "fill" else {}
    return {
        "id": before["id"] if before else new_id(),
        "frequency": sent["frequency"],
        **unset,
        **body_checks.present_members(sent, *TIMES, "schemas", "selective_mode", "resync_mode"),
        **stamp(context, before),
    }
