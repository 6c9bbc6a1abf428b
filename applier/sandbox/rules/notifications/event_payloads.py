"""Tell what a write means as events: who changed which object, and what became of an execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from applier.sandbox.store import Document

KINDS = ("connection", "model", "sync", "bulk_sync", "policy", "role", "user", "error_subscribers")
EXECUTIONS = {"execution": "sync", "bulk_execution": "bulk_sync"}
"""What each kind of execution runs."""
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
"""What a completed sync counts, and where its execution has it."""
UNREMARKABLE = {"updated_at", "updated_by", "version"}
Fetch = Callable[[str, str], Document | None]


def events_of(
    kind: str, before: Document | None, after: Document | None, actor: Mapping[str, str], fetch: Fetch
) -> Iterator[tuple[str, Document]]:
    """The types and payloads of the events that a write stands for."""
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
    told = {"kind": kind, "id": document["id"], "name": document.get("name", ""), "actor": dict(actor)}
    yield f"{kind}.{verb}", {**told, **({"changed": changed} if verb == "updated" else {})}


def _changed_members(before: Document, after: Document) -> Iterator[str]:
    for name in before.keys() | after.keys():
        if name not in UNREMARKABLE and before.get(name) != after.get(name):
            yield name


def _execution(kind: str, execution: Document, fetch: Fetch) -> Iterator[tuple[str, Document]]:
    owner = EXECUTIONS[kind]
    type = _type(owner, execution)
    sync = fetch(owner, execution["sync_id"])
    if type is None or sync is None:
        return
    told: Document = {"execution_id": execution["id"], "sync_id": sync["id"], "sync_name": sync["name"]}
    if owner == "sync":
        told |= {"target_connection_id": sync["target"]["connection_id"], **_outcome(type, execution)}
    else:
        told |= {name: sync[name] for name in ("source_connection_id", "destination_connection_id")}
        told |= {"error": execution["status_message"]} if type == "bulk_sync.failed" else {}
    yield type, told


def _outcome(type: str, execution: Document) -> Document:
    """What an event of a sync tells beside who ran; each type has members of its own."""
    counts, errors = execution["counts"], execution["errors"]
    if type == "sync.completed":
        return {"status": execution["status"], **{name: counts[count] for name, count in COUNTS.items()}}
    if type == "sync.completed_with_errors":
        return {
            "error": errors[0] if errors else "",
            "number_of_errors": counts["error"],
            "number_of_warnings": counts["warnings"],
        }
    if type == "sync.failed":
        return {"error": errors[0] if errors else ""}
    return {"status": execution["status"]} if type == "sync.canceled" else {}


def _type(owner: str, execution: Document) -> str | None:
    status = execution["status"]
    errors = (execution.get("counts") or {}).get("error") or execution.get("error_count")
    if status == "completed" and errors:
        return "sync.completed_with_errors" if owner == "sync" else "bulk_sync.completed_with_error"
    return f"{owner}.{status}" if status in ("running", "failed", "canceled", "completed") else None
