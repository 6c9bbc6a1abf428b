"""The form of a bulk sync in version 2024-02-08: one schedule, which can hold several."""

from __future__ import annotations

from applier.sandbox.app.api_versions.bulk_sync_2025_09_18 import INTERNAL
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.schedules import TIMES

MODES = ("snapshot", "replicate")
SHOWN = ("frequency", *TIMES)


def from_request(body: JsonObject) -> Document:
    """Return the body in the form of version 2025-09-18, with the other members of `multi`."""
    schedule = body.get("schedule")
    if not isinstance(schedule, dict):
        raise bad_request("schedule is required" if schedule is None else "schedule must be an object")
    if body.get("mode") not in (None, *MODES):
        raise bad_request(f"mode must be one of {', '.join(MODES)}")
    default, additional, multi = _split_schedule(schedule)
    newer = {"default_schedule": default, "additional_schedules": additional, "multi": multi}
    found = {name: value for name, value in body.items() if name not in ("schedule", "discover")}
    if body.get("discover") and not body.get("automatically_add_new_objects"):
        found["automatically_add_new_objects"] = "all"
    return {**found, **newer}


def to_response(context: Context, sync: JsonObject) -> Document:
    return {
        **{name: value for name, value in sync.items() if name not in INTERNAL},
        "discover": sync["automatically_add_new_objects"] == "all",
        "schedule": _schedule(sync),
    }


def _split_schedule(schedule: JsonObject) -> tuple[Document, list[Document], Document | None]:
    """Return the default schedule, the additional ones, and the other members of `multi`."""
    if schedule.get("frequency") != "multi":
        return {name: value for name, value in schedule.items() if name != "multi"}, [], None
    multi = schedule.get("multi")
    items = multi.get("schedules") if isinstance(multi, dict) else None
    if not isinstance(multi, dict) or not isinstance(items, list) or not items:
        raise bad_request("schedule: multi needs schedules with frequency multi")
    found: list[Document] = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("schedule"), dict) or not item.get("item"):
            raise bad_request("schedule: multi: each of the schedules needs item and schedule")
        found.append({**item["schedule"], "selective_mode": item["item"]})
    return found[0], found[1:], {"type": multi["type"]} if multi.get("type") else {}


def _schedule(sync: JsonObject) -> Document:
    stored = as_documents(sync, "schedules")
    schedules: list[Document] = [{name: one[name] for name in SHOWN if name in one} for one in stored]
    if sync["multi"] is None and len(schedules) == 1:
        return schedules[0]
    modes = [one.get("selective_mode") or "none" for one in stored]
    items = [{"item": mode, "schedule": schedule} for mode, schedule in zip(modes, schedules, strict=True)]
    return {"frequency": "multi", "multi": {**as_document(sync["multi"] or {}), "schedules": items}}
