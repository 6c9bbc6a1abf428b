"""Executions of syncs: start, cancel, list, read and retry them."""

from __future__ import annotations

import secrets

from applier.sandbox.json_values import Document, JsonObject, as_documents, as_list, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.executions.stored_executions import StoredExecutions
from applier.sandbox.rules.refusals import bad_request

KIND = "execution"
TERMINAL = ("completed", "canceled", "failed", "interrupted")
WAITING = ("created", "scheduled", "queued", "waiting")
STATUSES = (*WAITING, "running", "processing", "canceling", *TERMINAL)
COUNTS = ("insert", "update", "upserts", "delete", "total", "error", "warnings")
HIDDEN = ("sync_id", "organization", "owner", "options", "updated_at", "authorization")
START_MEMBERS = {
    "resync": body_checks.is_flag,
    "test": body_checks.is_flag,
    "identities": body_checks.is_list,
    "source_identities": body_checks.is_list,
}
IDENTITY_MEMBERS = {"source": body_checks.is_object, "value": body_checks.is_text}
EXECUTIONS = StoredExecutions(KIND, "sync", TERMINAL, HIDDEN)


def start(context: Context, sync_id: str, body: JsonObject) -> Document:
    """Queue an execution; it starts after the commit."""
    body_checks.check(body, START_MEMBERS)
    _check_source_identities(as_list(body.get("source_identities") or []))
    context.session.begin()
    sync = context.fetch("sync", sync_id)
    if not sync["active"] and context.switches["start_inactive"] == "refuse":
        raise bad_request("only an active sync can be started")
    EXECUTIONS.refuse_second(context, sync_id)
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
    unfinished = EXECUTIONS.find_unfinished(context, sync_id)
    for execution in unfinished:
        context.save(KIND, {**execution, "status": "canceling"}, parent=sync_id)
    return {"message": "cancel requested" if unfinished else "no execution is running"}


def cancel_one(context: Context, sync_id: str, id: str) -> Document:
    context.session.begin()
    execution = EXECUTIONS.fetch(context, sync_id, id)
    if EXECUTIONS.has_ended(execution):
        raise bad_request(f"the execution has ended: it is {execution['status']}")
    context.save(KIND, {**execution, "status": "canceling"}, parent=sync_id)
    return {"message": "cancel requested"}


def status(context: Context, sync_id: str) -> Document:
    return EXECUTIONS.status(context, sync_id)


def list_executions(context: Context, sync_id: str, *, ascending: bool, only_completed: bool) -> list[Document]:
    return EXECUTIONS.list_responses(context, sync_id, ascending=ascending, only_ended=only_completed)


def read(context: Context, sync_id: str, id: str) -> Document:
    return EXECUTIONS.to_response(EXECUTIONS.fetch(context, sync_id, id))


def update(context: Context, sync_id: str, id: str, body: JsonObject) -> Document:
    """End a stalled execution with a terminal status, or retry it with a status in which executions wait."""
    body_checks.check(body, {"status": body_checks.is_text}, ("status",))
    wanted = as_text(body, "status")
    if wanted not in STATUSES:
        raise bad_request(f"status must be one of {', '.join(STATUSES)}")
    context.session.begin()
    execution = EXECUTIONS.fetch(context, sync_id, id)
    if wanted in WAITING:
        return _restart(context, execution, wanted)
    if EXECUTIONS.has_ended(execution) and wanted not in TERMINAL:
        raise bad_request(
            f"the execution has ended: it is {execution['status']}, and one of {', '.join(WAITING)} retries it"
        )
    completed = now() if wanted in TERMINAL else None
    changed = {**execution, "status": wanted, "completed_at": execution["completed_at"] or completed}
    return EXECUTIONS.to_response(context.save(KIND, changed, parent=sync_id))


def change(context: Context, id: str, **members: object) -> Document | None:
    """Store the progress of an execution and return it as it was before; None if it is deleted or has ended."""
    session = context.session
    session.begin()
    execution = session.get(KIND, id, context.organization)
    if execution is None or EXECUTIONS.has_ended(execution):
        session.rollback()
        return None
    if execution["status"] == "canceling" and members.get("status") not in TERMINAL:
        members.pop("status", None)
    context.save(KIND, {**execution, **members}, parent=as_text(execution, "sync_id"))
    session.commit()
    return execution


def finish(context: Context, id: str, **members: object) -> None:
    change(context, id, completed_at=now(), **members)


def mark_interrupted(execution: Document) -> Document:
    """Return an execution whose process is dead, and its unfinished schemas, with the status `interrupted`."""
    ended = {"status": "interrupted", "completed_at": now()}
    schemas = as_documents(execution.get("schemas", []))
    schemas = [one if EXECUTIONS.has_ended(one) else {**one, **ended} for one in schemas]
    return {**execution, **ended, **({"schemas": schemas} if schemas else {})}


def is_canceling(context: Context, id: str) -> bool:
    execution = context.session.get(KIND, id, context.organization)
    return execution is None or execution["status"] in ("canceling", *TERMINAL)


def _check_source_identities(records: list[object]) -> None:
    for record in records:
        if not body_checks.is_objects(record):
            raise bad_request("source_identities must be a list of lists of objects")
        for part in as_documents(record):
            body_checks.check(part, IDENTITY_MEMBERS, ("source", "value"), "source_identities: ")


def _restart(context: Context, execution: Document, status: str) -> Document:
    """Start an execution again from its beginning; refuse it while one of its sync has not ended."""
    id, sync_id = as_text(execution, "id"), as_text(execution, "sync_id")
    EXECUTIONS.refuse_second(context, sync_id)
    changed = {**execution, **_initial_state(), "status": status, "owner": context.owner}
    context.session.after_commit(lambda: context.submit(context.organization, id))
    return EXECUTIONS.to_response(context.save(KIND, changed, parent=sync_id))


def _initial_state() -> Document:
    return {"started_at": None, "completed_at": None, "errors": [], "counts": dict.fromkeys(COUNTS, 0)}
