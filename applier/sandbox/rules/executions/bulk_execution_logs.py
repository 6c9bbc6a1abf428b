"""The log of a bulk sync's execution: as entries of the console log, and as a file behind a link."""

from __future__ import annotations

from collections.abc import Iterator

from applier.sandbox.json_values import Document, JsonObject, as_documents, as_text
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.executions import bulk_executions, console_log
from applier.sandbox.rules.executions.console_log import LogLine
from applier.sandbox.rules.executions.log_files import link_expiry, to_json_lines
from applier.sandbox.rules.refusals import Refusal, not_found

PLACE = "/_sandbox/bulk-logs"
FILE_NAME = "execution-00000.json"


def entries(execution: JsonObject, schema: str | None = None) -> list[Document]:
    """Return the log entries so far, of one schema or of all."""
    chosen = [one for one in as_documents(execution, "schemas") if schema in (None, one["schema"])]
    if schema is not None and not chosen:
        raise not_found("schema", schema)
    lines = [line for one in chosen for line in _lines_of(one, as_text(one, "schema"))]
    if schema is None:
        own = [LogLine(as_text(execution, "created_at"), "Execution created"), *_lines_of(execution, "Execution")]
        lines = [*own[:2], *lines, *own[2:]]
    return console_log.to_entries(lines)


def files(context: Context, sync_id: str, id: str) -> Document:
    """Return the link to the log, which needs no API key."""
    return {"Expires": link_expiry(), "URLs": [link(context, sync_id, id)]}


def link(context: Context, sync_id: str, id: str) -> str:
    execution = bulk_executions.EXECUTIONS.fetch(context, sync_id, id)
    return f"{PLACE}/{id}/{FILE_NAME}?token={execution.get('authorization', '')}"


def content(context: Context, id: str, filename: str) -> bytes:
    """Return the content of a log file: one JSON object a line."""
    if filename != FILE_NAME:
        raise Refusal(404, f"there is no file {filename}")
    execution = context.fetch(bulk_executions.KIND, id)
    return to_json_lines(entries(execution))


def _lines_of(part: JsonObject, name: str) -> Iterator[LogLine]:
    """Return how an execution, or one schema of it, began and ended."""
    counts = {name: part[name] for name in bulk_executions.COUNTS}
    if part["started_at"]:
        yield LogLine(as_text(part, "started_at"), f"{name} started")
    if part["completed_at"]:
        level = "error" if part["status"] == "failed" else "info"
        message = f"{name} {part['status']}" + (f": {part['status_message']}" if part["status_message"] else "")
        yield LogLine(as_text(part, "completed_at"), message, level, counts)
