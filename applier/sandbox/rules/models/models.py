"""Models: create, read, replace, sample and delete them; the configuration and the fields come back completed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections import modelsync_sources
from applier.sandbox.rules.connections.record_stores import (
    has_records,
    missing_capability,
    open_for_request,
    query_deadline,
)
from applier.sandbox.rules.context import Context, new_id, stamp
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.rules.models import enrichment
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.store import Document

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


def create(context: Context, body: Mapping[str, Any]) -> Document:
    document = preview(context, body)
    context.session.begin()
    context.fetch("connection", document["connection_id"])
    return context.save(KIND, document)


def preview(context: Context, body: Mapping[str, Any]) -> Document:
    """The model that a body describes, not kept."""
    id = new_id()
    return {"id": id, **_build_document(context, id, body, None), "version": 1, **stamp(context)}


def replace(context: Context, id: str, body: Mapping[str, Any]) -> Document:
    written = _build_document(context, id, body, context.fetch(KIND, id))
    context.session.begin()
    before = context.fetch(KIND, id)
    return context.save(KIND, {"id": id, **written, "version": before["version"] + 1, **stamp(context, before)})


def delete(context: Context, id: str) -> None:
    """Deleting a model in use is allowed; the syncs that use it are broken by it."""
    context.session.begin()
    context.fetch(KIND, id)
    context.delete(KIND, id)


def to_response(context: Context, model: Mapping[str, Any]) -> Document:
    fields = [{**field, **_audit(model)} for field in model["fields"]]
    return {**model, "fields": context.in_switched_order(fields), "labels": [{"id": id} for id in model["labels"]]}


def to_list_entry(context: Context, model: Mapping[str, Any]) -> Document:
    """A model as an entry of the list."""
    entry = to_response(context, model)
    if context.switches["model_list_fields"] == "without":
        del entry["fields"]
    return entry


def sample(context: Context, id: str) -> Document:
    """The first records of the model's source."""
    model = context.fetch(KIND, id)
    connection = context.fetch("connection", model["connection_id"])
    records: list[Document] = []
    if has_records(connection):
        names = [field["name"] for field in model["fields"] if not field["user_added"]]
        with query_deadline(context), open_for_request(context, connection) as database:
            for batch in database.read(
                modelsync_sources.read_choice(context, connection, model["configuration"]), batch=SAMPLE_SIZE
            ):
                records = [{id: {name: row.get(name) for name in names}} for row in batch[:SAMPLE_SIZE]]
                break
    return {"records": to_json(_add_enrichment(context, model, records)), "warnings": []}


def _add_enrichment(context: Context, model: Mapping[str, Any], records: list[Document]) -> list[Document]:
    """The records with what the model's enrichment adds, under its own id."""
    enricher = model.get("enricher")
    if not enricher:
        return records
    field, values = enrichment.lookup_values(context, enricher)
    names = [member["name"] for member in enricher["fields"]]
    found = [values.get(str(record[model["id"]].get(field)), {}) for record in records]
    return [
        {**record, enricher["enricher_id"]: {name: row.get(name) for name in names}}
        for record, row in zip(records, found, strict=True)
    ]


def _build_document(context: Context, id: str, body: Mapping[str, Any], before: Mapping[str, Any] | None) -> Document:
    """What a create or update stores, apart from id, version and audit."""
    body_checks.check(body, MEMBERS, ("name", "connection_id", "configuration"))
    body_checks.check_name(body)
    connection = context.session.get("connection", body["connection_id"], context.organization)
    if connection is None:
        raise bad_request(f"connection {body['connection_id']} does not exist")
    reason = missing_capability(connection, "source")
    if reason:
        raise bad_request(reason)
    fields = _fields(context, id, connection, body)
    names = {field["name"] for field in fields}
    _check_references(context, body, names)
    return {
        "name": body["name"],
        "type": connection["type"],
        "connection_id": connection["id"],
        "organization_id": context.organization,
        "configuration": normalise_configuration(
            connection["type"], body["configuration"], body.get("tracking_columns")
        ),
        "fields": fields,
        "relations": body.get("relations") or [],
        "identifier": body.get("identifier") or "",
        "tracking_columns": body.get("tracking_columns") or [],
        "labels": body.get("labels") or [],
        "policies": body.get("policies") or [],
        **(
            {"enricher": enrichment.normalise_enricher(context, body["enricher"], before, names)}
            if body.get("enricher")
            else {}
        ),
    }


def normalise_configuration(
    type_id: str, configuration: Mapping[str, Any], tracking_columns: list[str] | None
) -> Document:
    """The configuration as it comes back: every choice of the source, unused ones empty, and the tracking columns."""
    unused = dict.fromkeys(modelsync_sources.choices_of(type_id), "")
    made = {name: value for name, value in configuration.items() if value is not None}
    return {**unused, "tracking_columns": tracking_columns or None, **made}


def _fields(context: Context, id: str, connection: Mapping[str, Any], body: Mapping[str, Any]) -> list[Document]:
    found = modelsync_sources.fields_of(context, connection, body["configuration"])
    wanted = body.get("fields")
    if wanted:
        unknown = [name for name in wanted if name not in {field["name"] for field in found}]
        if unknown and found:
            raise bad_request(f"the source has no field named {', '.join(unknown)}")
        found = [field for field in found if field["name"] in wanted]
    added = [_additional(member) for member in body.get("additional_fields") or []]
    return [{"id": str(uuid.uuid5(uuid.UUID(id), field["name"])), **field} for field in [*found, *added]]


def _additional(member: Mapping[str, Any]) -> Document:
    members = {
        "name": body_checks.is_text,
        "label": body_checks.is_text,
        "type": body_checks.is_text,
        "example": body_checks.is_anything,
    }
    body_checks.check(member, members, ("name", "label", "type"), "additional_fields: ")
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


def _check_references(context: Context, body: Mapping[str, Any], fields: set[str]) -> None:
    """Identifier and relations name fields and models that exist."""
    if context.switches["field_references"] == "store" or not fields:
        return
    if body.get("identifier") and body["identifier"] not in fields:
        raise bad_request(f"identifier: the model has no field named {body['identifier']}")
    for relation in body.get("relations") or []:
        _check_relation(context, relation, fields)


def _check_relation(context: Context, relation: Mapping[str, Any], fields: set[str]) -> None:
    body_checks.check(
        relation, {"from": body_checks.is_text, "to": body_checks.is_object}, ("from", "to"), "relations: "
    )
    far_end = relation["to"]
    body_checks.check(
        far_end,
        {"model_id": body_checks.is_identifier, "field": body_checks.is_text},
        ("model_id", "field"),
        "relations: to.",
    )
    other = context.session.get(KIND, far_end["model_id"], context.organization)
    if other is None:
        raise bad_request(f"relations: model {far_end['model_id']} does not exist")
    if relation["from"] not in fields:
        raise bad_request(f"relations: the model has no field named {relation['from']}")
    if other["fields"] and far_end["field"] not in {field["name"] for field in other["fields"]}:
        raise bad_request(f"relations: model {other['name']} has no field named {far_end['field']}")


def _audit(model: Mapping[str, Any]) -> Document:
    return {name: model[name] for name in ("created_at", "created_by", "updated_at")}
