"""The target of a sync: the object exists, or is created, and comes back completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.connections.record_stores import (
    MADE,
    check_authorized,
    is_database,
    missing_capability,
    open_for_request,
)
from applier.sandbox.rules.connections.target_descriptions import (
    TargetDescription,
    check_properties,
    creation_of,
    describe_new_target,
    describe_target,
)
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.store import Document

MEMBERS = {
    "connection_id": body_checks.is_identifier,
    "object": body_checks.is_text,
    "create": body_checks.is_object,
    "new_name": body_checks.is_text,
    "configuration": body_checks.is_object,
    "search_values": body_checks.is_object,
    "filter_logic": body_checks.is_text,
}


def normalise_target(context: Context, target: Mapping[str, Any]) -> tuple[Document, Document, TargetDescription]:
    """The connection, the target as it is stored (`create` still in it), and what is known of it."""
    body_checks.check(target, MEMBERS, ("connection_id",), "target: ")
    connection = context.session.get("connection", target["connection_id"], context.organization)
    if connection is None:
        raise bad_request(f"target: connection {target['connection_id']} does not exist")
    reason = missing_capability(connection, "destination")
    if reason:
        raise bad_request(f"target: {reason}")
    access_checks.check(context, "connection", access_checks.SYNC_TO, connection)
    check_authorized(context, connection)
    named, create = target.get("object"), target.get("create")
    if (named or "").startswith("__pt_new_"):
        if not target.get("new_name"):
            raise bad_request(f"target: new_name is required with object {named}")
        named, create = None, {"name": target["new_name"]}
    if bool(named) == bool(create):
        raise bad_request("target: exactly one of object and create is required")
    stored = {
        "connection_id": connection["id"],
        "configuration": target.get("configuration") or {},
        **body_checks.present_members(target, "filter_logic"),
    }
    if create:
        return connection, {**stored, "create": create}, describe_new_target(connection, create)
    found = describe_target(context, connection, str(named))
    if found is None:
        if context.switches["field_references"] == "refuse":
            raise bad_request(f"target: object {named} does not exist")
        found = TargetDescription(str(named), str(named), ())
    return connection, {**stored, "object": named, "search_values": search_values(str(named))}, found


def create_target(context: Context, connection: Document, target: Document, content: Mapping[str, Any]) -> Document:
    """Create the target; the answer names it as an existing one."""
    check_properties(connection, target["create"])
    stored = {member: value for member, value in target.items() if member != "create"}
    if is_database(connection):
        name = _create_table(context, connection, target["create"]["name"], content)
    elif creation_of(connection):
        name = _create_object(context, connection, target["create"], content)
    else:
        name = target["create"]["name"]
    return {**stored, "object": name, "search_values": search_values(name)}


def search_values(name: str) -> Document:
    schema, dot, _ = name.partition(".")
    return {"schema": schema, "table": name} if dot else {"table": name}


def source_type(context: Context, source: Mapping[str, Any] | None) -> str:
    """The Polytomic type of what a mapping takes its value from; a constant is a string."""
    model = context.session.get("model", source["model_id"], context.organization) if source else None
    for field in (model or {}).get("fields") or []:
        if source and field["name"] == source["field"]:
            return str(field["type"])
    return "string"


def _create_table(context: Context, connection: Document, wanted: str, content: Mapping[str, Any]) -> str:
    with open_for_request(context, connection) as database:
        name = _free_name(context, wanted, set(database.tables()))
        database.create_table(name, _new_columns(context, content))
        return name


def _create_object(
    context: Context, connection: Document, properties: Mapping[str, str], content: Mapping[str, Any]
) -> str:
    """An object of a service; some have their own fields, others get those that the sync maps."""
    context.session.begin()
    made = context.session.find_all(MADE, context.organization, parent=connection["id"])
    name = _free_name(context, properties["name"], {entry["properties"]["name"] for entry in made})
    properties = {**properties, "name": name}
    creation = creation_of(connection)
    id = new_id()
    if creation is not None:
        known = creation.make(id, properties)
        id = known.id
        context.save(
            MADE, {"id": new_id(), "object": id, "properties": properties, **stamp(context)}, parent=connection["id"]
        )
        if not known.fields:
            with open_for_request(context, connection) as store:
                store.create_table(id, _new_columns(context, content))
    return id


def _free_name(context: Context, name: str, taken: set[str]) -> str:
    """The name, when it is not taken; else, where that is switched on, the next one beside it."""
    if name not in taken:
        return name
    if context.switches["repeated_target_create"] == "refuse":
        raise bad_request(f"target: {name} already exists")
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _new_columns(context: Context, content: Mapping[str, Any]) -> list[databases.NewColumn]:
    members = [*content["identities"]["mappings"], *content["fields"], *content["override_fields"]]
    return [databases.NewColumn(member["target"], source_type(context, member.get("source"))) for member in members]
