"""The OpenAPI 3.1 description of the sandbox, made from its endpoints and from what they check in a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from applier.sandbox.app.http_messages import VERSIONS, Answer, Call, Endpoint
from applier.sandbox.app.request_bodies import BODIES, NOTHING, QUERIES, Body
from applier.sandbox.json_values import Document
from applier.sandbox.rules import body_checks

PARAMETER = re.compile(r"{(\w+)}")
WRITING = ("POST", "PUT", "PATCH")
UUID: Document = {"type": "string", "format": "uuid"}
TEXT: Document = {"type": "string"}
SCHEMAS: Mapping[body_checks.Check, Document] = {
    body_checks.is_text: TEXT,
    body_checks.is_flag: {"type": "boolean"},
    body_checks.is_number: {"type": "integer"},
    body_checks.is_object: {"type": "object"},
    body_checks.is_list: {"type": "array"},
    body_checks.is_identifier: UUID,
    body_checks.is_organization: {"anyOf": [UUID, {"type": "string", "maxLength": 0}]},
    body_checks.is_texts: {"type": "array", "items": TEXT},
    body_checks.is_identifiers: {"type": "array", "items": UUID},
    body_checks.is_objects: {"type": "array", "items": {"type": "object"}},
}
ERROR = {
    "type": "object",
    "properties": {"key": TEXT, "message": TEXT, "metadata": {"type": "object"}, "status": {"type": "integer"}},
}
BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}


def document(endpoints: Iterable[Endpoint]) -> Document:
    """Return the description of all endpoints."""
    paths: dict[str, Document] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sandbox of applier", "version": VERSIONS[-1]},
        "paths": paths,
        "security": [{}, {"bearer": []}, {"basic": []}],
        "components": {"securitySchemes": {"bearer": BEARER, "basic": BASIC}, "schemas": {"Error": ERROR}},
    }


def endpoint_of(endpoints: Iterable[Endpoint]) -> Endpoint:
    """Return the endpoint that answers with the description."""
    described = document(endpoints)

    def show(_: Call) -> Answer:
        return Answer(document=described)

    return Endpoint("GET", "/_sandbox/openapi.json", show, reach="any")


def _operation(endpoint: Endpoint) -> Document:
    error = {"$ref": "#/components/schemas/Error"}
    operation: Document = {
        "operationId": f"{endpoint.method.lower()}_{_words(endpoint.path)}",
        "parameters": list(_parameters(endpoint)),
        "responses": {
            "200": {"description": "Done"},
            "default": {"description": "Refused", "content": {"application/json": {"schema": error}}},
        },
    }
    if endpoint.method in WRITING:
        body = BODIES.get((endpoint.method, endpoint.path), NOTHING)
        schema = _schema(body)
        operation["requestBody"] = {
            "required": bool(body.required),
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _parameters(endpoint: Endpoint) -> Iterable[Document]:
    for name in PARAMETER.findall(endpoint.path):
        yield {"name": name, "in": "path", "required": True, "schema": TEXT}
    for name in QUERIES.get((endpoint.method, endpoint.path), ()):
        yield {"name": name, "in": "query", "schema": TEXT}
    if endpoint.path.startswith("/api"):
        schema = {"type": "string", "enum": list(endpoint.versions)}
        yield {"name": "X-Polytomic-Version", "in": "header", "required": True, "schema": schema}


def _schema(body: Body) -> Document:
    properties = {name: _member(check, body.inside.get(name)) for name, check in body.members.items()}
    properties |= {name: _or_null(schema) for name, schema in properties.items() if name not in body.required}
    required = {"required": list(body.required)} if body.required else {}
    return {"type": "object", "properties": properties, **required}


def _member(check: body_checks.Check, inside: Body | None) -> Document:
    if inside is None:
        return SCHEMAS.get(check, {})
    schema = _schema(inside)
    return {"type": "array", "items": schema} if check is body_checks.is_objects else schema


def _or_null(schema: Document) -> Document:
    """Return the schema of a member that can be null, which counts as missing."""
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _words(path: str) -> str:
    return "_".join(re.findall(r"\w+", path))
