"""Schedules of bulk syncs: one for everything and any number besides, each with a time, a choice and an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import bad_request, not_found
from applier.sandbox.rules.syncs.schedules import REQUIRED, TIMES
from applier.sandbox.store import Document

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
    default: Mapping[str, Any],
    additional: Sequence[Mapping[str, Any]],
    before: Sequence[Document] = (),
) -> list[Document]:
    """The default schedule and those besides, as they are stored; they keep the ids that they had."""
    known = {schedule["id"]: schedule for schedule in before}
    first = _schedule(context, default, before[0] if before else None, "default_schedule: ")
    rest = [_schedule(context, sent, known.get(sent.get("id")), "additional_schedules: ") for sent in additional]
    return [first, *rest]


def add(context: Context, sync: Document, sent: Mapping[str, Any]) -> Document:
    """One more schedule, made by itself."""
    schedule = _schedule(context, sent, None, "schedule: ")
    context.save("bulk_sync", {**sync, "schedules": [*sync["schedules"], schedule], **stamp(context, sync)})
    return schedule


def replace(context: Context, sync: Document, id: str, sent: Mapping[str, Any]) -> Document:
    before = find(sync, id)
    kept = {"schemas": before["schemas"]} if before.get("schemas") else {}
    schedule = _schedule(context, {**kept, **sent}, before, "schedule: ")
    schedules = [schedule if other["id"] == id else other for other in sync["schedules"]]
    context.save("bulk_sync", {**sync, "schedules": schedules, **stamp(context, sync)})
    return schedule


def remove(context: Context, sync: Document, id: str) -> None:
    find(sync, id)
    if sync["schedules"][0]["id"] == id:
        raise bad_request("the default schedule of a bulk sync cannot be deleted")
    schedules = [schedule for schedule in sync["schedules"] if schedule["id"] != id]
    context.save("bulk_sync", {**sync, "schedules": schedules, **stamp(context, sync)})


def find(sync: Mapping[str, Any], id: str) -> Document:
    for schedule in sync["schedules"]:
        if schedule["id"] == id:
            found: Document = schedule
            return found
    raise not_found("schedule", id)


def _schedule(context: Context, sent: Mapping[str, Any], before: Document | None, at: str) -> Document:
    body_checks.check(sent, MEMBERS, ("frequency",), at)
    for name, choices in CHOICES.items():
        if sent.get(name) is not None and sent[name] not in choices:
            raise bad_request(f"{at}{name} must be one of {', '.join(choices)}")
    for name in REQUIRED.get(sent["frequency"], ()):
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
