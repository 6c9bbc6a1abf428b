"""A schedule as the schedules of a bulk sync take and show it: in camel case, and without the id to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.store import Document

NAMES = {
    "frequency": "frequency",
    "minute": "minute",
    "hour": "hour",
    "day_of_week": "dayOfWeek",
    "day_of_month": "dayOfMonth",
    "month": "month",
    "selective_mode": "selectiveMode",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
WRITABLE = ("frequency", "minute", "hour", "day_of_week", "day_of_month", "month", "selective_mode")


def from_request(body: Mapping[str, Any]) -> Document:
    schedule = body.get("schedule")
    if not isinstance(schedule, dict):
        raise bad_request("schedule is required" if schedule is None else "schedule must be an object")
    return {name: schedule[NAMES[name]] for name in WRITABLE if schedule.get(NAMES[name]) is not None}


def to_response(context: Context, sync: Mapping[str, Any], schedule: Mapping[str, Any]) -> Document:
    told = {written: schedule[name] for name, written in NAMES.items() if name in schedule}
    id = {"id": schedule["id"]} if context.switches["bulk_schedule_ids"] == "present" else {}
    return {
        **id,
        **told,
        "selectiveMode": schedule.get("selective_mode") or "none",
        "createdBy": schedule["created_by"]["id"],
        "updatedBy": schedule["updated_by"]["id"],
        "deletedAt": None,
        "deletedBy": None,
        "isDefault": sync["schedules"][0]["id"] == schedule["id"],
        "schemas": schedule.get("schemas") or [],
        "syncId": sync["id"],
        "syncMode": schedule.get("resync_mode") or "normal",
    }
