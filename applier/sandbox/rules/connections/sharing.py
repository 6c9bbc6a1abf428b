"""Share a connection with another organization: a copy there that has what its parent has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import organizations
from applier.sandbox.rules.access.organizations import EVERYWHERE
from applier.sandbox.rules.connections import connections
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import not_found, unprocessable
from applier.sandbox.store import Document

MEMBERS = {"child_organization_id": body_checks.is_identifier, "name": body_checks.is_text}


def share(context: Context, id: str, body: Mapping[str, Any]) -> Document:
    """Make the copy; its id is the answer."""
    body_checks.check(body, MEMBERS, ("child_organization_id",))
    context.session.begin()
    parent = _parent(context, id)
    wanted = body["child_organization_id"].lower()
    child = context.within(context.within(EVERYWHERE).fetch(organizations.KIND, wanted)["id"])
    if child.organization == parent["organization_id"]:
        raise unprocessable("a connection is shared with another organization than its own")
    name = body.get("name") or parent["name"]
    connections.refuse_duplicate(child, name)
    shared = {one: parent[one] for one in ("type", "configuration", "saved", "status")}
    document = {"id": new_id(), "name": name, **shared, "organization_id": child.organization, "policies": []}
    child.save(connections.KIND, {**document, "parent_connection_id": parent["id"], **stamp(context)})
    return {"id": document["id"]}


def list_shared(context: Context, id: str) -> list[Document]:
    """The copies of a connection, in all organizations."""
    parent = _parent(context, id)
    return [connections.to_response(context, copy) for copy in connections.copies(context, parent["id"])]


def _parent(context: Context, id: str) -> Document:
    """The connection; a partner key by itself sees those of all organizations."""
    if context.organization:
        return context.fetch(connections.KIND, id)
    found = context.session.read("SELECT organization FROM objects WHERE kind = ? AND id = ?", (connections.KIND, id))
    if not found:
        raise not_found(connections.KIND, id)
    return replace(context, organization=found[0][0]).fetch(connections.KIND, id)
