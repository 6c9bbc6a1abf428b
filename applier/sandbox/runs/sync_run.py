"""Run one execution of a sync: open source and target, pass the records through, and count them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack

from applier.sandbox import databases
from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_list, as_text, as_texts
from applier.sandbox.rules.connections.modelsync_sources import read_choice
from applier.sandbox.rules.connections.record_stores import find_object, has_records, is_database, open_store
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.rules.syncs.sync_targets import source_type
from applier.sandbox.runs.errors import RunError
from applier.sandbox.runs.model_joins import joins_for
from applier.sandbox.runs.record_log import RecordLog
from applier.sandbox.runs.record_matching import matcher_for
from applier.sandbox.runs.row_transform import (
    check_columns,
    mapped_constants,
    mapped_sources,
    target_rows,
    used_fields,
)

BATCH = 1000


def run_sync(
    context: Context,
    sync: JsonObject,
    options: JsonObject,
    proceed: Callable[[], None],
    record_log: RecordLog,
) -> databases.Counts:
    """Move the records of a sync; `proceed` is called before every batch and raises to stop the run."""
    if not sync["model_ids"]:
        raise RunError("the sync has no model to read from")
    models = {id: _model(context, id) for id in as_texts(sync, "model_ids")}
    base = base_model(sync)
    with ExitStack() as stack:
        reading = _connection(context, as_text(models, base, "connection_id"))
        writing = _connection(context, as_text(sync, "target", "connection_id"))
        source, target = _open(context, stack, reading), _open(context, stack, writing)
        joins = joins_for(context, sync, models, base)
        choice = read_choice(context, reading, as_document(models, base, "configuration"))
        read = _stop_between_batches(source.read(choice, batch=BATCH), proceed)
        if is_database(reading):
            used = used_fields(sync, base) | {join.base_field for join in joins}
            read = check_columns(read, models[base], used)
        batches = _requested_records(read, sync, options)
        rows: Iterator[list[Row]] = target_rows(batches, sync, base, joins)
        if options.get("test"):
            return databases.Counts(0, 0, 0, sum(map(len, rows)), 0, ())
        described = find_object(context, writing, as_text(sync, "target", "object"))
        matcher = matcher_for(target, described, sync)
        record_log.begin(sync, target, look=not context.live)
        rows = record_log.record_batches(matcher.match_batches(rows) if matcher else rows)
        key = described.key if described and matcher and matcher.has_several_mappings else None
        return target.write(
            as_text(sync, "target", "object"),
            as_text(sync, "mode"),
            rows,
            columns=[*_columns(context, sync), *([key] if key else [])],
            identity=databases.Identity(key) if key else _identity(sync),
            field_modes=_field_modes(sync),
        )


def base_model(sync: JsonObject) -> str:
    """Return the model whose records are synced: that of the identity, or of the first field that has a source."""
    members = [*mappings_of(sync), *as_documents(sync, "fields")]
    sources = [as_text(member, "source", "model_id") for member in members if member.get("source")]
    ids = as_texts(sync, "model_ids")
    return next((id for id in sources if id in ids), ids[0])


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


def _requested_records(batches: Iterator[list[Row]], sync: JsonObject, options: JsonObject) -> Iterator[list[Row]]:
    """Return the records that the start asked for by identity; all of them if it did not."""
    records: list[Mapping[object, object]] = [
        {as_document(part, "source").get("field"): part["value"] for part in as_documents(record)}
        for record in as_list(options.get("source_identities") or [])
    ]
    if options.get("identities") and sync.get("identity"):
        field = as_text(sync, "identity", "source", "field")
        records += [{field: str(value)} for value in as_list(options, "identities")]
    if not records:
        return batches
    return ([row for row in batch if any(_has_values(row, record) for record in records)] for batch in batches)


def _has_values(row: Row, record: Mapping[object, object]) -> bool:
    return all(str(row.get(str(field))) == value for field, value in record.items())


def _fields(sync: JsonObject) -> list[Document]:
    return [*as_documents(sync, "fields"), *as_documents(sync, "override_fields")]


def _field_modes(sync: JsonObject) -> dict[str, str]:
    """Return the modes of the fields that have one of their own, by target column."""
    return {as_text(field, "target"): as_text(field, "sync_mode") for field in _fields(sync) if field.get("sync_mode")}


def _columns(context: Context, sync: JsonObject) -> list[str | databases.NewColumn]:
    """Return the target columns that are written; new ones with the type of what is written into them."""
    members = {as_text(field, "target"): field for field in _fields(sync)}
    for identity in mappings_of(sync):
        members.setdefault(as_text(identity, "target"), {**identity, "new": identity["new_field"]})
    return [
        databases.NewColumn(name, source_type(context, members[name])) if members[name].get("new") else name
        for name in {**mapped_sources(sync), **mapped_constants(sync)}
    ]


def _identity(sync: JsonObject) -> databases.Identity | None:
    identity = sync.get("identity")
    return databases.Identity(as_text(identity, "target"), as_text(identity, "function")) if identity else None
