"""Bulk syncs: create, replace, activate, list and delete them."""

from __future__ import annotations

from datetime import datetime

from applier.sandbox.json_values import (
    Document,
    JsonObject,
    as_document,
    as_documents,
    as_list,
    as_optional_text,
    as_text,
)
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.activation import set_active
from applier.sandbox.rules.bulk_syncs import bulk_schedules, bulk_schemas
from applier.sandbox.rules.bulk_syncs.bulk_modes import modes_of
from applier.sandbox.rules.bulk_syncs.bulk_offers import check_capability
from applier.sandbox.rules.connections import schema_cache, source_schemas
from applier.sandbox.rules.connections.dependents import delete_with_executions
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.executions import bulk_executions
from applier.sandbox.rules.refusals import bad_request

KIND = "bulk_sync"
DISCOVER = ("all", "onlyIncremental", "onlyNonIncremental", "none")
CHOICES = {
    "automatically_add_new_objects": ("none", DISCOVER),
    "automatically_add_new_fields": ("all", DISCOVER),
    "normalize_names": ("enabled", ("enabled", "disabled", "legacy")),
}
"""Members that take one of a few words: the default, and all words."""
DEFAULTS = {"mirror_deletes": False}
MEMBERS = {
    "name": body_checks.is_text,
    "source_connection_id": body_checks.is_identifier,
    "destination_connection_id": body_checks.is_identifier,
    "source_configuration": body_checks.is_object,
    "destination_configuration": body_checks.is_object,
    "mode": body_checks.is_text,
    "active": body_checks.is_flag,
    "schemas": body_checks.is_list,
    **dict.fromkeys(CHOICES, body_checks.is_text),
    "disable_record_timestamps": body_checks.is_flag,
    "data_cutoff_timestamp": body_checks.is_text,
    "concurrency_limit": body_checks.is_number,
    "resync_concurrency_limit": body_checks.is_number,
    "policies": body_checks.is_identifiers,
    "organization_id": body_checks.is_identifier,
    "default_schedule": body_checks.is_object,
    "additional_schedules": body_checks.is_objects,
    "multi": body_checks.is_object,
}
REQUIRED = (
    *("name", "source_connection_id", "destination_connection_id", "destination_configuration", "default_schedule"),
)


def create(context: Context, body: JsonObject) -> Document:
    document, source = _build_document(context, body, None)
    schemas = bulk_schemas.select_schemas(source, as_list(body.get("schemas") or []))
    context.session.begin()
    return context.save(KIND, {"id": new_id(), **document, "schemas": schemas, **stamp(context)})


def replace(context: Context, id: str, body: JsonObject) -> Document:
    """Replace a bulk sync; its selection of schemas stays unless the body has one or the source changes."""
    before = context.fetch(KIND, id)
    document, source = _build_document(context, body, before)
    wanted = as_list(body.get("schemas") or [])
    if wanted or document["source_connection_id"] != before["source_connection_id"]:
        document["schemas"] = bulk_schemas.select_schemas(source, wanted)
    else:
        document["schemas"] = before["schemas"]
    context.session.begin()
    before = context.fetch(KIND, id)
    return context.save(KIND, {"id": id, **document, **stamp(context, before)})


def delete(context: Context, id: str) -> None:
    context.session.begin()
    delete_with_executions(context, KIND, id)


def activate(context: Context, id: str, body: JsonObject) -> Document:
    """Activate or deactivate a bulk sync; deactivation asks an execution that runs to stop."""
    answer = set_active(context, KIND, id, body)
    if not answer["active"]:
        bulk_executions.cancel(context, id)
    return answer


def list_bulk_syncs(context: Context, active: bool | None) -> list[Document]:
    found = access_checks.readable(context, KIND, context.session.find_all(KIND, context.organization, newest=True))
    return [sync for sync in found if active is None or sync["active"] is active]


def schemas(context: Context, id: str) -> tuple[Document, list[Document]]:
    """Return the bulk sync, and the schemas that its source has now."""
    sync = context.fetch(KIND, id)
    connection = context.fetch("connection", as_text(sync, "source_connection_id"))
    return sync, source_schemas.list_schemas(context, connection)


def patch_schemas(context: Context, id: str, body: JsonObject) -> tuple[Document, list[Document]]:
    _, source = schemas(context, id)
    context.session.begin()
    sync = context.fetch(KIND, id)
    return _save_schemas(context, sync, bulk_schemas.patch_schemas(sync, source, body)), source


def put_schema(context: Context, id: str, schema: str, body: JsonObject) -> tuple[Document, list[Document]]:
    _, source = schemas(context, id)
    context.session.begin()
    sync = context.fetch(KIND, id)
    return _save_schemas(context, sync, bulk_schemas.replace_schema(sync, source, schema, body)), source


def _save_schemas(context: Context, sync: Document, schemas: dict[str, Document]) -> Document:
    return context.save(KIND, {**sync, "schemas": schemas, **stamp(context, sync)})


def _build_document(context: Context, body: JsonObject, before: Document | None) -> tuple[Document, list[Document]]:
    """Return what a create or update stores, apart from id, schemas and audit members, and the source's schemas."""
    body_checks.check(body, MEMBERS, REQUIRED)
    body_checks.check_name(body)
    origin = _connection(context, as_text(body, "source_connection_id"), "source")
    destination = _connection(context, as_text(body, "destination_connection_id"), "destination")
    access_checks.check(context, "connection", access_checks.SYNC_TO, destination)
    mode = _mode(context, body, destination)
    choices = {name: _choice(name, body) for name in CHOICES}
    _check_moment(as_optional_text(body.get("data_cutoff_timestamp")))
    schema_cache.require_fresh(context, as_text(origin, "id"))
    found = source_schemas.list_schemas(context, origin)
    if not found:
        raise bad_request(f"connection {origin['name']} did not provide any schemas")
    defaults = DEFAULTS if context.switches["bulk_defaults"] == "fill" else {}
    active = body.get("active")
    schedules = bulk_schedules.normalise_schedules(
        context,
        as_document(body, "default_schedule"),
        as_documents(body.get("additional_schedules") or []),
        as_documents(before, "schedules") if before else [],
    )
    return {
        "name": body["name"],
        "source_connection_id": origin["id"],
        "destination_connection_id": destination["id"],
        "source_configuration": body.get("source_configuration") or {},
        "destination_configuration": {**defaults, **as_document(body, "destination_configuration")},
        "mode": mode,
        "active": context.switches["active_default"] == "true" if active is None else active,
        **choices,
        "disable_record_timestamps": bool(body.get("disable_record_timestamps")),
        **{name: body.get(name) for name in ("data_cutoff_timestamp", "concurrency_limit", "resync_concurrency_limit")},
        "policies": body.get("policies") or [],
        "organization_id": context.organization,
        "schedules": schedules,
        "multi": body.get("multi"),
    }, found


def _connection(context: Context, id: str, capability: str) -> Document:
    connection = context.session.get("connection", id, context.organization)
    if connection is None:
        raise bad_request(f"connection {id} does not exist")
    check_capability(connection, capability)
    return connection


def _mode(context: Context, body: JsonObject, destination: JsonObject) -> str:
    mode = str(body.get("mode") or context.switches["bulk_mode_default"])
    offered = [mode.id for mode in modes_of(as_text(destination, "type"))]
    if mode not in offered:
        raise bad_request(f"mode {mode} is not supported by the destination; it offers {', '.join(offered)}")
    return mode


def _choice(name: str, body: JsonObject) -> str:
    default, words = CHOICES[name]
    word = str(body.get(name) or default)
    if word not in words:
        raise bad_request(f"{name} must be one of {', '.join(words)}")
    return word


def _check_moment(text: str | None) -> None:
    try:
        if text:
            datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_request("data_cutoff_timestamp must be a time") from error
