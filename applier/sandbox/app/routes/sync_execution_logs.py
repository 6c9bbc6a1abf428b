"""The logs of executions of syncs, and the links to their files."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V1, V2, Answer, Call, Endpoint, data
from applier.sandbox.json_values import as_text, as_texts
from applier.sandbox.rules.executions import sync_execution_logs
from applier.sandbox.rules.executions.console_log import cut_page


def files(call: Call) -> Answer:
    found = sync_execution_logs.files(call.context, *_place(call), call.parameter("type"))
    return data({**found, "urls": [call.address + url for url in as_texts(found, "urls")]})


def file(call: Call) -> Answer:
    """Answer with the content of the file, or redirect to its link."""
    type, name = call.parameter("type"), call.parameter("filename")
    link = sync_execution_logs.link_of(call.context, *_place(call), type, name)
    if call.version == V1:
        return _lines(sync_execution_logs.content(call.context, call.parameter("execution"), type, name))
    return Answer(302, headers={"Location": call.address + link})


def index(call: Call) -> Answer:
    found = sync_execution_logs.index(call.context, *_place(call))
    return data({type: {**found[type], "url": call.address + as_text(found, type, "url")} for type in found})


def console(call: Call) -> Answer:
    entries = sync_execution_logs.entries(call.context, *_place(call))
    return data(cut_page(entries, call.query("limit"), call.query("after")))


def download_log(call: Call) -> Answer:
    """Answer the link to a log file."""
    name = call.parameter("filename")
    return _lines(sync_execution_logs.content(call.context, call.parameter("id"), call.parameter("type"), name))


def _place(call: Call) -> tuple[str, str]:
    return call.parameter("id"), call.parameter("execution")


def _lines(content: bytes) -> Answer:
    return Answer(headers={"content-type": "application/x-ndjson"}, content=content)


ONE = "/api/syncs/{id}/executions/{execution}"
ENDPOINTS = (
    Endpoint("GET", f"{ONE}/logs", index, (V2,)),
    Endpoint("GET", f"{ONE}/consolelog", console, (V2,)),
    Endpoint("GET", f"{ONE}/{{type}}", files),
    Endpoint("GET", f"{ONE}/{{type}}/{{filename}}", file),
    Endpoint("GET", f"{sync_execution_logs.PLACE}/{{id}}/{{type}}/{{filename}}", download_log, reach="signed"),
)
