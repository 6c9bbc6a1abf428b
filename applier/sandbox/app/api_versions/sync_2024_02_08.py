"""The form of a sync in version 2024-02-08: constants are among the fields."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_list
from applier.sandbox.rules.context import ZERO_UUID, Context

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


def to_response(context: Context, sync: JsonObject) -> Document:
    absent = ABSENT_SOURCES[context.switches["override_source"]]
    constants = [{**absent, **field} for field in as_documents(sync, "override_fields")]
    document = {name: value for name, value in sync.items() if name not in HIDDEN}
    document |= {
        "fields": context.in_switched_order(
            [*(_field(field, absent) for field in as_documents(sync, "fields")), *constants]
        ),
        "filters": context.in_switched_order([_filter(condition) for condition in as_documents(sync, "filters")]),
        "overrides": context.in_switched_order(as_list(sync, "overrides")),
        "target": sync["target"],
        "schedule": sync["schedule"],
    }
    return with_nulls(document) if context.switches["unset_members"] == "null" else document


def with_nulls(document: Document) -> Document:
    """Return the sync with every unset member as null."""
    return {
        "identity": None,
        "filter_logic": None,
        **document,
        "fields": [{**dict.fromkeys(FIELD_MEMBERS), **field} for field in as_documents(document, "fields")],
        "filters": [{"value": None, **condition} for condition in as_documents(document, "filters")],
        "overrides": [{"value": None, **override} for override in as_documents(document, "overrides")],
        "target": {"new_name": None, "filter_logic": None, **as_document(document, "target")},
        "schedule": {**dict.fromkeys(SCHEDULE_MEMBERS), **as_document(document, "schedule")},
    }


def _filter(condition: JsonObject) -> Document:
    """Return a filter without the member that only version 2025-09-18 has."""
    return {name: value for name, value in condition.items() if name != "value_field"}


def _field(field: JsonObject, absent: Document) -> Document:
    """Return a mapping as it is, and a constant in the form of an override field."""
    return dict(field) if "source" in field else {**absent, **field}
