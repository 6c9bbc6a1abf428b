"""Records what the checks of a spec read, for checks without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from applier.api import side_by_side
from applier.checks.bulk_schemas import bulk_source, schema_settings, source_connection
from applier.checks.bulk_syncs import destination_connection
from applier.checks.context import LiveContext
from applier.checks.model_fields import model_source
from applier.checks.targets import sync_target
from applier.discovery.drill_down import Level
from applier.discovery.offerings import EnrichmentInputs, Source, Target, Unavailable
from applier.discovery.query import query_key
from applier.discovery.recorded import RecordedConnection, Schemas
from applier.kinds.base import mapping
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.kinds.sync.kind import SYNCS
from applier.resolve import Declared


def record_schemas(context: LiveContext, now: datetime, parallelism: int) -> Schemas:
    """Return everything that the checks of the declared resources need; what is not live yet is left out."""
    resources = [one for one in context.declared.values() if one.resource.managed]
    names = sorted({use.name for one in resources for use in one.mentions if use.kind == CONNECTIONS.name})
    with side_by_side(parallelism) as pool:
        recorded = list(pool.map(lambda name: _record_connection(name, resources, context), names))
    connections = {name: one for name, one in zip(names, recorded, strict=True) if _is_used(one)}
    frequencies = context.catalog.frequencies()
    taken = now.isoformat(timespec="seconds")
    return Schemas(taken, connections, {} if isinstance(frequencies, Unavailable) else frequencies)


def _is_used(one: RecordedConnection) -> bool:
    return bool(one.sources or one.targets or one.enrichments or one.bulk_source or one.bulk_destination)


def _record_connection(name: str, resources: Sequence[Declared], context: LiveContext) -> RecordedConnection:
    recorded = RecordedConnection()
    for declared in resources:
        record = RECORDERS.get(declared.resource.kind)
        recorded = record(recorded, declared, name, context) if record else recorded
    return recorded


def _record_model(
    recorded: RecordedConnection, declared: Declared, connection: str, context: LiveContext
) -> RecordedConnection:
    """Return the recording with the source and the enrichment of a model."""
    canonical, enricher = declared.canonical, mapping(declared.canonical.get("enricher"))
    if canonical.get("connection") == connection:
        level, source = context.catalog.level(connection, {}), model_source(context, declared.resource.name)
        key = query_key(mapping(canonical.get("configuration")))
        sources = {key: source} if isinstance(source, Source) and key else {}
        choices = _values_of_level(level) if isinstance(level, Level) else {}
        recorded = replace(recorded, sources={**recorded.sources, **sources}, choices=choices)
    if enricher.get("connection") == connection:
        configuration = mapping(enricher.get("configuration"))
        inputs, key = context.catalog.enrichment(connection, configuration), query_key(configuration)
        enrichments = {key: inputs} if isinstance(inputs, EnrichmentInputs) and key is not None else {}
        recorded = replace(recorded, enrichments={**recorded.enrichments, **enrichments})
    return recorded


def _values_of_level(level: Level) -> dict[str, tuple[str, ...]]:
    return {name: one.values for name, one in level.choices.items() if one.values and name in level.required}


def _record_sync(
    recorded: RecordedConnection, declared: Declared, connection: str, context: LiveContext
) -> RecordedConnection:
    """Return the recording with the target of a sync, the other objects' ids and what the creation of one takes."""
    if mapping(declared.canonical.get("target")).get("connection") != connection:
        return recorded
    target = sync_target(declared, context)
    targets = {target.id: target} if isinstance(target, Target) and target.id else {}
    objects = context.catalog.targets.objects(connection)
    creation = context.catalog.targets.creation(connection, frozenset())
    return replace(
        recorded,
        targets={**recorded.targets, **targets},
        objects=None if isinstance(objects, Unavailable) else objects,
        creation=None if isinstance(creation, Unavailable) or not creation.supported else creation,
    )


def _record_bulk_sync(
    recorded: RecordedConnection, declared: Declared, connection: str, context: LiveContext
) -> RecordedConnection:
    """Return the recording with both ends of a bulk sync; of schemas that none copies only the names."""
    if source_connection(declared) == connection:
        source = bulk_source(declared, context)
        if not isinstance(source, Unavailable):
            copied = schema_settings(context, connection)
            schemas = {id: fields if id in copied else None for id, fields in source.schemas.items()}
            recorded = replace(recorded, bulk_source=replace(source, schemas=schemas))
    if destination_connection(declared) == connection:
        destination = context.catalog.bulk.destination(connection)
        known = None if isinstance(destination, Unavailable) else destination
        recorded = replace(recorded, bulk_destination=known)
    return recorded


Recorder = Callable[[RecordedConnection, Declared, str, LiveContext], RecordedConnection]
RECORDERS: Mapping[str, Recorder] = MappingProxyType(
    {MODELS.name: _record_model, SYNCS.name: _record_sync, BULK_SYNCS.name: _record_bulk_sync}
)
"""By kind what adds to the recording of a connection the parts that a resource uses."""
