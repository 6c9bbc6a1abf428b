"""Syncs, their schedules and their executions."""

from __future__ import annotations

from applier.sandbox.app.api_versions import sync_2024_02_08, sync_2025_09_18
from applier.sandbox.app.http_messages import DONE, V1, V2, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_page, cut_undeclared_page
from applier.sandbox.json_values import Document, as_document
from applier.sandbox.rules.executions import sync_executions
from applier.sandbox.rules.syncs import error_handling, schedules, syncs

TO_RESPONSE = {V1: sync_2024_02_08.to_response, V2: sync_2025_09_18.to_response}


def list_syncs(call: Call) -> Answer:
    found = syncs.list_syncs(call.context, call.flag("active"), call.query("mode"), call.query("target_connection_id"))
    if call.version == V1:
        entries, beside = cut_undeclared_page(call, found)
        return data([sync_2024_02_08.to_response(call.context, as_document(sync)) for sync in entries], **beside)
    entries, beside = cut_page(found, call.query("page_token"), call.query("limit"))
    return data([sync_2025_09_18.to_list_entry(as_document(sync)) for sync in entries], **beside)


def create(call: Call) -> Answer:
    return data(_response(call, syncs.create(call.context, call.body(), newer=call.version != V1)))


def read(call: Call) -> Answer:
    return data(_response(call, call.context.fetch(syncs.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    return data(
        _response(call, syncs.replace(call.context, call.parameter("id"), call.body(), newer=call.version != V1))
    )


def delete(call: Call) -> Answer:
    syncs.delete(call.context, call.parameter("id"))
    return DONE


def activate(call: Call) -> Answer:
    return data(syncs.activate(call.context, call.parameter("id"), call.body()))


def schedule_options(_: Call) -> Answer:
    return data(schedules.options())


def start(call: Call) -> Answer:
    return data(sync_executions.start(call.context, call.parameter("id"), call.body()))


def cancel(call: Call) -> Answer:
    return data(sync_executions.cancel(call.context, call.parameter("id")))


def status(call: Call) -> Answer:
    found = sync_executions.status(call.context, call.parameter("id"))
    return data({name: _execution(call, part) if isinstance(part, dict) else part for name, part in found.items()})


def list_executions(call: Call) -> Answer:
    found = sync_executions.list_executions(
        call.context,
        call.parameter("id"),
        ascending=bool(call.flag("ascending")),
        only_completed=bool(call.flag("only_completed")),
    )
    entries, beside = cut_page(found, call.query("page_token"), call.query("limit"))
    return data([_execution(call, entry) for entry in entries], **beside)


def read_execution(call: Call) -> Answer:
    return data(_execution(call, sync_executions.read(call.context, call.parameter("id"), call.parameter("execution"))))


def cancel_execution(call: Call) -> Answer:
    return data(sync_executions.cancel_one(call.context, call.parameter("id"), call.parameter("execution")))


def update_execution(call: Call) -> Answer:
    return data(sync_executions.update(call.context, call.parameter("id"), call.parameter("execution"), call.body()))


def read_error_handling(call: Call) -> Answer:
    return data(error_handling.read(call.context, call.parameter("id")))


def update_error_handling(call: Call) -> Answer:
    return data(error_handling.update(call.context, call.parameter("id"), call.body()))


def _execution(call: Call, execution: Document) -> Document:
    return execution if call.version == V1 else {**execution, "version": "1"}


def _response(call: Call, sync: Document) -> Document:
    return TO_RESPONSE[call.version](call.context, sync)


ONE = "/api/syncs/{id}"
ENDPOINTS = (
    Endpoint("GET", "/api/syncs", list_syncs),
    Endpoint("POST", "/api/syncs", create),
    Endpoint("GET", "/api/syncs/schedules", schedule_options),
    Endpoint("GET", ONE, read),
    Endpoint("PUT", ONE, replace),
    Endpoint("DELETE", ONE, delete),
    Endpoint("POST", f"{ONE}/activate", activate),
    Endpoint("POST", f"{ONE}/executions", start),
    Endpoint("POST", f"{ONE}/cancel", cancel),
    Endpoint("GET", f"{ONE}/status", status),
    Endpoint("GET", f"{ONE}/executions", list_executions),
    Endpoint("GET", f"{ONE}/executions/{{execution}}", read_execution),
    Endpoint("PUT", f"{ONE}/executions/{{execution}}", update_execution, (V1,)),
    Endpoint("POST", f"{ONE}/executions/{{execution}}/cancel", cancel_execution, (V2,)),
    Endpoint("GET", f"{ONE}/error-handling", read_error_handling, (V2,)),
    Endpoint("PUT", f"{ONE}/error-handling", update_error_handling, (V2,)),
)
