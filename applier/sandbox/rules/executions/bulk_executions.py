"""Executions of bulk syncs: start, cancel, list and read them, schema by schema."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.bulk_syncs import bulk_schemas
from applier.sandbox.rules.bulk_syncs.bulk_modes import RESYNC_MODES
from applier.sandbox.rules.connections import source_schemas
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.refusals import bad_request, conflict, not_found
from applier.sandbox.store import Document

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


def start(context: Context, sync_id: str, body: Mapping[str, Any]) -> Document:
    """Put an execution into the queue; it runs once this is committed."""
    body_checks.check(body, MEMBERS)
    resync_mode = body.get("resync_mode") or ("rebuild" if body.get("resync") else None)
    _check_modes(resync_mode, body)
    sync = context.fetch("bulk_sync", sync_id)
    source = source_schemas.list_schemas(context, context.fetch("connection", sync["source_connection_id"]))
    context.session.begin()
    sync = context.fetch("bulk_sync", sync_id)
    if not sync["active"] and context.switches["start_inactive"] == "refuse":
        raise bad_request("only an active bulk sync can be started")
    if any(execution["status"] not in TERMINAL for execution in _executions_of(context, sync_id)):
        raise conflict("an execution of this bulk sync is already running")
    enabled = bulk_schemas.schema_summaries(sync, source, True)
    wanted = body.get("schemas") or []
    unknown = set(wanted) - {schema["id"] for schema in enabled}
    if unknown:
        raise bad_request(f"schemas: {', '.join(sorted(unknown))} is not enabled")
    chosen = [schema for schema in enabled if not wanted or schema["id"] in wanted]
    execution = _new(context, sync_id, body, resync_mode)
    execution["schemas"] = [_schema(execution, schema) for schema in chosen]
    context.save(KIND, execution, parent=sync_id)
    context.session.after_commit(lambda: context.submit(context.organization, execution["id"]))
    return to_response(execution)


def cancel(context: Context, sync_id: str, id: str | None = None) -> Document:
    """Ask what is running to stop: every execution of the sync, or one of them."""
    context.session.begin()
    context.fetch("bulk_sync", sync_id)
    found = _executions_of(context, sync_id) if id is None else [fetch(context, sync_id, id)]
    running = [execution for execution in found if execution["status"] not in TERMINAL]
    for execution in running:
        context.save(KIND, {**execution, "status": "canceling", "updated_at": now()}, parent=sync_id)
    return {"message": "cancel requested" if running else "no execution is running"}


def cancel_schema(context: Context, sync_id: str, schema: str) -> Document:
    """Ask what is running to leave one schema out; the others go on."""
    context.session.begin()
    context.fetch("bulk_sync", sync_id)
    running = [execution for execution in _executions_of(context, sync_id) if execution["status"] not in TERMINAL]
    for execution in running:
        skipped = [*execution["options"].get("skipped", []), schema]
        context.save(KIND, {**execution, "options": {**execution["options"], "skipped": skipped}}, parent=sync_id)
    return {"message": "cancel requested" if running else "no execution is running"}


def status(context: Context, sync_id: str) -> Document:
    context.fetch("bulk_sync", sync_id)
    newest_first = _executions_of(context, sync_id)[::-1]
    current = next((execution for execution in newest_first if execution["status"] not in TERMINAL), None)
    last = next((execution for execution in newest_first if execution["status"] in TERMINAL), None)
    found = {"current_execution": current, "last_execution": last}
    told: Document = {name: to_response(execution) for name, execution in found.items() if execution}
    return {**told, "next_execution_time": None}


def statuses(context: Context, syncs: Sequence[Document]) -> list[Document]:
    """One line per bulk sync: what each of its schemas is doing, or how it last ended."""
    return [_summary(sync["id"], _executions_of(context, sync["id"])) for sync in syncs]


def list_executions(context: Context, sync_id: str, *, ascending: bool, only_terminal: bool) -> list[Document]:
    context.fetch("bulk_sync", sync_id)
    found = _executions_of(context, sync_id)
    if only_terminal:
        found = [execution for execution in found if execution["status"] in TERMINAL]
    return [to_response(execution) for execution in (found if ascending else found[::-1])]


def read(context: Context, sync_id: str, id: str) -> Document:
    return to_response(fetch(context, sync_id, id))


def to_response(execution: Mapping[str, Any]) -> Document:
    return {name: value for name, value in execution.items() if name not in HIDDEN}


def change(context: Context, id: str, **members: Any) -> Document | None:
    """Write down how an execution goes on, unless it has been deleted or has ended."""
    context.session.begin()
    execution = context.session.get(KIND, id, context.organization)
    if execution is None or execution["status"] in TERMINAL:
        context.session.rollback()
        return None
    if execution["status"] == "canceling" and members.get("status") not in TERMINAL:
        members.pop("status", None)
    changed = context.save(KIND, {**execution, **members, "updated_at": now()}, parent=execution["sync_id"])
    context.session.commit()
    return changed


def is_canceling(context: Context, id: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is None or execution["status"] == "canceling"


def is_skipping(context: Context, id: str, schema: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is not None and schema in execution["options"].get("skipped", [])


def progress(context: Context, sync_id: str, schema: str) -> Any:
    """The highest value of the tracked field that an execution has copied; None before the first."""
    document = context.session.get(PROGRESS, f"{sync_id}/{schema}", context.organization)
    return document["reached"] if document else None


def advance(context: Context, sync_id: str, schema: str, reached: Any) -> None:
    context.session.begin()
    context.save(PROGRESS, {"id": f"{sync_id}/{schema}", "reached": to_json(reached)}, parent=sync_id)
    context.session.commit()


def _new(context: Context, sync_id: str, body: Mapping[str, Any], resync_mode: str | None) -> Document:
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
        "is_resync": resync_mode is not None,
        "is_test": bool(body.get("test")),
        "fetch_mode": body.get("fetch_mode") or "full",
        "output_disposition": DISPOSITIONS.get(resync_mode or "", "retain"),
        "sync_id": sync_id,
        "owner": context.owner,
        "authorization": secrets.token_urlsafe(16),
        "options": {"resync_mode": resync_mode},
    }


def _schema(execution: Mapping[str, Any], schema: Mapping[str, Any]) -> Document:
    times = {name: execution[name] for name in ("created_at", "started_at", "completed_at", "updated_at")}
    named = {"schema": schema["id"], "output_name": schema["output_name"]}
    return {**named, "status": "created", "status_message": "", **times, **dict.fromkeys(COUNTS, 0)}


def _summary(sync_id: str, executions: Sequence[Document]) -> Document:
    """Running executions count before ended ones, newer before older."""
    newest_first = executions[::-1]
    ordered = sorted(newest_first, key=lambda execution: execution["status"] in TERMINAL)
    schemas: dict[str, Document] = {}
    for execution in ordered:
        for schema in execution["schemas"]:
            told = {
                name: value for name, value in schema.items() if name not in ("output_name", "created_at", "updated_at")
            }
            schemas.setdefault(schema["schema"], {**told, "execution_id": execution["id"]})
    status = {"status": ordered[0]["status"]} if ordered else {}
    return {"sync_id": sync_id, **status, "nextExecutionTime": None, "schemas": list(schemas.values())}


def _check_modes(resync_mode: str | None, body: Mapping[str, Any]) -> None:
    if resync_mode and resync_mode not in RESYNC_MODES:
        raise bad_request(f"resync_mode must be one of {', '.join(RESYNC_MODES)}")
    if resync_mode and body.get("test"):
        raise bad_request("test and resync_mode cannot be given together")
    if body.get("fetch_mode") and body["fetch_mode"] not in FETCH_MODES:
        raise bad_request(f"fetch_mode must be one of {', '.join(FETCH_MODES)}")


def _executions_of(context: Context, sync_id: str) -> list[Document]:
    return context.session.find_all(KIND, context.organization, parent=sync_id)


def fetch(context: Context, sync_id: str, id: str) -> Document:
    """The execution with what only the sandbox knows of it."""
    execution = context.fetch(KIND, id)
    if execution["sync_id"] != sync_id:
        raise not_found("execution", id)
    return execution
