"""A bulk sync as version 2025-09-18 takes and shows it: a default schedule and additional ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules.context import Context
from applier.sandbox.store import Document

INTERNAL = ("schedules", "schemas", "multi", "discover")
ADDITIONAL = ("schemas", "selective_mode", "resync_mode")


def from_request(body: Mapping[str, Any]) -> Document:
    return {name: value for name, value in body.items() if name not in ("schedule", "multi", "discover")}


def to_response(context: Context, sync: Mapping[str, Any]) -> Document:
    default, *additional = sync["schedules"]
    unset = {"schemas": [], "selective_mode": "none", "resync_mode": "normal"}
    return {
        **{name: value for name, value in sync.items() if name not in INTERNAL},
        "default_schedule": {name: value for name, value in default.items() if name not in ADDITIONAL},
        "additional_schedules": [{**unset, **schedule} for schedule in additional],
    }
