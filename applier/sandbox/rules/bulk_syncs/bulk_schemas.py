"""The schemas of a bulk sync: which schemas and fields are copied, under which names and with which filters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_list, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.filter_functions import FUNCTIONS
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found

OPTIONS = ("partition_key", "tracking_field", "data_cutoff_timestamp", "user_output_name")
FLAGS = ("disable_data_cutoff", "history_enabled")
MEMBERS = {
    "id": body_checks.is_text,
    "enabled": body_checks.is_flag,
    "fields": body_checks.is_list,
    "filters": body_checks.is_objects,
    **dict.fromkeys(OPTIONS, body_checks.is_text),
    **dict.fromkeys(FLAGS, body_checks.is_flag),
}
FIELD_MEMBERS = {
    "id": body_checks.is_text,
    "enabled": body_checks.is_flag,
    "obfuscate": body_checks.is_flag,
    "obfuscated": body_checks.is_flag,
    "user_output_name": body_checks.is_text,
}


def select_schemas(source: Sequence[Document], wanted: Sequence[object]) -> dict[str, Document]:
    """Return the selection that a list of ids and objects makes; an empty list selects everything."""
    known = {as_text(schema, "id"): schema for schema in source}
    selected: dict[str, Document] = {}
    for entry in wanted or list(known):
        sent = _schema_entry(entry)
        id = as_text(sent, "id")
        if id not in known:
            raise bad_request(f"schemas: the source has no schema {id}")
        selected[id] = normalise_schema(known[id], sent)
    not_selected = {id: schema for id, schema in known.items() if id not in selected}
    selected |= {id: {**normalise_schema(schema, {}), "enabled": False} for id, schema in not_selected.items()}
    return {id: selected[id] for id in known}


def normalise_schema(schema: Document, sent: JsonObject, enabled: bool = True) -> Document:
    """Return the selection in one schema as it is stored; without `fields` every field is selected."""
    filters = as_documents(sent.get("filters") or [])
    for condition in filters:
        body_checks.check(condition, {"field_id": body_checks.is_text}, ("function",), "filters: ")
        if condition["function"] not in FUNCTIONS:
            raise bad_request(f"filters: unknown function {condition['function']}")
    return {
        "enabled": enabled if sent.get("enabled") is None else sent["enabled"],
        "fields": _fields(schema, as_list(sent.get("fields") or [])),
        "filters": filters,
        **body_checks.present_members(sent, *OPTIONS),
        **{name: bool(sent.get(name)) for name in FLAGS},
    }


def patch_schemas(sync: Document, source: Sequence[Document], body: JsonObject) -> dict[str, Document]:
    """Change the listed schemas; members that are left out stay, except `fields`, without which all are selected."""
    body_checks.check(body, {"schemas": body_checks.is_objects}, ("schemas",))
    stored = current_schemas(sync, source)
    for entry in as_documents(body, "schemas"):
        sent = _schema_entry(entry)
        id = as_text(sent, "id")
        if id not in stored:
            raise not_found("schema", id)
        kept = {name: value for name, value in stored[id].items() if name != "fields"}
        stored[id] = normalise_schema(_find_schema(source, id), {**kept, **sent})
    return stored


def replace_schema(sync: Document, source: Sequence[Document], id: str, body: JsonObject) -> dict[str, Document]:
    body_checks.check(body, MEMBERS)
    stored = current_schemas(sync, source)
    if id not in stored:
        raise not_found("schema", id)
    return {**stored, id: normalise_schema(_find_schema(source, id), body)}


def current_schemas(sync: JsonObject, source: Sequence[Document]) -> dict[str, Document]:
    """Return the selection over the schemas and fields that the source has now; new ones join as the sync says."""
    stored = as_document(sync, "schemas")
    current: dict[str, Document] = {}
    for schema in source:
        id = as_text(schema, "id")
        if id not in stored:
            joins = _joins(as_text(sync, "automatically_add_new_objects"), schema, {})
            current[id] = normalise_schema(schema, {}, enabled=joins)
            continue
        known = as_document(stored, id)
        known_fields = as_document(known, "fields")
        joins = _joins(as_text(sync, "automatically_add_new_fields"), schema, known)
        fields = {name: known_fields.get(name) or {"enabled": joins} for name in _field_ids(schema)}
        current[id] = {**known, "fields": fields}
    return current


def _joins(wanted: str, schema: Document, selection: JsonObject) -> bool:
    """Return whether something new is selected. A schema with a tracking field or a time field is incremental."""
    has_time = any(field["type"] == "datetime" for field in as_documents(schema, "fields"))
    incremental = selection.get("tracking_field") or has_time
    return wanted in ("all", "onlyIncremental" if incremental else "onlyNonIncremental")


def schema_response(sync: JsonObject, source: Sequence[Document], id: str) -> Document:
    """Return one schema of a bulk sync with its fields and filters."""
    stored = current_schemas(sync, source)
    if id not in stored:
        raise not_found("schema", id)
    fields = []
    for name in as_document(stored[id], "fields"):
        field = as_document(stored[id], "fields", name)
        default_name = normalise_name(name, as_text(sync, "normalize_names"))
        fields.append(
            {
                "id": name,
                "enabled": bool(field.get("enabled")),
                "obfuscated": bool(field.get("obfuscated")),
                "output_name": field.get("user_output_name") or default_name,
                "user_output_name": field.get("user_output_name"),
            }
        )
    return {**schema_summary(sync, source, id, stored[id]), "fields": fields, "filters": stored[id]["filters"]}


def schema_summaries(sync: JsonObject, source: Sequence[Document], enabled: bool | None) -> list[Document]:
    """Return the schemas as the list has them, without fields and filters."""
    return [
        schema_summary(sync, source, id, selection)
        for id, selection in current_schemas(sync, source).items()
        if enabled is None or selection["enabled"] is enabled
    ]


def schema_summary(sync: JsonObject, source: Sequence[Document], id: str, selection: JsonObject) -> Document:
    default_name = output_name(id, source, as_text(sync, "normalize_names"))
    return {
        "id": id,
        "enabled": selection["enabled"],
        "output_name": selection.get("user_output_name") or default_name,
        **{name: selection.get(name) for name in OPTIONS},
        **{name: selection[name] for name in FLAGS},
    }


def output_name(id: str, source: Sequence[Document], normalize: str) -> str:
    """Return the name of the table: the last part of the id, or the whole id where two schemas share the last part."""
    last = id.rpartition(".")[2]
    shared = sum(as_text(schema, "id").rpartition(".")[2].lower() == last.lower() for schema in source) > 1
    return normalise_name(id.replace(".", "_") if shared else last, normalize)


def normalise_name(name: str, normalize: str) -> str:
    if normalize == "disabled":
        return name
    plain = re.sub(r"\W+", "_", name).strip("_") or "_"
    return plain.lower() if normalize == "enabled" else plain


def _schema_entry(entry: object) -> Document:
    """Return an entry of a list of schemas, which is an id or an object with an id, as an object."""
    sent = {"id": entry} if isinstance(entry, str) else entry
    if not isinstance(sent, dict):
        raise bad_request("schemas must be a list of ids or objects")
    body_checks.check(sent, MEMBERS, ("id",), "schemas: ")
    return sent


def _fields(schema: Document, wanted: Sequence[object]) -> dict[str, Document]:
    if not wanted:
        return {id: {"enabled": True} for id in _field_ids(schema)}
    selected: dict[str, Document] = {id: {"enabled": False} for id in _field_ids(schema)}
    for entry in wanted:
        sent = {"id": entry} if isinstance(entry, str) else entry
        if not isinstance(sent, dict):
            raise bad_request("fields must be a list of ids or objects")
        body_checks.check(sent, FIELD_MEMBERS, ("id",), "fields: ")
        id = as_text(sent, "id")
        if id not in selected:
            raise bad_request(f"fields: schema {schema['id']} has no field {id}")
        selected[id] = {
            "enabled": True if sent.get("enabled") is None else sent["enabled"],
            "obfuscated": bool(sent.get("obfuscate") or sent.get("obfuscated")),
            **body_checks.present_members(sent, "user_output_name"),
        }
    return selected


def _field_ids(schema: Document) -> list[str]:
    return [as_text(field, "id") for field in as_documents(schema, "fields")]


def _find_schema(source: Sequence[Document], id: str) -> Document:
    for schema in source:
        if schema["id"] == id:
            return schema
    raise Refusal(404, f"schema {id} not found")
