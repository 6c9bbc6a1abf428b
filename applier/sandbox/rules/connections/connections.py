"""Connections: create, replace, authorize and delete them."""

from __future__ import annotations

import json
import secrets

from applier.sandbox.connection_types import ConnectionType, connection_type
from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections import configurations
from applier.sandbox.rules.connections.connection_health import refuse_unreachable
from applier.sandbox.rules.connections.dependents import delete_with_executions, find_dependents
from applier.sandbox.rules.connections.record_stores import delete_records
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import bad_request, unprocessable
from applier.sandbox.rules.secret_masks import is_set, mask_secrets

KIND = "connection"
AUTHORIZE = "/_sandbox/authorize"
AUTHORIZED = {"saved": True, "status": "healthy"}
UNCHANGED_BY_UPDATES = ("authorization", "parent_connection_id")
CLIENT = {"client_secret", "client_id"}
"""Members that identify an application, but do not authorize it."""
MEMBERS = {
    "name": body_checks.is_text,
    "type": body_checks.is_text,
    "configuration": body_checks.is_object,
    "validate": body_checks.is_flag,
    "policies": body_checks.is_identifiers,
    "organization_id": body_checks.is_identifier,
    "healthcheck_interval": body_checks.is_text,
    "redirect_url": body_checks.is_text,
    "reconnect": body_checks.is_flag,
}


def create(context: Context, body: JsonObject) -> Document:
    body_checks.check(body, MEMBERS, ("name", "type", "configuration"))
    body_checks.check_name(body)
    known = configurations.known_type(as_text(body, "type"))
    configuration = configurations.complete(known, as_document(body, "configuration"), None, context.switches)
    if body.get("validate") is not False:
        refuse_unreachable(context, known, configuration)
    context.session.begin()
    refuse_duplicate(context, as_text(body, "name"))
    document = {"id": new_id(), "type": known.id, **_writable_members(context, body, configuration), **stamp(context)}
    authorization = _unauthorized_members() if _needs_a_person(known, configuration) else AUTHORIZED
    return context.save(KIND, {**document, **authorization})


def replace(context: Context, id: str, body: JsonObject) -> Document:
    body_checks.check(body, MEMBERS, ("name", "configuration"))
    body_checks.check_name(body)
    before = context.fetch(KIND, id)
    if body.get("type") not in (None, before["type"]) and context.switches["connection_type_change"] == "refuse":
        raise bad_request("the type of a connection cannot be changed")
    known = configurations.known_type(as_text(before, "type"))
    configuration = configurations.complete(
        known, as_document(body, "configuration"), as_document(before, "configuration"), context.switches
    )
    if body.get("validate") is not False:
        refuse_unreachable(context, known, configuration)
    context.session.begin()
    before = context.fetch(KIND, id)
    refuse_duplicate(context, as_text(body, "name"), id)
    kept = {name: before[name] for name in ("id", "type", *AUTHORIZED, *UNCHANGED_BY_UPDATES) if name in before}
    kept |= AUTHORIZED if before["saved"] else {}
    if body.get("reconnect") and known.oauth:
        kept |= _unauthorized_members()
    replaced = context.save(KIND, {**kept, **_writable_members(context, body, configuration), **stamp(context, before)})
    for copy in copies(context, id):
        child = context.within(as_text(copy, "organization_id"))
        child.save(KIND, {**copy, "configuration": replaced["configuration"]})
    return replaced


def authorize(context: Context, id: str) -> Document:
    """Finish the authorization, as a person does who opens the `auth_url`."""
    context.session.begin()
    before = context.fetch(KIND, id)
    return context.save(KIND, {**before, **AUTHORIZED, **stamp(context, before)})


def copies(context: Context, id: str) -> list[Document]:
    """Return the copies of a connection that were shared with other organizations."""
    statement = (
        "SELECT document FROM objects WHERE kind = ? AND json_extract(document, '$.parent_connection_id') = ? "
        "ORDER BY sequence"
    )
    return [json.loads(row[0]) for row in context.session.read(statement, (KIND, id))]


def delete(context: Context, id: str, *, force: bool) -> None:
    context.session.begin()
    connection = context.fetch(KIND, id)
    dependents, shared = find_dependents(context, id), copies(context, id)
    used_by = [
        *(dependent.to_response() for dependent in dependents),
        *({"type": KIND, "name": copy["name"], "id": copy["id"]} for copy in shared),
    ]
    if used_by and not force:
        raise unprocessable("cannot delete: connection in use", {"used_by": used_by})
    for copy in shared:
        delete(context.within(as_text(copy, "organization_id")), as_text(copy, "id"), force=True)
    for dependent in dependents:
        delete_with_executions(context, dependent.kind, dependent.id)
    context.session.delete("schema_cache", id, context.organization)
    delete_records(context, connection)
    context.delete(KIND, id)


def to_response(context: Context, document: JsonObject) -> Document:
    """Return a connection as a read answers it: without the members that are write-only."""
    known = connection_type(as_text(document, "type"))
    nested = context.switches["nested_secrets"] == "mask"
    hidden = {"healthcheck_interval", "redirect_url", "type", "configuration", "authorization"}
    return {
        **{name: value for name, value in document.items() if name not in hidden},
        "type": type_response(known),
        "configuration": mask_secrets(known, as_document(document, "configuration"), nested=nested),
    }


def to_write_response(context: Context, document: JsonObject) -> Document:
    """Return a connection as a create or update answers it: without audit members, with the link to authorize it."""
    audit = {"created_at", "created_by", "updated_at", "updated_by"}
    answer = {name: value for name, value in to_response(context, document).items() if name not in audit}
    if not document["saved"]:
        answer["auth_url"] = f"{AUTHORIZE}/{document['id']}?token={document.get('authorization', '')}"
    return {**answer, **body_checks.present_members(document, "healthcheck_interval")}


def type_response(known: ConnectionType) -> Document:
    return {
        "id": known.id,
        "name": known.name,
        "logo_url": f"https://connect-assets.polytomic.com/logos/{known.id}.svg",
        "operations": ["bulksyncsource"] if known.capabilities.get("source") else None,
    }


def _writable_members(context: Context, body: JsonObject, configuration: JsonObject) -> Document:
    return {
        "name": body["name"],
        "organization_id": context.organization,
        "configuration": dict(configuration),
        "policies": body.get("policies") or [],
        **body_checks.present_members(body, "healthcheck_interval"),
    }


def _unauthorized_members() -> Document:
    """Return the members of a connection that a person has to authorize with the token in its `auth_url`."""
    return {"saved": False, "status": "", "authorization": secrets.token_urlsafe(16)}


def _needs_a_person(known: ConnectionType, configuration: JsonObject) -> bool:
    """Return whether an OAuth connection has neither a token or key nor the credentials of an application."""
    if configuration.get("connect_mode") == "clientcredentials":
        return False
    return known.oauth and not any(is_set(configuration.get(name)) for name in known.secrets() - CLIENT)


def refuse_duplicate(context: Context, name: str, id: str = "") -> None:
    if context.switches["duplicate_connection_name"] == "allow":
        return
    if any(other["id"] != id for other in context.session.find_by_name(KIND, context.organization, name)):
        raise unprocessable(f"a connection named {name!r} already exists")
