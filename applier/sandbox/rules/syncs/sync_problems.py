"""The `problems` of a sync: references that have become wrong since it was saved."""

from __future__ import annotations

from collections.abc import Iterator

from applier.sandbox.catalogues import Object
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text, as_texts
from applier.sandbox.rules.connections.record_stores import find_object
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.syncs.identities import mappings_of

CREATING = ("create", "updateOrCreate", "append", "replace")


def problems_of(context: Context, sync: JsonObject) -> list[Document]:
    """Return the problems that can be found without asking a database."""
    return [*_of_sources(context, sync), *_of_target(context, sync)]


def _of_sources(context: Context, sync: JsonObject) -> Iterator[Document]:
    models = {id: context.session.get("model", id, context.organization) for id in as_texts(sync, "model_ids")}
    enrichers = {as_document((model or {}).get("enricher", {})).get("enricher_id") for model in models.values()}
    for path, source in _sources(sync):
        if source["model_id"] in enrichers:
            continue
        model = models.get(as_text(source, "model_id"))
        if model is None:
            yield _problem("model_not_found", f"{path}.model_id", f"model {source['model_id']} does not exist")
            continue
        names = {field["name"] for field in as_documents(model, "fields")}
        if names and source["field"] not in names:
            message = f"model {model['name']} has no field named {source['field']}"
            yield _problem("source_field_not_found", f"{path}.field", message)


def _of_target(context: Context, sync: JsonObject) -> Iterator[Document]:
    connection = context.session.get("connection", as_text(sync, "target", "connection_id"), context.organization)
    if connection is None:
        yield _problem("connection_not_found", "target.connection_id", "the target's connection does not exist")
        return
    known = find_object(context, connection, as_text(sync, "target", "object"))
    if known is not None and sync["mode"] in CREATING:
        yield from _unmapped_required_fields(known, sync)


def _unmapped_required_fields(known: Object, sync: JsonObject) -> Iterator[Document]:
    members = [*as_documents(sync, "fields"), *as_documents(sync, "override_fields"), *mappings_of(sync)]
    mapped = {member["target"] for member in members}
    for field in known.fields:
        if field.required and field.id not in mapped:
            message = f"required target field {field.id} is not mapped"
            yield _problem("required_field_not_mapped", "fields", message)


def _sources(sync: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for index, field in enumerate(as_documents(sync, "fields")):
        if "source" in field:
            yield f"fields[{index}].source", as_document(field, "source")
    for index, mapping in enumerate(mappings_of(sync)):
        yield f"identities.mappings[{index}].source", as_document(mapping, "source")
    for index, override in enumerate(as_documents(sync, "overrides")):
        yield f"overrides[{index}].field", as_document(override, "field")


def _problem(code: str, path: str, message: str) -> Document:
    return {"code": code, "message": message, "path": path, "severity": "error"}
