"""What a bulk sync copies: schemas and fields chosen, named and filtered; new ones join as the sync says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.filter_functions import FUNCTIONS
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found
from applier.sandbox.store import Document

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


def select_schemas(source: Sequence[Document], wanted: Sequence[Any] | None) -> dict[str, Document]:
    """The choice that a list of ids and objects makes; no list chooses everything."""
    listed = [
        {"id": sent} if isinstance(sent, str) else sent for sent in wanted or [{"id": one["id"]} for one in source]
    ]
    known, chosen = {schema["id"]: schema for schema in source}, {}
    for sent in listed:
        if not isinstance(sent, dict):
            raise bad_request("schemas must be a list of ids or objects")
        body_checks.check(sent, MEMBERS, ("id",), "schemas: ")
        if sent["id"] not in known:
            raise bad_request(f"schemas: the source has no schema {sent['id']}")
        chosen[sent["id"]] = normalise_schema(known[sent["id"]], sent)
    return {id: chosen.get(id) or {**normalise_schema(schema, {}), "enabled": False} for id, schema in known.items()}


def normalise_schema(schema: Document, sent: Mapping[str, Any], enabled: bool = True) -> Document:
    """One schema's choice as it is stored; leaving out the fields chooses all of them."""
    for condition in sent.get("filters") or []:
        body_checks.check(condition, {"field_id": body_checks.is_text}, ("function",), "filters: ")
        if condition["function"] not in FUNCTIONS:
            raise bad_request(f"filters: unknown function {condition['function']}")
    return {
        "enabled": enabled if sent.get("enabled") is None else sent["enabled"],
        "fields": _fields(schema, sent.get("fields")),
        "filters": sent.get("filters") or [],
        **body_checks.present_members(sent, *OPTIONS),
        **{name: bool(sent.get(name)) for name in FLAGS},
    }


def patch_schemas(sync: Document, source: Sequence[Document], body: Mapping[str, Any]) -> dict[str, Document]:
    """Change the listed schemas only; within one, what is left out stays, but left-out fields mean all fields."""
    body_checks.check(body, {"schemas": body_checks.is_objects}, ("schemas",))
    stored = current_schemas(sync, source)
    for sent in body["schemas"]:
        body_checks.check(sent, MEMBERS, ("id",), "schemas: ")
        before = stored.get(sent["id"])
        if before is None:
            raise not_found("schema", sent["id"])
        kept = {name: value for name, value in before.items() if name != "fields"}
        stored[sent["id"]] = normalise_schema(_find_schema(source, sent["id"]), {**kept, **sent})
    return stored


def replace_schema(sync: Document, source: Sequence[Document], id: str, body: Mapping[str, Any]) -> dict[str, Document]:
    body_checks.check(body, MEMBERS)
    stored = current_schemas(sync, source)
    if id not in stored:
        raise not_found("schema", id)
    return {**stored, id: normalise_schema(_find_schema(source, id), body)}


def current_schemas(sync: Mapping[str, Any], source: Sequence[Document]) -> dict[str, Document]:
    """The choice over the schemas that the source has now."""
    stored = sync["schemas"]
    found = {}
    for schema in source:
        known = stored.get(schema["id"])
        if known is None:
            joins = _joins(sync["automatically_add_new_objects"], schema, {})
            found[schema["id"]] = normalise_schema(schema, {}, enabled=joins)
            continue
        joins = _joins(sync["automatically_add_new_fields"], schema, known)
        fields = {one["id"]: known["fields"].get(one["id"]) or {"enabled": joins} for one in schema["fields"]}
        found[schema["id"]] = {**known, "fields": fields}
    return found


def _joins(wanted: str, schema: Document, choice: Mapping[str, Any]) -> bool:
    """Whether something new is added; a schema is incremental when it is tracked, or has a time that could be."""
    incremental = choice.get("tracking_field") or any(field["type"] == "datetime" for field in schema["fields"])
    return wanted in ("all", "onlyIncremental" if incremental else "onlyNonIncremental")


def schema_response(sync: Mapping[str, Any], source: Sequence[Document], id: str) -> Document:
    """One schema of a bulk sync with its fields and filters."""
    stored = current_schemas(sync, source)
    if id not in stored:
        raise not_found("schema", id)
    fields = [
        {
            "id": name,
            "enabled": bool(field.get("enabled")),
            "obfuscated": bool(field.get("obfuscated")),
            "output_name": field.get("user_output_name") or normalise_name(name, sync["normalize_names"]),
            "user_output_name": field.get("user_output_name"),
        }
        for name, field in stored[id]["fields"].items()
    ]
    return {**schema_summary(sync, source, id, stored[id]), "fields": fields, "filters": stored[id]["filters"]}


def schema_summaries(sync: Mapping[str, Any], source: Sequence[Document], enabled: bool | None) -> list[Document]:
    """The schemas without fields and filters, as the list shows them."""
    return [
        schema_summary(sync, source, id, choice)
        for id, choice in current_schemas(sync, source).items()
        if enabled is None or choice["enabled"] is enabled
    ]


def schema_summary(sync: Mapping[str, Any], source: Sequence[Document], id: str, choice: Mapping[str, Any]) -> Document:
    return {
        "id": id,
        "enabled": choice["enabled"],
        "output_name": choice.get("user_output_name") or output_name(id, source, sync["normalize_names"]),
        **{name: choice.get(name) for name in OPTIONS},
        **{name: choice[name] for name in FLAGS},
    }


def output_name(id: str, source: Sequence[Document], normalize: str) -> str:
    """The table that a schema becomes: its last part, with the rest before it where two would share the name."""
    last = id.rpartition(".")[2]
    shared = sum(schema["id"].rpartition(".")[2].lower() == last.lower() for schema in source) > 1
    return normalise_name(id.replace(".", "_") if shared else last, normalize)


def normalise_name(name: str, normalize: str) -> str:
    if normalize == "disabled":
        return name
    plain = re.sub(r"\W+", "_", name).strip("_") or "_"
    return plain.lower() if normalize == "enabled" else plain


def _fields(schema: Document, wanted: Sequence[Any] | None) -> dict[str, Document]:
    known = [field["id"] for field in schema["fields"]]
    if not wanted:
        return {id: {"enabled": True} for id in known}
    chosen: dict[str, Document] = {id: {"enabled": False} for id in known}
    for field in wanted:
        sent = {"id": field} if isinstance(field, str) else field
        if not isinstance(sent, dict):
            raise bad_request("fields must be a list of ids or objects")
        body_checks.check(sent, FIELD_MEMBERS, ("id",), "fields: ")
        if sent["id"] not in chosen:
            raise bad_request(f"fields: schema {schema['id']} has no field {sent['id']}")
        obfuscated = bool(sent.get("obfuscate") or sent.get("obfuscated"))
        enabled = True if sent.get("enabled") is None else sent["enabled"]
        named = body_checks.present_members(sent, "user_output_name")
        chosen[sent["id"]] = {"enabled": enabled, "obfuscated": obfuscated, **named}
    return chosen


def _find_schema(source: Sequence[Document], id: str) -> Document:
    for schema in source:
        if schema["id"] == id:
            return schema
    raise Refusal(404, f"schema {id} not found")
