"""What a connection offers to be copied: its schemas with their fields, user-made fields and other primary keys in."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.record_stores import has_records, open_for_request
from applier.sandbox.rules.connections.schema_cache import lock, read_cache, save
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.refusals import bad_request, not_found
from applier.sandbox.store import Document

RECORDS = 10
FIELD_MEMBERS = {
    "field_id": body_checks.is_text,
    "label": body_checks.is_text,
    "type": body_checks.is_text,
    "path": body_checks.is_text,
}
KEY_MEMBERS = {"field_id": body_checks.is_text, "is_primary_key": body_checks.is_flag}
OVERRIDABLE = ("label", "type", "path", "example", "definition")


def list_schemas(context: Context, connection: Mapping[str, Any]) -> list[Document]:
    """Every schema of the connection with its fields."""
    if not has_records(connection):
        return []
    with open_for_request(context, connection) as database:
        found = {table: database.columns({"table": table}) for table in database.tables()}
    cache = read_cache(context, connection["id"])
    return [_schema(cache, id, columns) for id, columns in found.items()]


def read(context: Context, connection_id: str, id: str) -> Document:
    found = find(list_schemas(context, context.fetch("connection", connection_id)), id)
    if found is None:
        raise not_found("schema", id)
    return found


def find(schemas: list[Document], id: str) -> Document | None:
    return next((schema for schema in schemas if schema["id"] == id), None)


def records(context: Context, connection_id: str, id: str) -> list[Document]:
    """The first rows of a schema, in a form that JSON has."""
    read(context, connection_id, id)
    with open_for_request(context, context.fetch("connection", connection_id)) as database:
        rows = [row for batch in islice(database.read({"table": id}, batch=RECORDS), 1) for row in batch[:RECORDS]]
    found: list[Document] = to_json(rows)
    return found


def put_fields(context: Context, connection_id: str, id: str, body: Mapping[str, Any]) -> None:
    """Make fields, or change those of the same id."""
    body_checks.check(body, {"fields": body_checks.is_objects}, ("fields",))
    for field in body["fields"]:
        body_checks.check(field, FIELD_MEMBERS, ("field_id", "label", "type"), "fields: ")
    read(context, connection_id, id)
    cache = lock(context, connection_id)
    added = {field["field_id"]: body_checks.present_members(field, *OVERRIDABLE) for field in body["fields"]}
    _save_part(context, cache, "fields", id, {**cache["fields"].get(id, {}), **added})


def change_field(context: Context, connection_id: str, id: str, field_id: str, body: Mapping[str, Any]) -> Document:
    body_checks.check(body, FIELD_MEMBERS)
    cache = lock(context, connection_id)
    known = _user_fields(cache, id, field_id)
    _save_part(
        context,
        cache,
        "fields",
        id,
        {**known, field_id: {**known[field_id], **body_checks.present_members(body, *OVERRIDABLE)}},
    )
    schema = read(context, connection_id, id)
    return next(field for field in schema["fields"] if field["id"] == field_id)


def delete_field(context: Context, connection_id: str, id: str, field_id: str) -> None:
    cache = lock(context, connection_id)
    known = _user_fields(cache, id, field_id)
    _save_part(context, cache, "fields", id, {name: field for name, field in known.items() if name != field_id})


def put_keys(context: Context, connection_id: str, id: str, body: Mapping[str, Any]) -> None:
    """Say which fields are the primary key; replaces what was said before."""
    body_checks.check(body, {"fields": body_checks.is_objects}, ("fields",))
    known = {field["id"] for field in read(context, connection_id, id)["fields"]}
    for field in body["fields"]:
        body_checks.check(field, KEY_MEMBERS, ("field_id", "is_primary_key"), "fields: ")
        if field["field_id"] not in known:
            raise bad_request(f"fields: the schema has no field {field['field_id']}")
    cache = lock(context, connection_id)
    _save_part(context, cache, "keys", id, {field["field_id"]: field["is_primary_key"] for field in body["fields"]})


def reset_keys(context: Context, connection_id: str, id: str) -> None:
    read(context, connection_id, id)
    _save_part(context, lock(context, connection_id), "keys", id, {})


def _save_part(context: Context, cache: Document, part: str, schema: str, members: Document) -> None:
    save(context, {**cache, part: {**cache[part], schema: members}})


def _user_fields(cache: Document, id: str, field_id: str) -> Document:
    known: Document = cache["fields"].get(id, {})
    if field_id not in known:
        raise not_found("user-defined field", field_id)
    return known


def _schema(cache: Mapping[str, Any], id: str, columns: list[databases.Column]) -> Document:
    keys = cache["keys"].get(id, {})
    fields = [_field(column, keys) for column in columns]
    fields += [_user_field(name, field, keys) for name, field in cache["fields"].get(id, {}).items()]
    return {"id": id, "name": id, "fields": fields}


def _field(column: databases.Column, keys: Mapping[str, bool]) -> Document:
    is_key = keys.get(column.name, column.primary_key)
    return {
        "id": column.name,
        "name": column.name,
        "type": column.type,
        "type_spec": column.type,
        "remote_type": column.native,
        "is_primary_key": is_key,
        "association": None,
        "values": None,
        "source_primary_key": column.primary_key,
        "primary_key_override": is_key != column.primary_key,
        "user_managed": False,
    }


def _user_field(name: str, field: Mapping[str, Any], keys: Mapping[str, bool]) -> Document:
    return {
        "id": name,
        "name": field.get("label", name),
        "type": field["type"],
        "type_spec": field.get("definition", field["type"]),
        "remote_type": "",
        "is_primary_key": keys.get(name, False),
        "association": None,
        "values": None,
        "source_primary_key": False,
        "primary_key_override": keys.get(name, False),
        "user_managed": True,
        "path": field.get("path", name),
    }
