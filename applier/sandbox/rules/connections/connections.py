"""Connections: create, read, replace, test and delete them; secrets never leave, one in use is not deleted."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.connection_types import ConnectionType, connection_types
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections import configurations
from applier.sandbox.rules.connections.dependents import find_dependents, remove
from applier.sandbox.rules.connections.record_stores import delete_records
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import Refusal, bad_request, unprocessable
from applier.sandbox.rules.secret_masks import is_set, mask_secrets
from applier.sandbox.store import Document

KIND = "connection"
AUTHORIZE = "/_sandbox/authorize"
AUTHORIZED = {"saved": True, "status": "healthy"}
KEPT = ("authorization", "parent_connection_id")
CLIENT = {"client_secret", "client_id"}
"""These say which application asks, not that somebody has let it in."""
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


def create(context: Context, body: Mapping[str, Any]) -> Document:
    body_checks.check(body, MEMBERS, ("name", "type", "configuration"))
    body_checks.check_name(body)
    known = configurations.known_type(body["type"])
    configuration = configurations.complete(known, body["configuration"], None, context.switches)
    if body.get("validate") is not False:
        _validate(context, known, configuration)
    context.session.begin()
    refuse_duplicate(context, body["name"])
    document = {"id": new_id(), "type": known.id, **_writable_members(context, body, configuration), **stamp(context)}
    return context.save(KIND, {**document, **(_waiting() if _needs_a_person(known, configuration) else AUTHORIZED)})


def replace(context: Context, id: str, body: Mapping[str, Any]) -> Document:
    body_checks.check(body, MEMBERS, ("name", "configuration"))
    body_checks.check_name(body)
    before = context.fetch(KIND, id)
    if body.get("type") not in (None, before["type"]) and context.switches["connection_type_change"] == "refuse":
        raise bad_request("the type of a connection cannot be changed")
    known = configurations.known_type(before["type"])
    configuration = configurations.complete(known, body["configuration"], before["configuration"], context.switches)
    if body.get("validate") is not False:
        _validate(context, known, configuration)
    context.session.begin()
    before = context.fetch(KIND, id)
    refuse_duplicate(context, body["name"], id)
    kept = {name: before[name] for name in ("id", "type", *AUTHORIZED, *KEPT) if name in before}
    kept |= AUTHORIZED if before["saved"] else {}
    if body.get("reconnect") and known.oauth:
        kept |= _waiting()
    replaced = context.save(KIND, {**kept, **_writable_members(context, body, configuration), **stamp(context, before)})
    for copy in copies(context, id):
        context.within(copy["organization_id"]).save(KIND, {**copy, "configuration": replaced["configuration"]})
    return replaced


def authorize(context: Context, id: str) -> Document:
    """What the person does who follows the `auth_url`: the connection can be used from now on."""
    context.session.begin()
    before = context.fetch(KIND, id)
    return context.save(KIND, {**before, **AUTHORIZED, **stamp(context, before)})


def copies(context: Context, id: str) -> list[Document]:
    """What a connection has been shared as, with other organizations."""
    statement = (
        "SELECT document FROM objects WHERE kind = ? AND json_extract(document, '$.parent_connection_id') = ? "
        "ORDER BY sequence"
    )
    return [json.loads(row[0]) for row in context.session.read(statement, (KIND, id))]


def check_health(context: Context, id: str) -> None:
    """Look whether the upstream system can be used, write it down, and refuse to go on when it cannot."""
    before = context.fetch(KIND, id)
    if not before["saved"]:
        raise bad_request("the connection has not been authorized")
    problem = unreachable(context, configurations.known_type(before["type"]), before["configuration"])
    health = {"status": "unhealthy", "status_error": problem} if problem else {"status": "healthy"}
    context.session.begin()
    before = context.fetch(KIND, id)
    found = {**{name: value for name, value in before.items() if name != "status_error"}, **health}
    if found != before:
        context.save(KIND, found)
    if problem:
        context.session.commit()
        raise bad_request(problem)


def delete(context: Context, id: str, *, force: bool) -> None:
    context.session.begin()
    connection = context.fetch(KIND, id)
    users_here, shared = find_dependents(context, id), copies(context, id)
    used_by = [*users_here, *({"type": KIND, "name": copy["name"], "id": copy["id"]} for copy in shared)]
    if used_by and not force:
        raise unprocessable(
            "cannot delete: connection in use",
            {"used_by": [{name: user[name] for name in ("type", "name", "id")} for user in used_by]},
        )
    for copy in shared:
        delete(context.within(copy["organization_id"]), copy["id"], force=True)
    for user in users_here:
        remove(context, user["kind"], user["id"])
    context.session.delete("schema_cache", id, context.organization)
    delete_records(context, connection)
    context.delete(KIND, id)


def test(context: Context, body: Mapping[str, Any]) -> None:
    """Check a configuration without keeping it."""
    members = {
        "type": body_checks.is_text,
        "configuration": body_checks.is_object,
        "connection_id": body_checks.is_identifier,
    }
    body_checks.check(body, members, ("type", "configuration"))
    known = configurations.known_type(body["type"])
    stored = context.fetch(KIND, body["connection_id"])["configuration"] if body.get("connection_id") else {}
    configuration = configurations.complete(known, {**stored, **body["configuration"]}, stored, context.switches)
    problem = unreachable(context, known, configuration)
    if problem:
        raise bad_request(problem)


def to_response(context: Context, document: Mapping[str, Any]) -> Document:
    """A connection as it is read: everything but what can only be written."""
    known = connection_types().get(document["type"]) or ConnectionType(document["type"], document["type"])
    nested = context.switches["nested_secrets"] == "mask"
    hidden = {"healthcheck_interval", "redirect_url", "type", "configuration", "authorization"}
    return {
        **{name: value for name, value in document.items() if name not in hidden},
        "type": type_response(known),
        "configuration": mask_secrets(known, document["configuration"], nested=nested),
    }


def to_write_response(context: Context, document: Mapping[str, Any]) -> Document:
    """A connection as the answer to a create or update shows it: no audit members, but the authorization to finish."""
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


def unreachable(context: Context, known: ConnectionType, configuration: Mapping[str, Any]) -> str | None:
    """The upstream system's own words for why it cannot be used, or None."""
    try:
        if databases.supports(known.id):
            databases.open_database(known.id, configuration, context.data, live=context.live).close()
        else:
            databases.refuse_unreachable(configuration)
    except databases.DatabaseError as error:
        return f"connection failed: {error}"
    return None


def _writable_members(context: Context, body: Mapping[str, Any], configuration: Mapping[str, Any]) -> Document:
    return {
        "name": body["name"],
        "organization_id": context.organization,
        "configuration": dict(configuration),
        "policies": body.get("policies") or [],
        **body_checks.present_members(body, "healthcheck_interval"),
    }


def _waiting() -> Document:
    """A connection that somebody has yet to authorize, who shows the token that is in its `auth_url`."""
    return {"saved": False, "status": "", "authorization": secrets.token_urlsafe(16)}


def _needs_a_person(known: ConnectionType, configuration: Mapping[str, Any]) -> bool:
    """An OAuth connection, unless it came with a token or a key that does without, or is let in as an application."""
    if configuration.get("connect_mode") == "clientcredentials":
        return False
    return known.oauth and not any(is_set(configuration.get(name)) for name in known.secrets() - CLIENT)


def _validate(context: Context, known: ConnectionType, configuration: Mapping[str, Any]) -> None:
    problem = unreachable(context, known, configuration)
    if problem:
        raise Refusal(int(context.switches["unreachable_status"]), problem)


def refuse_duplicate(context: Context, name: str, id: str = "") -> None:
    if context.switches["duplicate_connection_name"] == "allow":
        return
    if any(other["id"] != id for other in context.session.find_by_name(KIND, context.organization, name)):
        raise unprocessable(f"a connection named {name!r} already exists")
