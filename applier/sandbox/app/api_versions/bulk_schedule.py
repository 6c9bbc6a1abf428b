"""The form of a schedule under `/schedules` of a bulk sync: camel case, and no id unless switched on."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

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


def from_request(body: JsonObject) -> Document:
    schedule = body.get("schedule")
    if not isinstance(schedule, dict):
        raise bad_request("schedule is required" if schedule is None else "schedule must be an object")
    return {name: schedule[NAMES[name]] for name in WRITABLE if schedule.get(NAMES[name]) is not None}


def to_response(context: Context, sync: JsonObject, schedule: JsonObject) -> Document:
    members = {sent: schedule[name] for name, sent in NAMES.items() if name in schedule}
    id = {"id": schedule["id"]} if context.switches["bulk_schedule_ids"] == "present" else {}
    return {
        **id,
        **members,
        "selectiveMode": schedule.get("selective_mode") or "none",
        "createdBy": as_document(schedule, "created_by")["id"],
        "updatedBy": as_document(schedule, "updated_by")["id"],
        "deletedAt": None,
        "deletedBy": None,
        "isDefault": as_documents(sync, "schedules")[0]["id"] == schedule["id"],
        "schemas": schedule.get("schemas") or [],
        "syncId": sync["id"],
        "syncMode": schedule.get("resync_mode") or "normal",
    }
