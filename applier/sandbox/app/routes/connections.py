"""Connections, their types, and what they offer as sources and targets."""

from __future__ import annotations

from applier.sandbox.app.api_versions import target_fields as target_fields_shape
from applier.sandbox.app.http_messages import DONE, V1, V2, Answer, Call, Endpoint, data
from applier.sandbox.connection_types import CAPABILITIES, ConnectionType, connection_types, public_schema
from applier.sandbox.json_values import Document, as_document, as_text
from applier.sandbox.rules.access import access_checks, organizations
from applier.sandbox.rules.access.organizations import EVERYWHERE
from applier.sandbox.rules.connections import (
    connection_health,
    connections,
    modelsync_sources,
    modelsync_targets,
    sharing,
)
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, not_found


def list_connections(call: Call) -> Answer:
    context = call.context
    found = access_checks.readable(
        context, connections.KIND, context.session.find_all(connections.KIND, context.organization)
    )
    return data([_response(call, document) for document in found])


def create(call: Call) -> Answer:
    created = connections.create(call.context, call.body())
    return data(_write_response(call, created))


def read(call: Call) -> Answer:
    return data(_response(call, call.context.fetch(connections.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    replaced = connections.replace(call.context, call.parameter("id"), call.body())
    return data(_write_response(call, replaced))


def delete(call: Call) -> Answer:
    connections.delete(call.context, call.parameter("id"), force=bool(call.flag("force")))
    return DONE


def test(call: Call) -> Answer:
    connection_health.test(call.context, call.body())
    return DONE


def usage(call: Call) -> Answer:
    """Answer that there were no API calls, since the sandbox calls no service."""
    id = call.context.fetch(connections.KIND, call.parameter("id"))["id"]
    return data({"connectionId": id, "callsLast24h": 0, "reportsSyncStats": False, "bySync": []})


def share(call: Call) -> Answer:
    return data(sharing.share(_owner(call), call.parameter("id"), call.body()))


def list_shared(call: Call) -> Answer:
    return data([_in_version(call, copy) for copy in sharing.list_shared(_owner(call), call.parameter("id"))])


def _owner(call: Call) -> Context:
    """Return the context of the organization that the path names; without one, the caller's own."""
    named = call.incoming.parameters.get("organization")
    if named is None:
        return call.context
    return call.context.within(as_text(call.context.within(EVERYWHERE).fetch(organizations.KIND, named), "id"))


def types(call: Call) -> Answer:
    return data([_type_response(call, known) for known in connection_types().values()])


def type_schema(call: Call) -> Answer:
    known = connection_types().get(call.parameter("id"))
    if known is None:
        raise not_found("connection type", call.parameter("id"))
    return Answer(document=public_schema(known))


def source(call: Call) -> Answer:
    return data(modelsync_sources.source(call.context, call.parameter("id"), call.choices()))


def enrichment_source(call: Call) -> Answer:
    return data(modelsync_sources.enrichment_source(call.context, call.parameter("id")))


def source_fields(call: Call) -> Answer:
    return data(modelsync_sources.fields(call.context, call.parameter("id"), call.choices()))


def target(call: Call) -> Answer:
    return data(
        modelsync_targets.target(call.context, call.parameter("id"), call.query("type"), call.query("search") or "")
    )


def target_fields(call: Call) -> Answer:
    properties = {} if call.version == V1 else call.members("properties")
    return _target_fields(call, call.query("target") or "", properties)


def target_fields_of_body(call: Call) -> Answer:
    if call.version != V1 and call.context.switches["target_fields_by_post"] == "refuse":
        raise Refusal(404, f"POST {call.incoming.path} does not exist in version {call.version}")
    return _target_fields(call, str(call.body().get("target") or ""), {})


def _target_fields(call: Call, target: str, properties: dict[str, str]) -> Answer:
    found = modelsync_targets.fields(call.context, call.parameter("id"), target, properties)
    return data(target_fields_shape.to_response(call.version, found))


def target_objects(call: Call) -> Answer:
    values = call.version != V1 and bool(call.flag("include_target_creation_values"))
    return Answer(document=modelsync_targets.objects(call.context, call.parameter("id"), values=values))


def target_property(call: Call) -> Answer:
    return data(modelsync_targets.creation_property(call.context, call.parameter("id"), call.parameter("property")))


def _write_response(call: Call, document: Document) -> Document:
    """Return a connection after a write: without a rate limit, with a link to this server to authorize it."""
    response = _in_version(call, connections.to_write_response(call.context, document))
    response.pop("rate_limit", None)
    if "auth_url" in response:
        response["auth_url"] = call.address + as_text(response, "auth_url")
    return response


def _response(call: Call, document: Document) -> Document:
    return _in_version(call, connections.to_response(call.context, document))


def _in_version(call: Call, response: Document) -> Document:
    """Return a connection in the version of the request: 2025-09-18 adds the dark logo and the rate limit."""
    if call.version == V1:
        return response
    return {**response, "type": _with_dark_logo(as_document(response, "type")), "rate_limit": None}


def _with_dark_logo(type: Document) -> Document:
    return {**type, "logo_dark_url": as_text(type, "logo_url").replace(".svg", "-dark.svg")}


def _type_response(call: Call, known: ConnectionType) -> Document:
    response = connections.type_response(known)
    del response["operations"]
    names = [name for name in CAPABILITIES if call.version == V2 or name != "logging"]
    capabilities = {name: bool(known.capabilities.get(name)) for name in names}
    if call.version == V2:
        response = _with_dark_logo(response)
    form = {"jsonschema": public_schema(known), "uischema": {}}
    forms = {"configurationForm": form, "envConfig": {}, "initialConfiguration": known.defaults()}
    return {**response, "use_oauth": known.oauth, "capabilities": capabilities, **forms}


ONE = "/api/connections/{id}"
SHARED = "/api/organizations/{organization}/connections/{id}/shared"
ENDPOINTS = (
    Endpoint("GET", "/api/connections", list_connections),
    Endpoint("POST", "/api/connections", create),
    Endpoint("POST", "/api/connections/test", test),
    Endpoint("GET", ONE, read),
    Endpoint("PUT", ONE, replace),
    Endpoint("DELETE", ONE, delete),
    Endpoint("GET", f"{ONE}/usage", usage, (V2,)),
    Endpoint("POST", f"{ONE}/share", share, (V1,), reach="partner"),
    Endpoint("GET", f"{ONE}/shared", list_shared, reach="any"),
    Endpoint("POST", SHARED, share, (V2,), reach="partner"),
    Endpoint("GET", SHARED, list_shared, (V2,), reach="partner"),
    Endpoint("GET", "/api/connection_types", types),
    Endpoint("GET", "/api/connection_types/{id}", type_schema),
    Endpoint("GET", f"{ONE}/modelsync/source", source),
    Endpoint("GET", f"{ONE}/modelsync/enrichment-source", enrichment_source),
    Endpoint("GET", f"{ONE}/modelsync/source/fields", source_fields),
    Endpoint("GET", f"{ONE}/modelsync/target", target, (V1,)),
    Endpoint("GET", f"{ONE}/modelsync/target/fields", target_fields),
    Endpoint("POST", f"{ONE}/modelsync/target/fields", target_fields_of_body),
    Endpoint("GET", f"{ONE}/modelsync/targetobjects", target_objects),
    Endpoint("GET", f"{ONE}/modelsync/targetobjects/properties/{{property}}", target_property),
)
