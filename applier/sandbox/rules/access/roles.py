"""Roles. Some are built in and cannot be changed, others are created."""

from __future__ import annotations

import uuid

from applier.sandbox.json_values import Document, JsonObject
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id
from applier.sandbox.rules.refusals import Refusal, forbidden, not_found

KIND = "role"
SYNC_EDITOR, VIEWER = "Sync Editor", "Viewer"
SYSTEM = ("Admin", "Editor", "Member", SYNC_EDITOR, VIEWER)
MEMBERS = {"name": body_checks.is_text, "organization_id": body_checks.is_organization}


def list_roles(context: Context) -> list[Document]:
    return [*_system_roles(context), *context.session.find_all(KIND, context.organization)]


def read(context: Context, id: str) -> Document:
    for role in list_roles(context):
        if role["id"] == id:
            return role
    raise not_found(KIND, id)


def create(context: Context, body: JsonObject) -> Document:
    name = _validate_name(context, body)
    return context.save(KIND, _role(context, new_id(), name))


def replace(context: Context, id: str, body: JsonObject) -> Document:
    name = _validate_name(context, body)
    context.session.begin()
    refuse_system(context, read(context, id))
    return context.save(KIND, _role(context, id, name))


def delete(context: Context, id: str) -> None:
    """Delete a custom role. Policies that name it keep its id."""
    context.session.begin()
    refuse_system(context, read(context, id))
    context.delete(KIND, id)


def system_id(context: Context, name: str) -> str:
    """Return the id of a built-in role; it does not change while the organization exists."""
    return str(uuid.uuid5(uuid.UUID(context.organization), f"role {name}"))


def refuse_system(context: Context, document: JsonObject) -> None:
    if document["system"]:
        raise Refusal(int(context.switches["system_permissions"]), f"{document['name']} is built in and stays as it is")


def refuse_custom(context: Context) -> None:
    if context.switches["custom_permissions"] == "refuse":
        raise forbidden("custom roles and policies are not part of the organization's plan")


def _validate_name(context: Context, body: JsonObject) -> str:
    body_checks.check(body, MEMBERS, ("name",))
    body_checks.check_name(body)
    refuse_custom(context)
    return str(body["name"])


def _system_roles(context: Context) -> list[Document]:
    return [{**_role(context, system_id(context, name), name), "system": True} for name in SYSTEM]


def _role(context: Context, id: str, name: str) -> Document:
    return {"id": id, "name": name, "organization_id": context.organization, "system": False}
