"""The target of a sync: the object exists, or is created, and comes back completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules import bodies, targets
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import malformed
from applier.sandbox.rules.sources import is_database, opened
from applier.sandbox.store import Document

MEMBERS = {
    "connection_id": bodies.is_identifier,
    "object": bodies.is_text,
    "create": bodies.is_object,
    "new_name": bodies.is_text,
    "configuration": bodies.is_object,
    "search_values": bodies.is_object,
    "filter_logic": bodies.is_text,
}
Columns = list[databases.Column] | None


def normalised_target(context: Context, target: Mapping[str, Any]) -> tuple[Document, Document, Columns]:
    """The connection, the target as it is stored (`create` still in it), and its columns where they are known."""
    bodies.check(target, MEMBERS, ("connection_id",), "target: ")
    connection = context.session.get("connection", target["connection_id"], context.organization)
    if connection is None:
        raise malformed(f"target: connection {target['connection_id']} does not exist")
    named, create = target.get("object"), target.get("create")
    if (named or "").startswith("__pt_new_"):
        if not target.get("new_name"):
            raise malformed(f"target: new_name is required with object {named}")
        named, create = None, {"name": target["new_name"]}
    if bool(named) == bool(create):
        raise malformed("target: exactly one of object and create is required")
    stored = {
        "connection_id": connection["id"],
        "configuration": target.get("configuration") or {},
        **bodies.given(target, "filter_logic"),
    }
    if create:
        return connection, {**stored, "create": create}, None
    columns = targets.columns(context, connection, str(named))
    if columns is None and context.switches["field_references"] == "refuse":
        raise malformed(f"target: object {named} does not exist")
    return connection, {**stored, "object": named, "search_values": search_values(str(named))}, columns or None


def created_target(context: Context, connection: Document, target: Document, content: Mapping[str, Any]) -> Document:
    """Create the target object with a column per mapped field; the answer names it as an existing one."""
    name = target["create"].get("name")
    if not isinstance(name, str) or not name:
        raise malformed("target: create: name is required")
    if is_database(connection):
        with opened(context, connection) as database:
            if name in database.tables():
                raise malformed(f"target: {name} already exists")
            database.create_table(name, _new_columns(context, content))
    stored = {member: value for member, value in target.items() if member != "create"}
    return {**stored, "object": name, "search_values": search_values(name)}


def search_values(name: str) -> Document:
    schema, dot, _ = name.partition(".")
    return {"schema": schema, "table": name} if dot else {"table": name}


def _new_columns(context: Context, content: Mapping[str, Any]) -> list[databases.NewColumn]:
    identity = content.get("identity")
    members = [*([identity] if identity else []), *content["fields"], *content["override_fields"]]
    return [databases.NewColumn(member["target"], source_type(context, member.get("source"))) for member in members]


def source_type(context: Context, source: Mapping[str, Any] | None) -> str:
    """The Polytomic type of what a mapping takes its value from; a constant is a string."""
    model = context.session.get("model", source["model_id"], context.organization) if source else None
    for field in (model or {}).get("fields") or []:
        if source and field["name"] == source["field"]:
            return str(field["type"])
    return "string"
