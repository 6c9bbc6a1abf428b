"""Read the other models of a sync, with their rows by the field that relates them to the base model."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text
from applier.sandbox.rules.connections.modelsync_sources import read_choice
from applier.sandbox.rules.connections.record_stores import has_records, is_database, open_store
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.models import enrichment
from applier.sandbox.runs.row_transform import Join, check_columns, used_fields


def joins_for(context: Context, sync: JsonObject, models: Mapping[str, Document], base: str) -> list[Join]:
    """Return a join for each model that a relation of either side connects with the base model, and for enrichment."""
    joins = []
    for id, model in models.items():
        ends = None if id == base else relation(models[base], model)
        if ends is not None:
            joins.append(Join(id, ends[0], _rows(context, model, ends[1], used_fields(sync, id))))
    enricher = models[base].get("enricher")
    if enricher:
        field, values = enrichment.lookup_values(context, as_document(enricher))
        joins.append(Join(as_text(enricher, "enricher_id"), field, {key: dict(row) for key, row in values.items()}))
    return joins


def relation(base: JsonObject, other: JsonObject) -> tuple[str, str] | None:
    """Return the field of the base model and the field of the other model that have to be equal."""
    for declared in as_documents(base, "relations"):
        if as_text(declared, "to", "model_id") == other["id"]:
            return as_text(declared, "from"), as_text(declared, "to", "field")
    for declared in as_documents(other, "relations"):
        if as_text(declared, "to", "model_id") == base["id"]:
            return as_text(declared, "to", "field"), as_text(declared, "from")
    return None


def _rows(context: Context, model: JsonObject, key: str, used: set[str]) -> dict[str, Row]:
    """Return the first row of every key."""
    connection = context.session.get("connection", as_text(model, "connection_id"), context.organization)
    if connection is None or not has_records(connection):
        return {}
    found: dict[str, Row] = {}
    with open_store(context, connection) as store:
        batches = store.read(read_choice(context, connection, as_document(model, "configuration")))
        for batch in check_columns(batches, model, used | {key}) if is_database(connection) else batches:
            for row in batch:
                if row.get(key) is not None:
                    found.setdefault(str(row[key]), row)
    return found
