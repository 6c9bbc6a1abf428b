"""Share a connection with another organization: the other organization gets a copy of it."""

from __future__ import annotations

from dataclasses import replace

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import organizations
from applier.sandbox.rules.access.organizations import EVERYWHERE
from applier.sandbox.rules.connections import connections
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import not_found, unprocessable

MEMBERS = {"child_organization_id": body_checks.is_identifier, "name": body_checks.is_text}


def share(context: Context, id: str, body: JsonObject) -> Document:
    """Create the copy and return its id."""
    body_checks.check(body, MEMBERS, ("child_organization_id",))
    context.session.begin()
    parent = _parent(context, id)
    wanted = as_text(body, "child_organization_id").lower()
    child = context.within(as_text(context.within(EVERYWHERE).fetch(organizations.KIND, wanted), "id"))
    if child.organization == parent["organization_id"]:
        raise unprocessable("a connection is shared with another organization than its own")
    name = body.get("name") or parent["name"]
    connections.refuse_duplicate(child, as_text(name))
    shared = {one: parent[one] for one in ("type", "configuration", "saved", "status")}
    document = {"id": new_id(), "name": name, **shared, "organization_id": child.organization, "policies": []}
    child.save(connections.KIND, {**document, "parent_connection_id": parent["id"], **stamp(context)})
    return {"id": document["id"]}


def list_shared(context: Context, id: str) -> list[Document]:
    """Return the copies of a connection in all organizations."""
    parent = _parent(context, id)
    return [connections.to_response(context, copy) for copy in connections.copies(context, as_text(parent, "id"))]


def _parent(context: Context, id: str) -> Document:
    """Return the connection; a partner key without an organization can share those of all organizations."""
    if context.organization:
        return context.fetch(connections.KIND, id)
    found = context.session.read("SELECT organization FROM objects WHERE kind = ? AND id = ?", (connections.KIND, id))
    if not found:
        raise not_found(connections.KIND, id)
    return replace(context, organization=found[0][0]).fetch(connections.KIND, id)
