"""Executions of bulk syncs: start, cancel, list and read them, schema by schema."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.bulk_syncs import bulk_schemas
from applier.sandbox.rules.bulk_syncs.bulk_modes import RESYNC_MODES
from applier.sandbox.rules.connections import source_schemas
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.executions.stored_executions import StoredExecutions
from applier.sandbox.rules.json_records import value_to_json
from applier.sandbox.rules.refusals import bad_request

KIND = "bulk_execution"
PROGRESS = "bulk_progress"
TERMINAL = ("completed", "canceled", "failed", "interrupted", "errors")
FETCH_MODES = ("none", "incremental", "full")
DISPOSITIONS = {"refetch": "retain", "resync": "truncate", "rebuild": "rebuild"}
COUNTS = ("record_count", "error_count", "warning_count")
HIDDEN = ("sync_id", "owner", "options", "authorization")
PAGE = 100
MEMBERS = {
    "resync": body_checks.is_flag,
    "test": body_checks.is_flag,
    "schemas": body_checks.is_texts,
    "resync_mode": body_checks.is_text,
    "fetch_mode": body_checks.is_text,
}
EXECUTIONS = StoredExecutions(KIND, "bulk_sync", TERMINAL, HIDDEN)


def start(context: Context, sync_id: str, body: JsonObject) -> Document:
    """Queue an execution; it starts after the commit."""
    body_checks.check(body, MEMBERS)
    resync_mode = as_text(body.get("resync_mode") or ("rebuild" if body.get("resync") else ""))
    _check_modes(resync_mode, body)
    sync = context.fetch("bulk_sync", sync_id)
    source = source_schemas.list_schemas(context, context.fetch("connection", as_text(sync, "source_connection_id")))
    context.session.begin()
    sync = context.fetch("bulk_sync", sync_id)
    if not sync["active"] and context.switches["start_inactive"] == "refuse":
        raise bad_request("only an active bulk sync can be started")
    EXECUTIONS.refuse_second(context, sync_id)
    schemas = _chosen_schemas(bulk_schemas.schema_summaries(sync, source, True), as_texts(body.get("schemas") or []))
    execution = _new_execution(context, sync_id, body, resync_mode)
    execution["schemas"] = [_new_schema(execution, schema) for schema in schemas]
    context.save(KIND, execution, parent=sync_id)
    id = as_text(execution, "id")
    context.session.after_commit(lambda: context.submit(context.organization, id))
    return EXECUTIONS.to_response(execution)


def cancel(context: Context, sync_id: str, id: str | None = None) -> Document:
    """Ask executions to stop: every one of the bulk sync that runs, or the one with the id."""
    context.session.begin()
    context.fetch("bulk_sync", sync_id)
    if id is None:
        unfinished = EXECUTIONS.find_unfinished(context, sync_id)
    else:
        execution = EXECUTIONS.fetch(context, sync_id, id)
        unfinished = [] if EXECUTIONS.has_ended(execution) else [execution]
    for execution in unfinished:
        context.save(KIND, {**execution, "status": "canceling", "updated_at": now()}, parent=sync_id)
    return _cancel_response(unfinished)


def cancel_schema(context: Context, sync_id: str, schema: str) -> Document:
    """Ask the executions that run to skip one schema; the other schemas are still copied."""
    context.session.begin()
    context.fetch("bulk_sync", sync_id)
    unfinished = EXECUTIONS.find_unfinished(context, sync_id)
    for execution in unfinished:
        options = {**as_document(execution, "options"), "skipped": [*_skipped_schemas(execution), schema]}
        context.save(KIND, {**execution, "options": options}, parent=sync_id)
    return _cancel_response(unfinished)


def status(context: Context, sync_id: str) -> Document:
    return EXECUTIONS.status(context, sync_id)


def statuses(context: Context, syncs: Sequence[Document]) -> list[Document]:
    """Return the state of each bulk sync: for each of its schemas the execution that runs or ended last."""
    ids = [as_text(sync, "id") for sync in syncs]
    return [_summary(id, EXECUTIONS.find_all(context, id)) for id in ids]


def list_executions(context: Context, sync_id: str, *, ascending: bool, only_terminal: bool) -> list[Document]:
    return EXECUTIONS.list_responses(context, sync_id, ascending=ascending, only_ended=only_terminal)


def read(context: Context, sync_id: str, id: str) -> Document:
    return EXECUTIONS.to_response(EXECUTIONS.fetch(context, sync_id, id))


def change(context: Context, id: str, **members: object) -> Document | None:
    """Store the progress of an execution and return it; None if it is deleted or has ended."""
    context.session.begin()
    execution = context.session.get(KIND, id, context.organization)
    if execution is None or EXECUTIONS.has_ended(execution):
        context.session.rollback()
        return None
    if execution["status"] == "canceling" and members.get("status") not in TERMINAL:
        members.pop("status", None)
    changed = context.save(KIND, {**execution, **members, "updated_at": now()}, parent=as_text(execution, "sync_id"))
    context.session.commit()
    return changed


def is_canceling(context: Context, id: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is None or execution["status"] == "canceling"


def is_skipping(context: Context, id: str, schema: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is not None and schema in _skipped_schemas(execution)


def progress(context: Context, sync_id: str, schema: str) -> object:
    """Return the highest value of the tracking field that was copied; None before the first execution."""
    document = context.session.get(PROGRESS, f"{sync_id}/{schema}", context.organization)
    return document["reached"] if document else None


def advance(context: Context, sync_id: str, schema: str, reached: object) -> None:
    context.session.begin()
    context.save(PROGRESS, {"id": f"{sync_id}/{schema}", "reached": value_to_json(reached)}, parent=sync_id)
    context.session.commit()


def _chosen_schemas(enabled: list[Document], wanted: list[str]) -> list[Document]:
    unknown = set(wanted) - {as_text(schema, "id") for schema in enabled}
    if unknown:
        raise bad_request(f"schemas: {', '.join(sorted(unknown))} is not enabled")
    return [schema for schema in enabled if not wanted or schema["id"] in wanted]


def _new_execution(context: Context, sync_id: str, body: JsonObject, resync_mode: str) -> Document:
    return {
        "id": new_id(),
        "type": "bulk_sync",
        "status": "created",
        "status_message": "",
        "created_at": (moment := now()),
        "started_at": None,
        "completed_at": None,
        "updated_at": moment,
        **dict.fromkeys(COUNTS, 0),
        "is_partial": bool(body.get("schemas")),
        "is_resync": bool(resync_mode),
        "is_test": bool(body.get("test")),
        "fetch_mode": body.get("fetch_mode") or "full",
        "output_disposition": DISPOSITIONS.get(resync_mode, "retain"),
        "sync_id": sync_id,
        "owner": context.owner,
        "authorization": secrets.token_urlsafe(16),
        "options": {"resync_mode": resync_mode or None},
    }


def _new_schema(execution: JsonObject, schema: JsonObject) -> Document:
    times = {name: execution[name] for name in ("created_at", "started_at", "completed_at", "updated_at")}
    named = {"schema": schema["id"], "output_name": schema["output_name"]}
    return {**named, "status": "created", "status_message": "", **times, **dict.fromkeys(COUNTS, 0)}


def _summary(sync_id: str, executions: Sequence[Document]) -> Document:
    """Return the state of the schemas; an execution that runs counts before one that ended, a newer before an older."""
    newest_first = executions[::-1]
    ordered = sorted(newest_first, key=EXECUTIONS.has_ended)
    schemas: dict[str, Document] = {}
    for execution in ordered:
        for schema in as_documents(execution, "schemas"):
            left_out = ("output_name", "created_at", "updated_at")
            members = {name: value for name, value in schema.items() if name not in left_out}
            schemas.setdefault(as_text(schema, "schema"), {**members, "execution_id": execution["id"]})
    status = {"status": ordered[0]["status"]} if ordered else {}
    return {"sync_id": sync_id, **status, "nextExecutionTime": None, "schemas": list(schemas.values())}


def _check_modes(resync_mode: str, body: JsonObject) -> None:
    if resync_mode and resync_mode not in RESYNC_MODES:
        raise bad_request(f"resync_mode must be one of {', '.join(RESYNC_MODES)}")
    if resync_mode and body.get("test"):
        raise bad_request("test and resync_mode cannot be given together")
    if body.get("fetch_mode") and body["fetch_mode"] not in FETCH_MODES:
        raise bad_request(f"fetch_mode must be one of {', '.join(FETCH_MODES)}")


def _skipped_schemas(execution: JsonObject) -> list[str]:
    return as_texts(as_document(execution, "options").get("skipped", []))


def _cancel_response(canceled: list[Document]) -> Document:
    return {"message": "cancel requested" if canceled else "no execution is running"}
