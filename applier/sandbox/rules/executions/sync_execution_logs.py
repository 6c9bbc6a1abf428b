"""What an execution did record by record: files of its records by what became of them, and a console log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from applier.sandbox.rules.context import Context
from applier.sandbox.rules.executions import sync_executions
from applier.sandbox.rules.executions.console_log import LogLine, to_entries
from applier.sandbox.rules.refusals import Refusal, bad_request
from applier.sandbox.store import Document

KIND = "execution_log"
TYPES = ("records", "errors", "warnings", "inserts", "updates", "deletes")
PLACE = "/_sandbox/logs"


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
        raise bad_request(f"type must be one of {', '.join(TYPES)}")
    found = _records(context, id, type)
    if filename != file_name(type) or not found:
        raise Refusal(404, f"there is no file {filename}")
    return "".join(json.dumps(record) + "\n" for record in found).encode()


def link(execution: Mapping[str, Any], type: str) -> str:
    return f"{PLACE}/{execution['id']}/{type}/{file_name(type)}?token={execution.get('authorization', '')}"


def file_name(type: str) -> str:
    return f"{type}-00000.json"


def entries(context: Context, sync_id: str, id: str) -> list[Document]:
    """What the execution said while it ran."""
    execution = sync_executions.read(context, sync_id, id)
    lines = [LogLine(execution["created_at"], "Execution created")]
    if execution["started_at"]:
        lines.append(LogLine(execution["started_at"], "Execution started"))
    if execution["completed_at"]:
        moment = execution["completed_at"]
        lines += [LogLine(moment, text, "error") for text in execution["errors"]]
        lines.append(LogLine(moment, f"Execution {execution['status']}", payload=execution["counts"]))
    return to_entries(lines)


def _execution(context: Context, sync_id: str, id: str, type: str) -> Document:
    if type not in TYPES:
        raise bad_request(f"type must be one of {', '.join(TYPES)}")
    sync_executions.read(context, sync_id, id)
    return context.fetch(sync_executions.KIND, id)


def _records(context: Context, id: str, type: str) -> list[Any]:
    document = context.session.get(KIND, f"{id}/{type}", context.organization)
    return document["records"] if document else []
