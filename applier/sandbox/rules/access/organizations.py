"""Organizations: create, read, replace and delete them. The secrets of their sign-on are write-only."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import conflict, forbidden

KIND = "organization"
EVERYWHERE = ""
"""The organization under which the organizations themselves are stored."""
SHOWN = ("id", "name", "sso_domain", "sso_org_id", "issuer")
WRITABLE = ("name", "sso_domain", "sso_org_id", "issuer", "client_id", "client_secret")
MEMBERS = dict.fromkeys(WRITABLE, body_checks.is_text)


def list_organizations(context: Context) -> list[Document]:
    return [to_response(organization) for organization in context.session.find_all(KIND, EVERYWHERE)]


def read(context: Context, id: str) -> Document:
    return to_response(context.within(EVERYWHERE).fetch(KIND, id))


def create(context: Context, body: JsonObject) -> Document:
    written = _writable_members(body)
    everywhere = context.within(EVERYWHERE)
    context.session.begin()
    _refuse_duplicate(context, as_text(body, "name"))
    return to_response(everywhere.save(KIND, {"id": new_id(), **written, "created_at": now()}))


def replace(context: Context, id: str, body: JsonObject) -> Document:
    written = _writable_members(body)
    everywhere = context.within(EVERYWHERE)
    context.session.begin()
    before = everywhere.fetch(KIND, id)
    _refuse_duplicate(context, as_text(body, "name"), id)
    return to_response(everywhere.save(KIND, {"id": id, **written, "created_at": before["created_at"]}))


def delete(context: Context, id: str) -> None:
    """Delete an organization with everything in it; the first one of the data folder cannot be deleted."""
    everywhere = context.within(EVERYWHERE)
    context.session.begin()
    everywhere.fetch(KIND, id)
    if is_first(context, id):
        raise forbidden("the sandbox's own organization cannot be deleted")
    context.session.write("DELETE FROM objects WHERE organization = ?", (id,))
    everywhere.delete(KIND, id)


def is_first(context: Context, id: str) -> bool:
    """Return whether it is the first organization of the data folder, which the key of the sandbox opens."""
    return bool(context.session.find_all(KIND, EVERYWHERE)[0]["id"] == id)


def to_response(organization: JsonObject) -> Document:
    return {name: organization[name] for name in SHOWN if name in organization}


def _writable_members(body: JsonObject) -> Document:
    body_checks.check(body, MEMBERS, ("name",))
    body_checks.check_name(body)
    return body_checks.present_members(body, *WRITABLE)


def _refuse_duplicate(context: Context, name: str, id: str = "") -> None:
    if any(other["id"] != id for other in context.session.find_by_name(KIND, EVERYWHERE, name)):
        raise conflict(f"an organization named {name!r} already exists")
