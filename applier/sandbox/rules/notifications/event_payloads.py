"""The types and payloads of events: changes of objects, and the progress of executions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from applier.sandbox.json_values import Document, as_document, as_text, as_texts

KINDS = ("connection", "model", "sync", "bulk_sync", "policy", "role", "user", "error_subscribers")
EXECUTIONS = {"execution": "sync", "bulk_execution": "bulk_sync"}
"""The kind of object that each kind of execution runs."""
WATCHED = (*KINDS, *EXECUTIONS)
CHANGE_TYPES = tuple(f"{kind}.{verb}" for kind in KINDS for verb in ("created", "updated", "deleted"))
EXECUTION_TYPES = (
    *("sync.running", "sync.failed", "sync.canceled", "sync.completed", "sync.completed_with_errors"),
    *("bulk_sync.running", "bulk_sync.completed", "bulk_sync.canceled", "bulk_sync.failed"),
    "bulk_sync.completed_with_error",
)
COUNTS = {
    "record_count": "total",
    "inserted_count": "insert",
    "updated_count": "update",
    "upserted_count": "upserts",
    "error_count": "error",
    "warning_count": "warnings",
}
"""The counts in the event of a completed sync, and their names in its execution."""
UNREMARKABLE = {"updated_at", "updated_by", "version"}
Fetch = Callable[[str, str], Document | None]


def events_of(
    kind: str, before: Document | None, after: Document | None, actor: Mapping[str, str], fetch: Fetch
) -> Iterator[tuple[str, Document]]:
    """Return the types and payloads of the events of a change."""
    if kind in EXECUTIONS and after is not None and after["status"] != (before or {}).get("status"):
        yield from _execution(kind, after, fetch)
    elif kind in KINDS:
        yield from _change(kind, before, after, actor)


def _change(
    kind: str, before: Document | None, after: Document | None, actor: Mapping[str, str]
) -> Iterator[tuple[str, Document]]:
    changed = sorted(_changed_members(before or {}, after or {}))
    document = after or before
    if document is None or not changed:
        return
    verb = "deleted" if after is None else "created" if before is None else "updated"
    payload = {"kind": kind, "id": document["id"], "name": document.get("name", ""), "actor": dict(actor)}
    yield f"{kind}.{verb}", {**payload, **({"changed": changed} if verb == "updated" else {})}


def _changed_members(before: Document, after: Document) -> Iterator[str]:
    for name in before.keys() | after.keys():
        if name not in UNREMARKABLE and before.get(name) != after.get(name):
            yield name


def _execution(kind: str, execution: Document, fetch: Fetch) -> Iterator[tuple[str, Document]]:
    owner = EXECUTIONS[kind]
    type = _type(owner, execution)
    sync = fetch(owner, as_text(execution, "sync_id"))
    if type is None or sync is None:
        return
    payload: Document = {"execution_id": execution["id"], "sync_id": sync["id"], "sync_name": sync["name"]}
    if owner == "sync":
        payload |= {"target_connection_id": as_document(sync, "target")["connection_id"], **_outcome(type, execution)}
    else:
        payload |= {name: sync[name] for name in ("source_connection_id", "destination_connection_id")}
        payload |= {"error": execution["status_message"]} if type == "bulk_sync.failed" else {}
    yield type, payload


def _outcome(type: str, execution: Document) -> Document:
    """Return the members that only this type of event has."""
    counts, errors = as_document(execution, "counts"), as_texts(execution, "errors")
    error = errors[0] if errors else ""
    if type == "sync.completed":
        return {"status": execution["status"], **{name: counts[count] for name, count in COUNTS.items()}}
    if type == "sync.completed_with_errors":
        return {"error": error, "number_of_errors": counts["error"], "number_of_warnings": counts["warnings"]}
    if type == "sync.failed":
        return {"error": error}
    return {"status": execution["status"]} if type == "sync.canceled" else {}


def _type(owner: str, execution: Document) -> str | None:
    status = execution["status"]
    errors = as_document(execution.get("counts") or {}).get("error") or execution.get("error_count")
    if status == "completed" and errors:
        return "sync.completed_with_errors" if owner == "sync" else "bulk_sync.completed_with_error"
    return f"{owner}.{status}" if status in ("running", "failed", "canceled", "completed") else None
