"""Read the other models of a sync and key their rows by the field that relates them to the base model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules.connections.modelsync_sources import read_choice
from applier.sandbox.rules.connections.record_stores import has_records, is_database, open_store
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.models import enrichment
from applier.sandbox.runs.row_transform import Join, Row, check_columns, used_fields
from applier.sandbox.store import Document


def joins_for(context: Context, sync: Mapping[str, Any], models: Mapping[str, Document], base: str) -> list[Join]:
    """One join per further model that a relation ties to the base model, whichever side declares it."""
    joins = []
    for id, model in models.items():
        ends = None if id == base else relation(models[base], model)
        if ends is not None:
            joins.append(Join(id, ends[0], _rows(context, model, ends[1], used_fields(sync, id))))
    enricher = models[base].get("enricher")
    if enricher:
        field, values = enrichment.lookup_values(context, enricher)
        joins.append(Join(enricher["enricher_id"], field, {key: dict(row) for key, row in values.items()}))
    return joins


def relation(base: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field of the base model and the field of the other that have to be equal."""
    for declared in base["relations"]:
        if declared["to"]["model_id"] == other["id"]:
            return declared["from"], declared["to"]["field"]
    for declared in other["relations"]:
        if declared["to"]["model_id"] == base["id"]:
            return declared["to"]["field"], declared["from"]
    return None


def _rows(context: Context, model: Mapping[str, Any], key: str, used: set[str]) -> dict[str, Row]:
    """The first row of every key."""
    connection = context.session.get("connection", model["connection_id"], context.organization)
    if connection is None or not has_records(connection):
        return {}
    found: dict[str, Row] = {}
    with open_store(context, connection) as store:
        batches = store.read(read_choice(context, connection, model["configuration"]))
        for batch in check_columns(batches, model, used | {key}) if is_database(connection) else batches:
            for row in batch:
                if row.get(key) is not None:
                    found.setdefault(str(row[key]), row)
    return found
