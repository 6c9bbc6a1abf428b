"""What an execution of a bulk sync said: on the console, schema by schema, and as a file behind a link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from applier.sandbox.rules.context import Context
from applier.sandbox.rules.executions import bulk_executions, console_log
from applier.sandbox.rules.executions.console_log import LogLine
from applier.sandbox.rules.refusals import Refusal, not_found
from applier.sandbox.store import Document

PLACE = "/_sandbox/bulk-logs"
FILE_NAME = "execution-00000.json"


def entries(execution: Mapping[str, Any], schema: str | None = None) -> list[Document]:
    """What was said so far, of one schema or of all."""
    chosen = [one for one in execution["schemas"] if schema in (None, one["schema"])]
    if schema is not None and not chosen:
        raise not_found("schema", schema)
    lines = [line for one in chosen for line in _lines_of(one, one["schema"])]
    if schema is None:
        said = [LogLine(execution["created_at"], "Execution created"), *_lines_of(execution, "Execution")]
        lines = [*said[:2], *lines, *said[2:]]
    return console_log.to_entries(lines)


def files(context: Context, sync_id: str, id: str) -> Document:
    """Where the log can be fetched, without any other key."""
    expires = datetime.now(UTC) + timedelta(hours=1)
    told = expires.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"Expires": told, "URLs": [link(context, sync_id, id)]}


def link(context: Context, sync_id: str, id: str) -> str:
    execution = bulk_executions.fetch(context, sync_id, id)
    return f"{PLACE}/{id}/{FILE_NAME}?token={execution.get('authorization', '')}"


def content(context: Context, id: str, filename: str) -> bytes:
    """What a link leads to: a JSON object per line."""
    if filename != FILE_NAME:
        raise Refusal(404, f"there is no file {filename}")
    execution = context.fetch(bulk_executions.KIND, id)
    return "".join(json.dumps(entry) + "\n" for entry in entries(execution)).encode()


def _lines_of(part: Mapping[str, Any], name: str) -> Iterator[LogLine]:
    """How an execution, or one schema of it, began and ended."""
    counts = {name: part[name] for name in bulk_executions.COUNTS}
    if part["started_at"]:
        yield LogLine(part["started_at"], f"{name} started")
    if part["completed_at"]:
        level = "error" if part["status"] == "failed" else "info"
        told = f"{name} {part['status']}" + (f": {part['status_message']}" if part["status_message"] else "")
        yield LogLine(part["completed_at"], told, level, counts)
