"""What an execution did record by record: files of its records by what became of them, and a console log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from applier.sandbox.rules import executions
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, malformed
from applier.sandbox.store import Document

KIND = "execution_log"
TYPES = ("records", "errors", "warnings", "inserts", "updates", "deletes")
PLACE = "/_sandbox/logs"
LARGEST_PAGE = 50


def save(context: Context, execution: Mapping[str, Any], logs: Mapping[str, Sequence[Any]]) -> None:
    """Keep the records of an execution; they go when its sync goes."""
    context.session.begin()
    for type, records in logs.items():
        document = {"id": f"{execution['id']}/{type}", "records": list(records)}
        context.save(KIND, document, parent=execution["sync_id"])


def files(context: Context, sync_id: str, id: str, type: str) -> Document:
    """Where the log of one type can be fetched, without any other key; nowhere when it is empty."""
    execution = _execution(context, sync_id, id, type)
    expires = datetime.now(UTC) + timedelta(hours=1)
    urls = [link(execution, type)] if _records(context, id, type) else []
    return {"urls": urls, "expires": expires.isoformat(timespec="seconds").replace("+00:00", "Z")}


def index(context: Context, sync_id: str, id: str) -> Document:
    """Every log with its size."""
    execution = _execution(context, sync_id, id, TYPES[0])
    return {
        type: {"count": len(found), "url": link(execution, type)}
        for type in TYPES
        if (found := _records(context, id, type))
    }


def link_of(context: Context, sync_id: str, id: str, type: str, filename: str) -> str:
    """The link behind one file of a log."""
    execution = _execution(context, sync_id, id, type)
    content(context, id, type, filename)
    return link(execution, type)


def content(context: Context, id: str, type: str, filename: str) -> bytes:
    """One file of a log: a JSON object per line."""
    if type not in TYPES:
        raise malformed(f"type must be one of {', '.join(TYPES)}")
    found = _records(context, id, type)
    if filename != file_name(type) or not found:
        raise Refusal(404, f"there is no file {filename}")
    return "".join(json.dumps(record) + "\n" for record in found).encode()


def link(execution: Mapping[str, Any], type: str) -> str:
    return f"{PLACE}/{execution['id']}/{type}/{file_name(type)}?token={execution.get('authorization', '')}"


def file_name(type: str) -> str:
    return f"{type}-00000.json"


def console(context: Context, sync_id: str, id: str, limit: str | None, after: str | None) -> Document:
    """What the execution said while it ran."""
    execution = executions.read(context, sync_id, id)
    entries = _entries(execution)
    wanted = int(limit) if limit and limit.isdigit() and len(limit) < 9 else LARGEST_PAGE
    start = int(after) if after and after.isdigit() and len(after) < 9 else 0
    end = start + min(max(wanted, 1), LARGEST_PAGE)
    return {"entries": entries[start:end], "next_cursor": str(end) if end < len(entries) else ""}


def _entries(execution: Mapping[str, Any]) -> list[Document]:
    said: list[tuple[str, str, str, Document]] = [(execution["created_at"], "info", "Execution created", {})]
    if execution["started_at"]:
        said.append((execution["started_at"], "info", "Execution started", {}))
    if execution["completed_at"]:
        moment = execution["completed_at"]
        said += [(moment, "error", text, {}) for text in execution["errors"]]
        said.append((moment, "info", f"Execution {execution['status']}", execution["counts"]))
    return [
        {"id": str(number), "timestamp": moment, "level": level, "message": message, "payload": payload}
        for number, (moment, level, message, payload) in enumerate(said)
    ]


def _execution(context: Context, sync_id: str, id: str, type: str) -> Document:
    if type not in TYPES:
        raise malformed(f"type must be one of {', '.join(TYPES)}")
    executions.read(context, sync_id, id)
    return context.fetch(executions.KIND, id)


def _records(context: Context, id: str, type: str) -> list[Any]:
    document = context.session.get(KIND, f"{id}/{type}", context.organization)
    return document["records"] if document else []
