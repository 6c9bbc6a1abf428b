"""The schemas of connections with their fields, primary keys and records, and the parameter values."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V2, Answer, Call, Endpoint, data
from applier.sandbox.json_values import Document, as_documents
from applier.sandbox.rules.connections import parameter_values, schema_cache, source_schemas

NEWER = ("source_primary_key", "primary_key_override", "user_managed", "path")
ACCEPTED = Answer(202)
"""The change is made in the background."""


def refresh(call: Call) -> Answer:
    id = call.parameter("id")
    schema_cache.refresh(call.context, id)
    return Answer(202, headers={"Location": f"/api/connections/{id}/schemas/status"})


def status(call: Call) -> Answer:
    return data(schema_cache.status(call.context, call.parameter("id")))


def read(call: Call) -> Answer:
    return data(
        schema_response(call, source_schemas.read(call.context, call.parameter("id"), call.parameter("schema")))
    )


def records(call: Call) -> Answer:
    return data(source_schemas.records(call.context, call.parameter("id"), call.parameter("schema")))


def put_fields(call: Call) -> Answer:
    source_schemas.put_fields(call.context, call.parameter("id"), call.parameter("schema"), call.body())
    return ACCEPTED


def change_field(call: Call) -> Answer:
    names = (call.parameter("id"), call.parameter("schema"), call.parameter("field"))
    return data(source_schemas.change_field(call.context, *names, call.body()))


def delete_field(call: Call) -> Answer:
    names = (call.parameter("id"), call.parameter("schema"), call.parameter("field"))
    source_schemas.delete_field(call.context, *names)
    return ACCEPTED


def put_keys(call: Call) -> Answer:
    source_schemas.put_keys(call.context, call.parameter("id"), call.parameter("schema"), call.body())
    return ACCEPTED


def reset_keys(call: Call) -> Answer:
    source_schemas.reset_keys(call.context, call.parameter("id"), call.parameter("schema"))
    return ACCEPTED


def values(call: Call) -> Answer:
    return data(parameter_values.of_connection(call.context, call.parameter("id")))


def values_of_type(call: Call) -> Answer:
    return data(parameter_values.of_type(call.context, call.parameter("type"), call.body()))


def schema_response(call: Call, schema: Document) -> Document:
    """Return a schema in the version of the request."""
    if call.version == V2:
        return schema
    fields = [
        {name: value for name, value in field.items() if name not in NEWER} for field in as_documents(schema, "fields")
    ]
    return {**schema, "fields": fields}


SCHEMAS = "/api/connections/{id}/schemas"
ONE = f"{SCHEMAS}/{{schema}}"
ENDPOINTS = (
    Endpoint("POST", f"{SCHEMAS}/refresh", refresh),
    Endpoint("GET", f"{SCHEMAS}/status", status),
    Endpoint("GET", ONE, read),
    Endpoint("GET", f"{ONE}/records", records),
    Endpoint("POST", f"{ONE}/fields", put_fields),
    Endpoint("PATCH", f"{ONE}/fields/{{field}}", change_field, (V2,)),
    Endpoint("DELETE", f"{ONE}/fields/{{field}}", delete_field),
    Endpoint("PUT", f"{ONE}/primary_keys", put_keys),
    Endpoint("DELETE", f"{ONE}/primary_keys", reset_keys),
    Endpoint("GET", "/api/connections/{id}/parameter_values", values),
    Endpoint("POST", "/api/connection_types/{type}/parameter_values", values_of_type),
)
