"""Bulk syncs, the schemas that they copy, and their schedules."""

from __future__ import annotations

from applier.sandbox.app.api_versions import bulk_schedule, bulk_sync_2024_02_08, bulk_sync_2025_09_18
from applier.sandbox.app.http_messages import DONE, V1, V2, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_page
from applier.sandbox.app.routes import bulk_executions, connection_schemas
from applier.sandbox.json_values import Document, as_document, as_documents, as_text
from applier.sandbox.rules.bulk_syncs import bulk_offers, bulk_schedules, bulk_schemas, bulk_syncs
from applier.sandbox.rules.connections import schema_cache

FROM_REQUEST = {V1: bulk_sync_2024_02_08.from_request, V2: bulk_sync_2025_09_18.from_request}
TO_RESPONSE = {V1: bulk_sync_2024_02_08.to_response, V2: bulk_sync_2025_09_18.to_response}
NEWER = ("history_enabled",)


def list_bulk_syncs(call: Call) -> Answer:
    found = [_response(call, sync) for sync in bulk_syncs.list_bulk_syncs(call.context, call.flag("active"))]
    if call.version == V1 or call.context.switches["bulk_list"] == "whole":
        return data(found)
    entries, beside = cut_page(found, call.query("page_token"), call.query("limit"))
    return data(entries, **beside)


def create(call: Call) -> Answer:
    return data(_response(call, bulk_syncs.create(call.context, FROM_REQUEST[call.version](call.body()))))


def read(call: Call) -> Answer:
    return data(_response(call, call.context.fetch(bulk_syncs.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    body = FROM_REQUEST[call.version](call.body())
    if call.version == V1 and call.context.switches["bulk_update_schemas"] == "ignore":
        body.pop("schemas", None)
    return data(_response(call, bulk_syncs.replace(call.context, call.parameter("id"), body)))


def delete(call: Call) -> Answer:
    bulk_syncs.delete(call.context, call.parameter("id"))
    return DONE


def activate(call: Call) -> Answer:
    return data(bulk_syncs.activate(call.context, call.parameter("id"), call.body()))


def list_schemas(call: Call) -> Answer:
    sync = call.context.fetch(bulk_syncs.KIND, call.parameter("id"))
    schema_cache.require_fresh(call.context, as_text(sync, "source_connection_id"))
    sync, source = bulk_syncs.schemas(call.context, as_text(sync, "id"))
    return data(
        [_schema(call, one) for one in bulk_schemas.schema_summaries(sync, source, call.flag("filters[enabled]"))]
    )


def patch_schemas(call: Call) -> Answer:
    sync, source = bulk_syncs.patch_schemas(call.context, call.parameter("id"), call.body())
    ids = [schema["id"] for schema in source]
    return data([_schema(call, bulk_schemas.schema_response(sync, source, as_text(id))) for id in ids])


def read_schema(call: Call) -> Answer:
    sync, source = bulk_syncs.schemas(call.context, call.parameter("id"))
    return data(_schema(call, bulk_schemas.schema_response(sync, source, call.parameter("schema"))))


def put_schema(call: Call) -> Answer:
    id = call.parameter("schema")
    sync, source = bulk_syncs.put_schema(call.context, call.parameter("id"), id, call.body())
    return data(_schema(call, bulk_schemas.schema_response(sync, source, id)))


def list_schedules(call: Call) -> Answer:
    sync = _sync(call)
    return data(
        [bulk_schedule.to_response(call.context, sync, schedule) for schedule in as_documents(sync, "schedules")]
    )


def add_schedule(call: Call) -> Answer:
    sent = bulk_schedule.from_request(call.body())
    call.context.session.begin()
    sync = _sync(call)
    return data(bulk_schedule.to_response(call.context, sync, bulk_schedules.add(call.context, sync, sent)))


def read_schedule(call: Call) -> Answer:
    sync = _sync(call)
    return data(bulk_schedule.to_response(call.context, sync, bulk_schedules.find(sync, call.parameter("schedule"))))


def replace_schedule(call: Call) -> Answer:
    sent = bulk_schedule.from_request(call.body())
    call.context.session.begin()
    sync = _sync(call)
    replaced = bulk_schedules.replace(call.context, sync, call.parameter("schedule"), sent)
    return data(bulk_schedule.to_response(call.context, sync, replaced))


def delete_schedule(call: Call) -> Answer:
    call.context.session.begin()
    bulk_schedules.remove(call.context, _sync(call), call.parameter("schedule"))
    return DONE


def source(call: Call) -> Answer:
    fields = bool(call.flag("include_fields"))
    found = bulk_offers.source(call.context, call.parameter("id"), include_fields=fields)
    found["schemas"] = [connection_schemas.schema_response(call, schema) for schema in as_documents(found, "schemas")]
    if call.version == V1:
        del as_document(found, "capabilities")["supports_namespaces"]
    return data(found)


def target(call: Call) -> Answer:
    found = bulk_offers.target(call.context, call.parameter("id"))
    if call.version == V1:
        del found["supports_history_mode"]
        found["modes"] = [mode for mode in as_documents(found, "modes") if mode["id"] in bulk_sync_2024_02_08.MODES]
    return data(found)


def _response(call: Call, sync: Document) -> Document:
    return TO_RESPONSE[call.version](call.context, sync)


def _schema(call: Call, schema: Document) -> Document:
    return schema if call.version == V2 else {name: value for name, value in schema.items() if name not in NEWER}


def _sync(call: Call) -> Document:
    return call.context.fetch(bulk_syncs.KIND, call.parameter("id"))


ALL = "/api/bulk/syncs"
ONE = f"{ALL}/{{id}}"
SCHEDULES = f"{ONE}/schedules"
ENDPOINTS = (
    *bulk_executions.ENDPOINTS,
    Endpoint("GET", ALL, list_bulk_syncs),
    Endpoint("POST", ALL, create),
    Endpoint("GET", ONE, read),
    Endpoint("PUT", ONE, replace),
    Endpoint("DELETE", ONE, delete),
    Endpoint("POST", f"{ONE}/activate", activate),
    Endpoint("GET", f"{ONE}/schemas", list_schemas),
    Endpoint("PATCH", f"{ONE}/schemas", patch_schemas),
    Endpoint("GET", f"{ONE}/schemas/{{schema}}", read_schema),
    Endpoint("PUT", f"{ONE}/schemas/{{schema}}", put_schema),
    Endpoint("GET", SCHEDULES, list_schedules),
    Endpoint("POST", SCHEDULES, add_schedule),
    Endpoint("GET", f"{SCHEDULES}/{{schedule}}", read_schedule),
    Endpoint("PUT", f"{SCHEDULES}/{{schedule}}", replace_schedule),
    Endpoint("DELETE", f"{SCHEDULES}/{{schedule}}", delete_schedule),
    Endpoint("GET", "/api/connections/{id}/bulksync/source", source),
    Endpoint("GET", "/api/connections/{id}/bulksync/target", target),
)
