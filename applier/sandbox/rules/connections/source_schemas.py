"""The schemas of a connection with their fields, and what users change in them: fields and primary keys."""

from __future__ import annotations

from itertools import islice

from applier.sandbox import databases
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.record_stores import has_records, open_for_request
from applier.sandbox.rules.connections.schema_cache import lock, read_cache, save
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.refusals import bad_request, not_found

RECORDS = 10
FIELD_MEMBERS = {
    "field_id": body_checks.is_text,
    "label": body_checks.is_text,
    "type": body_checks.is_text,
    "path": body_checks.is_text,
}
KEY_MEMBERS = {"field_id": body_checks.is_text, "is_primary_key": body_checks.is_flag}
OVERRIDABLE = ("label", "type", "path", "example", "definition")


def list_schemas(context: Context, connection: JsonObject) -> list[Document]:
    """Return every schema of the connection with its fields."""
    if not has_records(connection):
        return []
    with open_for_request(context, connection) as database:
        found = {table: database.columns({"table": table}) for table in database.tables()}
    cache = read_cache(context, as_text(connection, "id"))
    return [_schema(cache, id, columns) for id, columns in found.items()]


def read(context: Context, connection_id: str, id: str) -> Document:
    found = find(list_schemas(context, context.fetch("connection", connection_id)), id)
    if found is None:
        raise not_found("schema", id)
    return found


def find(schemas: list[Document], id: str) -> Document | None:
    return next((schema for schema in schemas if schema["id"] == id), None)


def records(context: Context, connection_id: str, id: str) -> list[Document]:
    """Return the first rows of a schema."""
    read(context, connection_id, id)
    with open_for_request(context, context.fetch("connection", connection_id)) as database:
        rows = [row for batch in islice(database.read({"table": id}, batch=RECORDS), 1) for row in batch[:RECORDS]]
    return to_json(rows)


def put_fields(context: Context, connection_id: str, id: str, body: JsonObject) -> None:
    """Create user-defined fields, or replace those with the same id."""
    body_checks.check(body, {"fields": body_checks.is_objects}, ("fields",))
    sent = as_documents(body, "fields")
    for field in sent:
        body_checks.check(field, FIELD_MEMBERS, ("field_id", "label", "type"), "fields: ")
    read(context, connection_id, id)
    cache = lock(context, connection_id)
    added = {as_text(field, "field_id"): body_checks.present_members(field, *OVERRIDABLE) for field in sent}
    _save_part(context, cache, "fields", id, {**_part(cache, "fields", id), **added})


def change_field(context: Context, connection_id: str, id: str, field_id: str, body: JsonObject) -> Document:
    body_checks.check(body, FIELD_MEMBERS)
    cache = lock(context, connection_id)
    known = _user_fields(cache, id, field_id)
    field = {**as_document(known, field_id), **body_checks.present_members(body, *OVERRIDABLE)}
    _save_part(context, cache, "fields", id, {**known, field_id: field})
    schema = read(context, connection_id, id)
    return next(field for field in as_documents(schema, "fields") if field["id"] == field_id)


def delete_field(context: Context, connection_id: str, id: str, field_id: str) -> None:
    cache = lock(context, connection_id)
    known = _user_fields(cache, id, field_id)
    _save_part(context, cache, "fields", id, {name: field for name, field in known.items() if name != field_id})


def put_keys(context: Context, connection_id: str, id: str, body: JsonObject) -> None:
    """Replace the primary key of a schema."""
    body_checks.check(body, {"fields": body_checks.is_objects}, ("fields",))
    known = {field["id"] for field in as_documents(read(context, connection_id, id), "fields")}
    sent = as_documents(body, "fields")
    for field in sent:
        body_checks.check(field, KEY_MEMBERS, ("field_id", "is_primary_key"), "fields: ")
        if field["field_id"] not in known:
            raise bad_request(f"fields: the schema has no field {field['field_id']}")
    cache = lock(context, connection_id)
    keys = {as_text(field, "field_id"): field["is_primary_key"] for field in sent}
    _save_part(context, cache, "keys", id, keys)


def reset_keys(context: Context, connection_id: str, id: str) -> None:
    read(context, connection_id, id)
    _save_part(context, lock(context, connection_id), "keys", id, {})


def _save_part(context: Context, cache: Document, part: str, schema: str, members: Document) -> None:
    save(context, {**cache, part: {**as_document(cache, part), schema: members}})


def _part(cache: JsonObject, part: str, schema: str) -> Document:
    """Return what users have changed in a schema: its `fields` or its `keys`."""
    return as_document(as_document(cache, part).get(schema, {}))


def _user_fields(cache: Document, id: str, field_id: str) -> Document:
    known = _part(cache, "fields", id)
    if field_id not in known:
        raise not_found("user-defined field", field_id)
    return known


def _schema(cache: JsonObject, id: str, columns: list[databases.Column]) -> Document:
    keys = _part(cache, "keys", id)
    fields = [_field(column, keys) for column in columns]
    fields += [_user_field(name, as_document(field), keys) for name, field in _part(cache, "fields", id).items()]
    return {"id": id, "name": id, "fields": fields}


def _field(column: databases.Column, keys: JsonObject) -> Document:
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


def _user_field(name: str, field: JsonObject, keys: JsonObject) -> Document:
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
