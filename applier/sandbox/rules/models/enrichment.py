"""The enrichment of a model: its inputs, the fields that it adds, and their values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from applier.sandbox.catalogues import Enrichment, Field, catalogue_of
from applier.sandbox.connection_types import connection_types
from applier.sandbox.json_values import Document, JsonObject, as_document, as_list, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.record_stores import check_authorized, open_for_request
from applier.sandbox.rules.context import Context, new_id
from applier.sandbox.rules.refusals import Refusal, bad_request

MEMBERS = {
    "connection_id": body_checks.is_identifier,
    "configuration": body_checks.is_object,
    "mappings": body_checks.is_object,
    "fields": body_checks.is_list,
    "enricher_id": body_checks.is_identifier,
}
Values = Mapping[str, JsonObject]


def input_fields(context: Context, id: str, body: JsonObject) -> list[list[str]]:
    """Return the alternative sets of inputs that a configuration takes."""
    body_checks.check(body, {"configuration": body_checks.is_object})
    connection = _connection(context, context.fetch("connection", id))
    known = _enrichment(connection, as_document(body.get("configuration") or {}))
    return [list(alternative) for alternative in known.inputs] if known else []


def normalise_enricher(context: Context, enricher: JsonObject, before: JsonObject | None, names: set[str]) -> Document:
    """Return an enrichment as it is stored: with an id and the fields that it adds."""
    at = "enricher: "
    body_checks.check(enricher, MEMBERS, ("connection_id",), at)
    found = context.session.get("connection", as_text(enricher, "connection_id"), context.organization)
    if found is None:
        raise bad_request(f"{at}connection {enricher['connection_id']} does not exist")
    known = _enrichment(_connection(context, found), as_document(enricher.get("configuration") or {}))
    mappings = enricher.get("mappings") or {}
    if known is not None and context.switches["field_references"] == "refuse":
        _check_mappings(known, as_document(mappings), names)
    id = _id(context, enricher, before)
    return {
        "connection_id": enricher["connection_id"],
        "configuration": enricher.get("configuration") or {},
        "mappings": mappings,
        "fields": _fields(id, known, as_list(enricher.get("fields") or [])),
        "enricher_id": id,
    }


def lookup_values(context: Context, enricher: JsonObject) -> tuple[str, Values]:
    """Return the model's field by which values are looked up, and the values by it."""
    connection = context.session.get("connection", as_text(enricher, "connection_id"), context.organization)
    known = _enrichment(connection, as_document(enricher, "configuration")) if connection else None
    if connection is None or known is None:
        return "", {}
    by_input = {given: field for field, given in as_document(enricher, "mappings").items()}
    inputs = next((one for one in known.inputs if set(one) <= set(by_input)), ())
    if not inputs:
        return "", {}
    with open_for_request(context, connection) as store:
        rows = [row for batch in store.read({"table": known.object}) for row in batch]
    return by_input[inputs[0]], {str(row[inputs[0]]): row for row in rows if row.get(inputs[0]) is not None}


def _connection(context: Context, connection: JsonObject) -> JsonObject:
    check_authorized(context, connection)
    known = connection_types().get(as_text(connection, "type"))
    if known is None or not known.capabilities.get("enrichment"):
        raise Refusal(404, f"connection {connection['id']} cannot be used for enrichment")
    return connection


def _enrichment(connection: JsonObject, configuration: JsonObject) -> Enrichment | None:
    """Return the enrichment of a configuration; None for services whose enrichments the sandbox does not know."""
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is None or not catalogue.enrichments:
        return None
    wanted = configuration.get("object")
    for known in catalogue.enrichments:
        if known.object == wanted:
            return known
    raise bad_request(f"configuration: object must be one of {', '.join(one.object for one in catalogue.enrichments)}")


def _check_mappings(known: Enrichment, mappings: JsonObject, names: set[str]) -> None:
    for field, given in mappings.items():
        if not isinstance(given, str):
            raise bad_request("enricher: mappings must hold strings")
        if field not in names:
            raise bad_request(f"enricher: mappings: the model has no field named {field}")
        if given not in {name for alternative in known.inputs for name in alternative}:
            raise bad_request(f"enricher: mappings: there is no input {given}")
    if not any(set(alternative) <= set(mappings.values()) for alternative in known.inputs):
        raise bad_request("enricher: mappings: no set of inputs is complete")


def _id(context: Context, enricher: JsonObject, before: JsonObject | None) -> str:
    present = (as_document((before or {}).get("enricher") or {})).get("enricher_id")
    sent = enricher.get("enricher_id")
    if sent and sent != present:
        raise bad_request(f"enricher: {sent} is not the model's enrichment")
    if sent or (present and context.switches["omitted_enricher_id"] == "keep"):
        return str(present)
    return new_id()


def _fields(id: str, known: Enrichment | None, wanted: Sequence[object]) -> list[Document]:
    names = [member.get("name") if isinstance(member, dict) else member for member in wanted]
    if known is None:
        return [_field(id, Field(str(name))) for name in names]
    return [_field(id, field) for field in known.fields if not names or field.id in names]


def _field(id: str, known: Field) -> Document:
    return {
        "id": str(uuid.uuid5(uuid.UUID(id), known.id)),
        "name": known.id,
        "label": known.label,
        "description": known.description,
        "type": known.type,
        "remote_type": known.native,
        "unique": False,
        "user_added": False,
    }
