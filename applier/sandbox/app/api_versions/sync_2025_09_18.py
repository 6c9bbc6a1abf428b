"""The form of a sync in version 2025-09-18: separate constants, filters in both forms, light list entries."""

from __future__ import annotations

from applier.sandbox.app.api_versions.sync_2024_02_08 import HIDDEN, with_nulls
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_list
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.rules.syncs.sync_problems import problems_of

LISTED = (
    *("id", "organization_id", "name", "mode", "active", "model_ids", "schedule"),
    *("only_enrich_updates", "skip_initial_backfill", "sync_all_records"),
    *("created_at", "created_by", "updated_at", "updated_by"),
)
CONSTANT_MEMBERS = ("target", "override_value", "new", "sync_mode")
NEWER_MEMBERS = ("identities", "model_filters", "target_filters")


def to_response(context: Context, sync: JsonObject) -> Document:
    document = {name: value for name, value in sync.items() if name not in HIDDEN}
    fields = [*as_documents(sync, "fields"), *as_documents(sync, "override_fields")]
    constants = [body_checks.present_members(field, *CONSTANT_MEMBERS) for field in fields if "source" not in field]
    document |= {
        "fields": context.in_switched_order([field for field in fields if "source" in field]),
        "override_fields": context.in_switched_order(constants),
        "filters": context.in_switched_order(as_list(sync, "filters")),
        "overrides": context.in_switched_order(as_list(sync, "overrides")),
        **_newer(sync),
        "target": sync["target"],
        "schedule": sync["schedule"],
        "problems": problems_of(context, sync),
    }
    if context.switches["unset_members"] == "null":
        return {**dict.fromkeys(NEWER_MEMBERS), **with_nulls(document)}
    return document


def to_list_entry(sync: JsonObject) -> Document:
    """Return an entry of the list."""
    target = as_document(sync, "target")
    return {
        **{name: sync[name] for name in LISTED},
        "target_connection_id": target["connection_id"],
        "target_object": target.get("object"),
    }


def _newer(sync: JsonObject) -> Document:
    """Return identities and filters in the form that only this version has."""
    mappings = mappings_of(sync)
    strategy = body_checks.present_members(as_document(sync.get("identities") or {}), "strategy")
    filters = as_documents(sync, "filters")
    on_models = [condition for condition in filters if condition["field_type"] == "Model"]
    on_target = [condition for condition in filters if condition["field_type"] == "Target"]
    members: Document = {"identities": {"mappings": mappings, **strategy}} if mappings else {}
    if on_models:
        conditions = [{"source": one["field"], **_condition(one)} for one in on_models]
        members["model_filters"] = {"conditions": conditions, **_logic(sync.get("filter_logic"))}
    if on_target:
        conditions = [{"field": one["field_id"], **_condition(one), **_value_source(one)} for one in on_target]
        target_logic = as_document(sync, "target").get("filter_logic")
        members["target_filters"] = {"conditions": conditions, **_logic(target_logic)}
    return members


def _condition(condition: JsonObject) -> Document:
    return body_checks.present_members(condition, "function", "value", "label")


def _value_source(condition: JsonObject) -> Document:
    return {"value_source": condition["value_field"]} if "value_field" in condition else {}


def _logic(logic: object) -> Document:
    return {"logic": logic} if logic else {}
