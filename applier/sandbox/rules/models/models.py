"""Models: create, read, replace, sample and delete them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_integer, as_text, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections import modelsync_sources
from applier.sandbox.rules.connections.record_stores import (
    has_records,
    missing_capability,
    open_for_request,
)
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.models import enrichment
from applier.sandbox.rules.refusals import bad_request

KIND = "model"
SAMPLE_SIZE = 10
MEMBERS = {
    "name": body_checks.is_text,
    "connection_id": body_checks.is_identifier,
    "configuration": body_checks.is_object,
    "fields": body_checks.is_texts,
    "additional_fields": body_checks.is_objects,
    "relations": body_checks.is_objects,
    "identifier": body_checks.is_text,
    "tracking_columns": body_checks.is_texts,
    "enricher": body_checks.is_object,
    "labels": body_checks.is_identifiers,
    "policies": body_checks.is_identifiers,
    "organization_id": body_checks.is_identifier,
    "refresh": body_checks.is_flag,
}
REQUIRED = ("name", "connection_id", "configuration")
ADDITIONAL_MEMBERS = {
    "name": body_checks.is_text,
    "label": body_checks.is_text,
    "type": body_checks.is_text,
    "example": body_checks.is_anything,
}
RELATION_MEMBERS = {"from": body_checks.is_text, "to": body_checks.is_object}
RELATION_END_MEMBERS = {"model_id": body_checks.is_identifier, "field": body_checks.is_text}


def create(context: Context, body: JsonObject) -> Document:
    document = preview(context, body)
    context.session.begin()
    context.fetch("connection", as_text(document, "connection_id"))
    return context.save(KIND, document)


def preview(context: Context, body: JsonObject) -> Document:
    """Return the model that a body describes, without storing it."""
    id = new_id()
    return {"id": id, **_build_document(context, id, body, None), "version": 1, **stamp(context)}


def replace(context: Context, id: str, body: JsonObject) -> Document:
    document = _build_document(context, id, body, context.fetch(KIND, id))
    context.session.begin()
    before = context.fetch(KIND, id)
    version = as_integer(before, "version") + 1
    return context.save(KIND, {"id": id, **document, "version": version, **stamp(context, before)})


def delete(context: Context, id: str) -> None:
    """Delete a model. One in use can be deleted too; the syncs that use it fail from then on."""
    context.session.begin()
    context.fetch(KIND, id)
    context.delete(KIND, id)


def to_response(context: Context, model: JsonObject) -> Document:
    audit = {name: model[name] for name in ("created_at", "created_by", "updated_at")}
    fields = [{**field, **audit} for field in as_documents(model, "fields")]
    labels = [{"id": id} for id in as_texts(model, "labels")]
    return {**model, "fields": context.in_switched_order(fields), "labels": labels}


def to_list_entry(context: Context, model: JsonObject) -> Document:
    """Return a model as an entry of the list."""
    entry = to_response(context, model)
    if context.switches["model_list_fields"] == "without":
        del entry["fields"]
    return entry


def sample(context: Context, id: str) -> Document:
    """Return the first records of the model's source."""
    model = context.fetch(KIND, id)
    connection = context.fetch("connection", as_text(model, "connection_id"))
    records: list[Document] = []
    if has_records(connection):
        names = [as_text(field, "name") for field in as_documents(model, "fields") if not field["user_added"]]
        choice = modelsync_sources.read_choice(context, connection, as_document(model, "configuration"))
        with open_for_request(context, connection) as database:
            for batch in database.read(choice, batch=SAMPLE_SIZE):
                records = [{id: {name: row.get(name) for name in names}} for row in batch[:SAMPLE_SIZE]]
                break
    return {"records": to_json(_add_enrichment(context, model, records)), "warnings": []}


def _add_enrichment(context: Context, model: JsonObject, records: list[Document]) -> list[Document]:
    """Return the records with the values that the model's enrichment adds, under the enrichment's id."""
    if not model.get("enricher"):
        return records
    enricher = as_document(model, "enricher")
    field, values = enrichment.lookup_values(context, enricher)
    id, names = as_text(enricher, "enricher_id"), [as_text(one, "name") for one in as_documents(enricher, "fields")]
    enriched = []
    for record in records:
        row = values.get(str(as_document(record, as_text(model, "id")).get(field)), {})
        enriched.append({**record, id: {name: row.get(name) for name in names}})
    return enriched


def _build_document(context: Context, id: str, body: JsonObject, before: JsonObject | None) -> Document:
    """Return what a create or update stores, apart from id, version and audit members."""
    body_checks.check(body, MEMBERS, REQUIRED)
    body_checks.check_name(body)
    connection = context.session.get("connection", as_text(body, "connection_id"), context.organization)
    if connection is None:
        raise bad_request(f"connection {body['connection_id']} does not exist")
    reason = missing_capability(connection, "source")
    if reason:
        raise bad_request(reason)
    fields = _fields(context, id, connection, body)
    names = _names(fields)
    _check_references(context, body, names)
    tracking_columns = as_texts(body.get("tracking_columns") or [])
    document: Document = {
        "name": body["name"],
        "type": connection["type"],
        "connection_id": connection["id"],
        "organization_id": context.organization,
        "configuration": normalise_configuration(
            as_text(connection, "type"), as_document(body, "configuration"), tracking_columns
        ),
        "fields": fields,
        "relations": body.get("relations") or [],
        "identifier": body.get("identifier") or "",
        "tracking_columns": tracking_columns,
        "labels": body.get("labels") or [],
        "policies": body.get("policies") or [],
    }
    if body.get("enricher"):
        document["enricher"] = enrichment.normalise_enricher(context, as_document(body, "enricher"), before, names)
    return document


def normalise_configuration(type_id: str, configuration: JsonObject, tracking_columns: list[str]) -> Document:
    """Return the configuration as answers have it: with every choice of the source, and with the tracking columns."""
    unused = dict.fromkeys(modelsync_sources.choices_of(type_id), "")
    given = {name: value for name, value in configuration.items() if value is not None}
    return {**unused, "tracking_columns": tracking_columns or None, **given}


def _fields(context: Context, id: str, connection: JsonObject, body: JsonObject) -> list[Document]:
    fields = modelsync_sources.fields_of(context, connection, as_document(body, "configuration"))
    wanted = as_texts(body.get("fields") or [])
    if wanted:
        unknown = [name for name in wanted if name not in _names(fields)]
        if unknown and fields:
            raise bad_request(f"the source has no field named {', '.join(unknown)}")
        fields = [field for field in fields if field["name"] in wanted]
    fields += [_additional_field(member) for member in as_documents(body.get("additional_fields") or [])]
    return [{"id": str(uuid.uuid5(uuid.UUID(id), as_text(field, "name"))), **field} for field in fields]


def _additional_field(member: JsonObject) -> Document:
    body_checks.check(member, ADDITIONAL_MEMBERS, ("name", "label", "type"), "additional_fields: ")
    return {
        "name": member["name"],
        "label": member["label"],
        "description": "",
        "type": member["type"],
        "remote_type": "",
        "unique": False,
        "user_added": True,
        **body_checks.present_members(member, "example"),
    }


def _check_references(context: Context, body: JsonObject, fields: set[str]) -> None:
    """Refuse an identifier or a relation that names a field or a model that does not exist."""
    if context.switches["field_references"] == "store" or not fields:
        return
    if body.get("identifier") and body["identifier"] not in fields:
        raise bad_request(f"identifier: the model has no field named {body['identifier']}")
    for relation in as_documents(body.get("relations") or []):
        _check_relation(context, relation, fields)


def _check_relation(context: Context, relation: JsonObject, fields: set[str]) -> None:
    body_checks.check(relation, RELATION_MEMBERS, ("from", "to"), "relations: ")
    end = as_document(relation, "to")
    body_checks.check(end, RELATION_END_MEMBERS, ("model_id", "field"), "relations: to.")
    other = context.session.get(KIND, as_text(end, "model_id"), context.organization)
    if other is None:
        raise bad_request(f"relations: model {end['model_id']} does not exist")
    if relation["from"] not in fields:
        raise bad_request(f"relations: the model has no field named {relation['from']}")
    if other["fields"] and end["field"] not in _names(as_documents(other, "fields")):
        raise bad_request(f"relations: model {other['name']} has no field named {end['field']}")


def _names(fields: Iterable[JsonObject]) -> set[str]:
    return {as_text(field, "name") for field in fields}
