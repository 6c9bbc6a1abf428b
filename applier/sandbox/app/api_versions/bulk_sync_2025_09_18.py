"""The form of a bulk sync in version 2025-09-18: a default schedule and additional ones."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_documents
from applier.sandbox.rules.context import Context

INTERNAL = ("schedules", "schemas", "multi", "discover")
ADDITIONAL = ("schemas", "selective_mode", "resync_mode")


def from_request(body: JsonObject) -> Document:
    return {name: value for name, value in body.items() if name not in ("schedule", "multi", "discover")}


def to_response(context: Context, sync: JsonObject) -> Document:
    default, *additional = as_documents(sync, "schedules")
    unset = {"schemas": [], "selective_mode": "none", "resync_mode": "normal"}
    return {
        **{name: value for name, value in sync.items() if name not in INTERNAL},
        "default_schedule": {name: value for name, value in default.items() if name not in ADDITIONAL},
        "additional_schedules": [{**unset, **schedule} for schedule in additional],
    }
