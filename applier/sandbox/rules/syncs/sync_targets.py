"""The `target` of a sync: check it, complete it, and create the object that it asks for."""

from __future__ import annotations

from applier.sandbox import databases
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_optional_text, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.connections.record_stores import (
    CREATED_OBJECT,
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

MEMBERS = {
    "connection_id": body_checks.is_identifier,
    "object": body_checks.is_text,
    "create": body_checks.is_object,
    "new_name": body_checks.is_text,
    "configuration": body_checks.is_object,
    "search_values": body_checks.is_object,
    "filter_logic": body_checks.is_text,
}


def normalise_target(context: Context, target: JsonObject) -> tuple[Document, Document, TargetDescription]:
    """Return the connection, the target as it is stored (with `create` still in it), and its description."""
    body_checks.check(target, MEMBERS, ("connection_id",), "target: ")
    connection = context.session.get("connection", as_text(target, "connection_id"), context.organization)
    if connection is None:
        raise bad_request(f"target: connection {target['connection_id']} does not exist")
    reason = missing_capability(connection, "destination")
    if reason:
        raise bad_request(f"target: {reason}")
    access_checks.check(context, "connection", access_checks.SYNC_TO, connection)
    check_authorized(context, connection)
    named, create = as_optional_text(target.get("object")), target.get("create")
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
        return connection, {**stored, "create": create}, describe_new_target(connection, as_document(create))
    found = describe_target(context, connection, str(named))
    if found is None:
        if context.switches["field_references"] == "refuse":
            raise bad_request(f"target: object {named} does not exist")
        found = TargetDescription(str(named), str(named), ())
    return connection, {**stored, "object": named, "search_values": search_values(str(named))}, found


def create_target(context: Context, connection: Document, target: Document, content: JsonObject) -> Document:
    """Create the object, and return the target with its name."""
    check_properties(connection, as_document(target, "create"))
    stored = {member: value for member, value in target.items() if member != "create"}
    if is_database(connection):
        name = _create_table(context, connection, as_text(target, "create", "name"), content)
    elif creation_of(connection):
        name = _create_object(context, connection, as_document(target, "create"), content)
    else:
        name = as_text(target, "create", "name")
    return {**stored, "object": name, "search_values": search_values(name)}


def search_values(name: str) -> Document:
    schema, dot, _ = name.partition(".")
    return {"schema": schema, "table": name} if dot else {"table": name}


def source_type(context: Context, member: JsonObject) -> str:
    """Return the Polytomic type of what a mapping takes its value from; a constant is a string."""
    if not member.get("source"):
        return "string"
    source = as_document(member, "source")
    model = context.session.get("model", as_text(source, "model_id"), context.organization) or {}
    for field in as_documents(model.get("fields") or []):
        if field["name"] == source["field"]:
            return as_text(field, "type")
    return "string"


def _create_table(context: Context, connection: Document, wanted: str, content: JsonObject) -> str:
    with open_for_request(context, connection) as database:
        name = _free_name(context, wanted, set(database.tables()))
        database.create_table(name, _new_columns(context, content))
        return name


def _create_object(context: Context, connection: Document, properties: JsonObject, content: JsonObject) -> str:
    """Create an object of a service and return its id; one without fields of its own gets those that the sync maps."""
    context.session.begin()
    created = context.session.find_all(CREATED_OBJECT, context.organization, parent=as_text(connection, "id"))
    name = _free_name(context, as_text(properties, "name"), {as_text(entry, "properties", "name") for entry in created})
    properties = {**properties, "name": name}
    creation = creation_of(connection)
    id = new_id()
    if creation is not None:
        known = creation.make(id, properties)
        id = known.id
        entry = {"id": new_id(), "object": id, "properties": properties, **stamp(context)}
        context.save(CREATED_OBJECT, entry, parent=as_text(connection, "id"))
        if not known.fields:
            with open_for_request(context, connection) as store:
                store.create_table(id, _new_columns(context, content))
    return id


def _free_name(context: Context, name: str, taken: set[str]) -> str:
    """Return the name if it is free; if it is taken, refuse it or return the next one, as the switch says."""
    if name not in taken:
        return name
    if context.switches["repeated_target_create"] == "refuse":
        raise bad_request(f"target: {name} already exists")
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _new_columns(context: Context, content: JsonObject) -> list[databases.NewColumn]:
    members = [
        *as_documents(content, "identities", "mappings"),
        *as_documents(content, "fields"),
        *as_documents(content, "override_fields"),
    ]
    return [databases.NewColumn(as_text(member, "target"), source_type(context, member)) for member in members]
