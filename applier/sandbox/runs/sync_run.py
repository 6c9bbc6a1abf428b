"""Carry out one execution: open source and target, stream the records through, answer the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules.connections.modelsync_sources import read_choice
from applier.sandbox.rules.connections.record_stores import find_object, has_records, is_database, open_store
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.rules.syncs.sync_targets import source_type
from applier.sandbox.runs.model_joins import joins_for
from applier.sandbox.runs.record_log import RecordLog
from applier.sandbox.runs.record_matching import matcher_for
from applier.sandbox.runs.row_transform import (
    Row,
    RunError,
    check_columns,
    mapped_constants,
    mapped_sources,
    target_rows,
    used_fields,
)
from applier.sandbox.store import Document

BATCH = 1000


def run_sync(
    context: Context,
    sync: Mapping[str, Any],
    options: Mapping[str, Any],
    proceed: Callable[[], None],
    journal: RecordLog,
) -> databases.Counts:
    """Move the records of a sync; `proceed` is asked before every batch and raises to stop the run."""
    if not sync["model_ids"]:
        raise RunError("the sync has no model to read from")
    models = {id: _model(context, id) for id in sync["model_ids"]}
    base = base_model(sync)
    with ExitStack() as stack:
        reading = _connection(context, models[base]["connection_id"])
        writing = _connection(context, sync["target"]["connection_id"])
        source, target = _open(context, stack, reading), _open(context, stack, writing)
        joins = joins_for(context, sync, models, base)
        read = _stop_between_batches(
            source.read(read_choice(context, reading, models[base]["configuration"]), batch=BATCH), proceed
        )
        if is_database(reading):
            used = used_fields(sync, base) | {join.base_field for join in joins}
            read = check_columns(read, models[base], used)
        batches = _requested_records(read, sync, options)
        rows: Iterator[list[Row]] = target_rows(batches, sync, base, joins)
        if options.get("test"):
            return databases.Counts(0, 0, 0, sum(map(len, rows)), 0, ())
        described = find_object(context, writing, sync["target"]["object"])
        recognition = matcher_for(target, described, sync)
        journal.begin(sync, target, look=not context.live)
        rows = journal.record_batches(recognition.match_batches(rows) if recognition else rows)
        key = described.key if described and recognition and recognition.is_several else None
        return target.write(
            sync["target"]["object"],
            sync["mode"],
            rows,
            columns=[*_columns(context, sync), *([key] if key else [])],
            identity=databases.Identity(key) if key else _identity(sync),
            field_modes={field["target"]: field["sync_mode"] for field in _fields(sync) if field.get("sync_mode")},
        )


def base_model(sync: Mapping[str, Any]) -> str:
    """The model whose records are synced: that of the identity, else of the first mapped field of a model."""
    sources = [member["source"]["model_id"] for member in [*mappings_of(sync), *sync["fields"]] if member.get("source")]
    return str(next((id for id in sources if id in sync["model_ids"]), sync["model_ids"][0]))


def _open(context: Context, stack: ExitStack, connection: Document) -> databases.Database:
    if not has_records(connection):
        raise RunError(f"the sandbox moves no records of {connection['type']} connections")
    return stack.enter_context(open_store(context, connection))


def _connection(context: Context, id: str) -> Document:
    connection = context.session.get("connection", id, context.organization)
    if connection is None:
        raise RunError(f"connection {id} does not exist any more")
    return connection


def _model(context: Context, id: str) -> Document:
    model = context.session.get("model", id, context.organization)
    if model is None:
        raise RunError(f"model {id} does not exist any more")
    return model


def _stop_between_batches(batches: Iterable[list[Row]], proceed: Callable[[], None]) -> Iterator[list[Row]]:
    for batch in batches:
        proceed()
        yield batch


def _requested_records(
    batches: Iterator[list[Row]], sync: Mapping[str, Any], options: Mapping[str, Any]
) -> Iterator[list[Row]]:
    """Only the records that the start asked for by identity, when it did."""
    records = [
        {part["source"].get("field"): part["value"] for part in record}
        for record in options.get("source_identities") or []
    ]
    if options.get("identities") and sync.get("identity"):
        records += [{sync["identity"]["source"]["field"]: str(value)} for value in options["identities"]]
    if not records:
        return batches
    return ([row for row in batch if any(_has_values(row, record) for record in records)] for batch in batches)


def _has_values(row: Row, record: Mapping[str, str]) -> bool:
    return all(str(row.get(field)) == value for field, value in record.items())


def _fields(sync: Mapping[str, Any]) -> list[Document]:
    return [*sync["fields"], *sync["override_fields"]]


def _columns(context: Context, sync: Mapping[str, Any]) -> list[str | databases.NewColumn]:
    """The target columns that are written; new ones with the type of what goes into them."""
    members = {field["target"]: field for field in _fields(sync)}
    for identity in mappings_of(sync):
        members.setdefault(identity["target"], {**identity, "new": identity["new_field"]})
    names = [*mapped_sources(sync), *(name for name in mapped_constants(sync) if name not in mapped_sources(sync))]
    return [
        databases.NewColumn(name, source_type(context, members[name].get("source")))
        if members[name].get("new")
        else name
        for name in names
    ]


def _identity(sync: Mapping[str, Any]) -> databases.Identity | None:
    identity = sync.get("identity")
    return databases.Identity(identity["target"], identity["function"]) if identity else None
