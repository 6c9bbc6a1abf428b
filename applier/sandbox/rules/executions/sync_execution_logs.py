"""The logs of a sync's execution: files of its records by outcome, and the entries of its console log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from applier.sandbox.json_values import Document, JsonObject, as_document, as_list, as_text, as_texts
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.executions import sync_executions
from applier.sandbox.rules.executions.console_log import LogLine, to_entries
from applier.sandbox.rules.executions.log_files import link_expiry, to_json_lines
from applier.sandbox.rules.refusals import Refusal, bad_request

KIND = "execution_log"
TYPES = ("records", "errors", "warnings", "inserts", "updates", "deletes")
PLACE = "/_sandbox/logs"


def save(context: Context, execution: JsonObject, logs: Mapping[str, Sequence[object]]) -> None:
    """Store the records of an execution; they are deleted with its sync."""
    context.session.begin()
    for type, records in logs.items():
        document: Document = {"id": f"{execution['id']}/{type}", "records": list(records)}
        context.save(KIND, document, parent=as_text(execution, "sync_id"))


def files(context: Context, sync_id: str, id: str, type: str) -> Document:
    """Return the links to the log of one type, which need no API key; none when the log is empty."""
    execution = _execution(context, sync_id, id, type)
    urls = [link(execution, type)] if _records(context, id, type) else []
    return {"urls": urls, "expires": link_expiry()}


def index(context: Context, sync_id: str, id: str) -> dict[str, Document]:
    """Return every log with its number of records and its link."""
    execution = _execution(context, sync_id, id, TYPES[0])
    return {
        type: {"count": len(found), "url": link(execution, type)}
        for type in TYPES
        if (found := _records(context, id, type))
    }


def link_of(context: Context, sync_id: str, id: str, type: str, filename: str) -> str:
    """Return the link to one file of a log."""
    execution = _execution(context, sync_id, id, type)
    content(context, id, type, filename)
    return link(execution, type)


def content(context: Context, id: str, type: str, filename: str) -> bytes:
    """Return the content of one file of a log: one JSON object a line."""
    if type not in TYPES:
        raise bad_request(f"type must be one of {', '.join(TYPES)}")
    found = _records(context, id, type)
    if filename != file_name(type) or not found:
        raise Refusal(404, f"there is no file {filename}")
    return to_json_lines(found)


def link(execution: JsonObject, type: str) -> str:
    return f"{PLACE}/{execution['id']}/{type}/{file_name(type)}?token={execution.get('authorization', '')}"


def file_name(type: str) -> str:
    return f"{type}-00000.json"


def entries(context: Context, sync_id: str, id: str) -> list[Document]:
    """Return the entries of the console log."""
    execution = sync_executions.read(context, sync_id, id)
    lines = [LogLine(as_text(execution, "created_at"), "Execution created")]
    if execution["started_at"]:
        lines.append(LogLine(as_text(execution, "started_at"), "Execution started"))
    if execution["completed_at"]:
        moment = as_text(execution, "completed_at")
        lines += [LogLine(moment, text, "error") for text in as_texts(execution, "errors")]
        lines.append(LogLine(moment, f"Execution {execution['status']}", payload=as_document(execution, "counts")))
    return to_entries(lines)


def _execution(context: Context, sync_id: str, id: str, type: str) -> Document:
    if type not in TYPES:
        raise bad_request(f"type must be one of {', '.join(TYPES)}")
    sync_executions.read(context, sync_id, id)
    return context.fetch(sync_executions.KIND, id)


def _records(context: Context, id: str, type: str) -> list[object]:
    document = context.session.get(KIND, f"{id}/{type}", context.organization)
    return as_list(document, "records") if document else []
