"""Syncs: create, replace, activate, list and delete them."""

from __future__ import annotations

from applier.sandbox.databases.types import MODES
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.activation import set_active
from applier.sandbox.rules.connections.dependents import delete_with_executions
from applier.sandbox.rules.connections.target_descriptions import TargetDescription
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs import identities, mappings, schedules
from applier.sandbox.rules.syncs.sync_targets import create_target, normalise_target

KIND = "sync"
FLAGS = ("sync_all_records", "skip_initial_backfill", "only_enrich_updates")
MEMBERS = {
    "name": body_checks.is_text,
    "mode": body_checks.is_text,
    "fields": body_checks.is_objects,
    "override_fields": body_checks.is_objects,
    "schedule": body_checks.is_object,
    "target": body_checks.is_object,
    "active": body_checks.is_flag,
    "identity": body_checks.is_object,
    "filters": body_checks.is_objects,
    "filter_logic": body_checks.is_text,
    "overrides": body_checks.is_objects,
    **dict.fromkeys(FLAGS, body_checks.is_flag),
    "encryption_passphrase": body_checks.is_text,
    "policies": body_checks.is_identifiers,
    "organization_id": body_checks.is_identifier,
}
NEWER_MEMBERS = {
    **MEMBERS,
    "model_filters": body_checks.is_object,
    "target_filters": body_checks.is_object,
    "identities": body_checks.is_object,
}
REQUIRED = ("name", "mode", "fields", "schedule", "target")


def create(context: Context, body: JsonObject, *, newer: bool = False) -> Document:
    """Create a sync; `newer` says that the request is of version 2025-09-18."""
    written = _build_document(context, body, newer=newer)
    context.session.begin()
    return context.save(KIND, {"id": new_id(), **written, **stamp(context)})


def replace(context: Context, id: str, body: JsonObject, *, newer: bool = False) -> Document:
    identities.check_replaceable(context.fetch(KIND, id), body, newer=newer)
    written = _build_document(context, body, newer=newer)
    context.session.begin()
    before = context.fetch(KIND, id)
    return context.save(
        KIND, {"id": id, **written, **body_checks.present_members(before, "error_handling"), **stamp(context, before)}
    )


def delete(context: Context, id: str) -> None:
    context.session.begin()
    delete_with_executions(context, KIND, id)


def activate(context: Context, id: str, body: JsonObject) -> Document:
    return set_active(context, KIND, id, body)


def list_syncs(context: Context, active: bool | None, mode: str | None, connection: str | None) -> list[Document]:
    """Return the syncs that the caller may read, those changed last first."""
    return [
        sync
        for sync in access_checks.readable(
            context, KIND, context.session.find_all(KIND, context.organization, newest=True)
        )
        if (active is None or sync["active"] is active)
        and (not mode or sync["mode"] == mode)
        and (not connection or as_document(sync, "target")["connection_id"] == connection)
    ]


def _build_document(context: Context, body: JsonObject, *, newer: bool) -> Document:
    """Return what a create or update stores, apart from id and audit members."""
    body_checks.check(body, NEWER_MEMBERS if newer else MEMBERS, REQUIRED)
    body_checks.check_name(body)
    if body["mode"] not in MODES:
        raise bad_request(f"mode must be one of {', '.join(MODES)}")
    if not newer:
        body = {name: value for name, value in body.items() if name in MEMBERS}
    connection, target, shape = normalise_target(context, as_document(body, "target"))
    content = mappings.normalise_mappings(context, body, shape, newer=newer)
    _check_mode(shape, body, content)
    _check_passphrase(context, body, content)
    logic = content.pop("target_logic")
    target = {**target, **({"filter_logic": logic} if logic else {})}
    if target.get("create"):
        target = create_target(context, connection, target, content)
    active = body.get("active")
    return {
        "name": body["name"],
        "mode": body["mode"],
        "active": context.switches["active_default"] == "true" if active is None else active,
        "organization_id": context.organization,
        **content,
        "schedule": schedules.normalise_schedule(context, as_document(body, "schedule")),
        "target": target,
        **{name: bool(body.get(name)) for name in FLAGS},
        "policies": body.get("policies") or [],
        **body_checks.present_members(body, "encryption_passphrase"),
    }


def _check_mode(shape: TargetDescription, body: JsonObject, content: JsonObject) -> None:
    offered = {mode.id: mode for mode in shape.modes}
    mode = offered.get(as_text(body, "mode"))
    if mode is None:
        if not offered:
            return
        raise bad_request(f"mode {body['mode']} is not supported by the target; it offers {', '.join(offered)}")
    if mode.requires_identity and not as_documents(content, "identities", "mappings"):
        raise bad_request(f"mode {mode.id} requires an identity")
    fields = [*as_documents(content, "fields"), *as_documents(content, "override_fields")]
    filters = as_documents(content, "filters")
    if not mode.supports_field_sync_mode and any(field.get("sync_mode") == "create" for field in fields):
        raise bad_request(f"mode {mode.id} of this target does not support a sync mode per field")
    if not mode.supports_target_filters and any(one["field_type"] == "Target" for one in filters):
        raise bad_request(f"mode {mode.id} of this target does not support target filters")
    _check_target_filters(shape, filters)


def _check_passphrase(context: Context, body: JsonObject, content: JsonObject) -> None:
    fields = as_documents(content, "fields")
    encrypted = [as_text(field, "target") for field in fields if field.get("encryption_enabled")]
    if encrypted and not body.get("encryption_passphrase") and context.switches["target_rules"] == "refuse":
        raise bad_request(f"encryption_passphrase is required: {', '.join(encrypted)} is to be encrypted")


def _check_target_filters(shape: TargetDescription, filters: list[Document]) -> None:
    for condition in filters:
        if condition["field_type"] != "Target" or shape.fields is None:
            continue
        known = shape.field(as_text(condition, "field_id"))
        if known is None or not known["filterable"]:
            raise bad_request(f"filters: {condition['field_id']} is no field that the target can be filtered by")
        if "value_field" in condition and not shape.flags.get("supports_filter_value_fields"):
            raise bad_request("filters: the target takes no fields as values of filters")
