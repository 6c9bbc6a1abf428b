"""Executions of syncs: start, cancel, list and read them; every one ends in a terminal status."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import bad_request, conflict, not_found
from applier.sandbox.store import Document

KIND = "execution"
TERMINAL = ("completed", "canceled", "failed", "interrupted")
WAITING = ("created", "scheduled", "queued", "waiting")
STATUSES = (*WAITING, "running", "processing", "canceling", *TERMINAL)
COUNTS = ("insert", "update", "upserts", "delete", "total", "error", "warnings")
PAGE = 50
HIDDEN = ("sync_id", "organization", "owner", "options", "updated_at", "authorization")
START_MEMBERS = {
    "resync": body_checks.is_flag,
    "test": body_checks.is_flag,
    "identities": body_checks.is_list,
    "source_identities": body_checks.is_list,
}
IDENTITY_MEMBERS = {"source": body_checks.is_object, "value": body_checks.is_text}


def start(context: Context, sync_id: str, body: Mapping[str, Any]) -> Document:
    """Put an execution into the queue; it runs once this is committed."""
    body_checks.check(body, START_MEMBERS)
    for record in body.get("source_identities") or []:
        if not body_checks.is_objects(record):
            raise bad_request("source_identities must be a list of lists of objects")
        for part in record:
            body_checks.check(part, IDENTITY_MEMBERS, ("source", "value"), "source_identities: ")
    context.session.begin()
    sync = context.fetch("sync", sync_id)
    if not sync["active"] and context.switches["start_inactive"] == "refuse":
        raise bad_request("only an active sync can be started")
    if any(execution["status"] not in TERMINAL for execution in _executions_of(context, sync_id)):
        raise conflict("an execution of this sync is already running")
    id = new_id()
    execution: Document = {
        "id": id,
        "type": "sync",
        "status": "created",
        "created_at": now(),
        **_initial_state(),
        "sync_id": sync_id,
        "organization": context.organization,
        "owner": context.owner,
        "authorization": secrets.token_urlsafe(16),
        "options": body_checks.present_members(body, *START_MEMBERS),
    }
    context.save(KIND, execution, parent=sync_id)
    context.session.after_commit(lambda: context.submit(context.organization, id))
    return {name: execution[name] for name in ("id", "status", "created_at")}


def cancel(context: Context, sync_id: str) -> Document:
    context.session.begin()
    context.fetch("sync", sync_id)
    running = [execution for execution in _executions_of(context, sync_id) if execution["status"] not in TERMINAL]
    for execution in running:
        context.save(KIND, {**execution, "status": "canceling"}, parent=sync_id)
    return {"message": "cancel requested" if running else "no execution is running"}


def cancel_one(context: Context, sync_id: str, id: str) -> Document:
    context.session.begin()
    execution = _fetch(context, sync_id, id)
    if execution["status"] in TERMINAL:
        raise bad_request(f"the execution has ended: it is {execution['status']}")
    context.save(KIND, {**execution, "status": "canceling"}, parent=sync_id)
    return {"message": "cancel requested"}


def status(context: Context, sync_id: str) -> Document:
    context.fetch("sync", sync_id)
    newest_first = _executions_of(context, sync_id)[::-1]
    current = next((execution for execution in newest_first if execution["status"] not in TERMINAL), None)
    last = next((execution for execution in newest_first if execution["status"] in TERMINAL), None)
    found = {"current_execution": current, "last_execution": last}
    told: Document = {name: to_response(execution) for name, execution in found.items() if execution}
    return {**told, "next_execution_time": None}


def list_executions(context: Context, sync_id: str, *, ascending: bool, only_completed: bool) -> list[Document]:
    context.fetch("sync", sync_id)
    found = _executions_of(context, sync_id)
    if only_completed:
        found = [execution for execution in found if execution["status"] in TERMINAL]
    return [to_response(execution) for execution in (found if ascending else found[::-1])]


def read(context: Context, sync_id: str, id: str) -> Document:
    return to_response(_fetch(context, sync_id, id))


def update(context: Context, sync_id: str, id: str, body: Mapping[str, Any]) -> Document:
    """Resolve a stalled execution by a status that ends it, or have it tried again by one that it begins with."""
    body_checks.check(body, {"status": body_checks.is_text}, ("status",))
    wanted = body["status"]
    if wanted not in STATUSES:
        raise bad_request(f"status must be one of {', '.join(STATUSES)}")
    context.session.begin()
    execution = _fetch(context, sync_id, id)
    if wanted in WAITING:
        return _restart(context, execution, wanted)
    if execution["status"] in TERMINAL and wanted not in TERMINAL:
        raise bad_request(
            f"the execution has ended: it is {execution['status']}, and one of {', '.join(WAITING)} retries it"
        )
    completed = now() if wanted in TERMINAL else None
    changed = {**execution, "status": wanted, "completed_at": execution["completed_at"] or completed}
    return to_response(context.save(KIND, changed, parent=sync_id))


def _restart(context: Context, execution: Document, status: str) -> Document:
    """The same execution once more from its beginning, unless it or another one of its sync has not ended."""
    if any(other["status"] not in TERMINAL for other in _executions_of(context, execution["sync_id"])):
        raise conflict("an execution of this sync is already running")
    changed = {**execution, **_initial_state(), "status": status, "owner": context.owner}
    context.session.after_commit(lambda: context.submit(context.organization, execution["id"]))
    return to_response(context.save(KIND, changed, parent=execution["sync_id"]))


def _initial_state() -> Document:
    return {"started_at": None, "completed_at": None, "errors": [], "counts": dict.fromkeys(COUNTS, 0)}


def to_response(execution: Mapping[str, Any]) -> Document:
    return {name: value for name, value in execution.items() if name not in HIDDEN}


def change(context: Context, id: str, **members: Any) -> Document | None:
    """Write down how an execution goes on, unless it has been deleted or has ended."""
    session = context.session
    session.begin()
    execution = session.get(KIND, id, context.organization)
    if execution is None or execution["status"] in TERMINAL:
        session.rollback()
        return None
    if execution["status"] == "canceling" and members.get("status") not in TERMINAL:
        members.pop("status", None)
    context.save(KIND, {**execution, **members}, parent=execution["sync_id"])
    session.commit()
    return execution


def finish(context: Context, id: str, **members: Any) -> None:
    change(context, id, completed_at=now(), **members)


def mark_interrupted(execution: Document) -> Document:
    """An execution whose process is gone, and what it was doing."""
    ended = {"status": "interrupted", "completed_at": now()}
    parts = [one if one["status"] in TERMINAL else {**one, **ended} for one in execution.get("schemas", [])]
    return {**execution, **ended, **({"schemas": parts} if parts else {})}


def is_canceling(context: Context, id: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is None or execution["status"] in ("canceling", *TERMINAL)


def _executions_of(context: Context, sync_id: str) -> list[Document]:
    return context.session.find_all(KIND, context.organization, parent=sync_id)


def _fetch(context: Context, sync_id: str, id: str) -> Document:
    execution = context.fetch(KIND, id)
    if execution["sync_id"] != sync_id:
        raise not_found(KIND, id)
    return execution
