"""Executions of bulk syncs, their status and logs, and the error handling."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V2, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_page
from applier.sandbox.json_values import Document, as_text, as_texts
from applier.sandbox.rules import body_checks, jobs
from applier.sandbox.rules.bulk_syncs import bulk_schemas, bulk_syncs
from applier.sandbox.rules.executions import bulk_execution_logs, bulk_executions
from applier.sandbox.rules.executions.console_log import cut_page as page_of
from applier.sandbox.rules.refusals import bad_request

HANDLING = "bulk_error_handling"
HANDLING_MEMBERS = {"ingestion_failure_threshold": body_checks.is_number, "subscribers": body_checks.is_texts}


def start(call: Call) -> Answer:
    body = call.body()
    if call.version == V2 and body.get("resync") is not None:
        raise bad_request("resync is not known any more: use resync_mode")
    return data(bulk_executions.start(call.context, call.parameter("id"), body))


def cancel(call: Call) -> Answer:
    return data(bulk_executions.cancel(call.context, call.parameter("id")))


def cancel_one(call: Call) -> Answer:
    return data(bulk_executions.cancel(call.context, call.parameter("id"), call.parameter("execution")))


def cancel_schema(call: Call) -> Answer:
    """Skip one schema in the executions that run; refuse a schema that the bulk sync does not have."""
    id, schema = call.parameter("id"), call.parameter("schema")
    sync, source = bulk_syncs.schemas(call.context, id)
    bulk_schemas.schema_response(sync, source, schema)
    return data(bulk_executions.cancel_schema(call.context, id, schema))


def status(call: Call) -> Answer:
    return data(bulk_executions.status(call.context, call.parameter("id")))


def statuses(call: Call) -> Answer:
    """Answer the status of all bulk syncs, of the active ones, or of those that the query names."""
    if call.flag("all") or call.flag("active"):
        found = bulk_syncs.list_bulk_syncs(call.context, None if call.flag("all") else True)
    else:
        ids = [value for key, value in call.incoming.query if key == "sync_id"]
        found = [call.context.fetch(bulk_syncs.KIND, id) for id in ids]
    return data(bulk_executions.statuses(call.context, found))


def list_executions(call: Call) -> Answer:
    found = bulk_executions.list_executions(
        call.context,
        call.parameter("id"),
        ascending=bool(call.flag("ascending")),
        only_terminal=bool(call.flag("only_terminal")),
    )
    entries, beside = cut_page(found, call.query("page_token"), call.query("limit"), bulk_executions.PAGE)
    return data(entries, **beside)


def read(call: Call) -> Answer:
    return data(_execution(call))


def logs(call: Call) -> Answer:
    found = bulk_execution_logs.files(call.context, *_place(call))
    return data({**found, "URLs": [call.address + url for url in as_texts(found, "URLs")]})


def export_logs(call: Call) -> Answer:
    """Answer the link to the log, and the job that exported it."""
    url = call.address + bulk_execution_logs.link(call.context, *_place(call))
    return data({"url": url}, job=jobs.start(call.context, "exportlogs", lambda: {"url": url}))


def download_log(call: Call) -> Answer:
    """Answer the link to the log file."""
    content = bulk_execution_logs.content(call.context, call.parameter("id"), call.parameter("filename"))
    return Answer(headers={"content-type": "application/x-ndjson"}, content=content)


def console(call: Call) -> Answer:
    entries = bulk_execution_logs.entries(_execution(call), call.incoming.parameters.get("schema"))
    return data(page_of(entries, call.query("limit"), call.query("after")))


def ingest_console(call: Call) -> Answer:
    """Answer an empty log, since the sandbox ingests nothing."""
    call.context.fetch("connection", call.parameter("id"))
    return data(page_of([], None, None))


def read_handling(call: Call) -> Answer:
    id = call.context.fetch(bulk_syncs.KIND, call.parameter("id"))["id"]
    stored = call.context.session.get(HANDLING, as_text(id), call.context.organization) or {}
    return data(
        {"ingestion_failure_threshold": 0, "subscribers": [], **body_checks.present_members(stored, *HANDLING_MEMBERS)}
    )


def replace_handling(call: Call) -> Answer:
    body = call.body()
    body_checks.check(body, HANDLING_MEMBERS)
    call.context.session.begin()
    id = call.context.fetch(bulk_syncs.KIND, call.parameter("id"))["id"]
    call.context.save(HANDLING, {"id": id, **body_checks.present_members(body, *HANDLING_MEMBERS)}, parent=as_text(id))
    return read_handling(call)


def _execution(call: Call) -> Document:
    return bulk_executions.read(call.context, *_place(call))


def _place(call: Call) -> tuple[str, str]:
    return call.parameter("id"), call.parameter("execution")


ONE = "/api/bulk/syncs/{id}"
ALL = f"{ONE}/executions"
EXECUTION = f"{ALL}/{{execution}}"
ENDPOINTS = (
    Endpoint("GET", "/api/bulk/syncs/status", statuses),
    Endpoint("POST", f"{ONE}/cancel", cancel),
    Endpoint("POST", f"{ONE}/schemas/{{schema}}/cancel", cancel_schema),
    Endpoint("GET", f"{ONE}/status", status),
    Endpoint("GET", ALL, list_executions),
    Endpoint("POST", ALL, start),
    Endpoint("GET", EXECUTION, read),
    Endpoint("POST", f"{EXECUTION}/cancel", cancel_one),
    Endpoint("GET", f"{EXECUTION}/logs", logs),
    Endpoint("POST", f"{EXECUTION}/logs/export", export_logs),
    Endpoint("GET", f"{bulk_execution_logs.PLACE}/{{id}}/{{filename}}", download_log, reach="signed"),
    Endpoint("GET", f"{EXECUTION}/consolelog", console, (V2,)),
    Endpoint("GET", f"{EXECUTION}/schemas/{{schema}}/consolelog", console, (V2,)),
    Endpoint("GET", "/api/connections/{id}/ingest/consolelog", ingest_console, (V2,)),
    Endpoint("GET", f"{ONE}/error-handling", read_handling, (V2,)),
    Endpoint("PUT", f"{ONE}/error-handling", replace_handling, (V2,)),
)
