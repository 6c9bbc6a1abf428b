"""A sync as version 2024-02-08 shows it: constants merged into the fields, the passphrase never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules.context import ZERO_UUID, Context
from applier.sandbox.store import Document

FIELD_MEMBERS = ("override_value", "sync_mode", "encryption_enabled", "new")
SCHEDULE_MEMBERS = (
    *("minute", "hour", "day_of_week", "day_of_month", "month"),
    *("run_after", "connection_id", "job_id"),
)
ABSENT_SOURCES: Mapping[str, Document] = {
    "zero": {"source": {"model_id": ZERO_UUID, "field": ""}},
    "empty": {"source": {"model_id": "", "field": ""}},
    "absent": {},
}
HIDDEN = (
    *("override_fields", "encryption_passphrase", "fields", "filters", "overrides", "target", "schedule"),
    *("identities", "error_handling"),
)


def to_response(context: Context, sync: Mapping[str, Any]) -> Document:
    absent = ABSENT_SOURCES[context.switches["override_source"]]
    constants = [{**absent, **field} for field in sync["override_fields"]]
    document = {name: value for name, value in sync.items() if name not in HIDDEN}
    document |= {
        "fields": context.in_switched_order([*(_field(field, absent) for field in sync["fields"]), *constants]),
        "filters": context.in_switched_order([_filter(condition) for condition in sync["filters"]]),
        "overrides": context.in_switched_order(sync["overrides"]),
        "target": sync["target"],
        "schedule": sync["schedule"],
    }
    return with_nulls(document) if context.switches["unset_members"] == "null" else document


def with_nulls(document: Document) -> Document:
    """The same with every member that was not set as null."""
    return {
        "identity": None,
        "filter_logic": None,
        **document,
        "fields": [{**dict.fromkeys(FIELD_MEMBERS), **field} for field in document["fields"]],
        "filters": [{"value": None, **condition} for condition in document["filters"]],
        "overrides": [{"value": None, **override} for override in document["overrides"]],
        "target": {"new_name": None, "filter_logic": None, **document["target"]},
        "schedule": {**dict.fromkeys(SCHEDULE_MEMBERS), **document["schedule"]},
    }


def _filter(condition: Mapping[str, Any]) -> Document:
    """A filter without what only the newer version has."""
    return {name: value for name, value in condition.items() if name != "value_field"}


def _field(field: Mapping[str, Any], absent: Document) -> Document:
    """A mapping as it is; one that is a constant looks like an override field."""
    return dict(field) if "source" in field else {**absent, **field}
