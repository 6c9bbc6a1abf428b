"""Writes down what the checks of a spec read, and tells how what is live has moved away from it since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from applier.api import side_by_side
from applier.checks.bulk_schemas import copied_schemas, names_fields
from applier.checks.context import CheckContext, source_of
from applier.checks.targets import target_of_sync
from applier.discovery.bulk_model import BulkSource
from applier.discovery.drill_down import Level
from applier.discovery.live import LiveCatalog
from applier.discovery.model import Creation, Inputs, Source, State, Target
from applier.discovery.query import query_key
from applier.discovery.recorded import FORMAT, FORMAT_VERSION, Connection, Schemas
from applier.discovery.recorded_bulk import encode_destination, encode_fields, encode_source
from applier.kinds.base import mapping
from applier.resolve import Declared
from applier.system import write_text


def record(world: CheckContext, offers: LiveCatalog, now: datetime, parallelism: int) -> Schemas:
    """Everything that checking the declared resources takes; what is not live yet is left out."""
    forms = [one for one in world.forms.values() if one.resource.managed]
    names = sorted({use.name for form in forms for use in form.mentions if use.kind == "connections"})
    with side_by_side(parallelism) as pool:
        found = dict(zip(names, pool.map(lambda name: _connection(name, forms, world, offers), names), strict=True))
    frequencies, taken = offers.frequencies(), now.isoformat(timespec="seconds")
    known = {name: one for name, one in found.items() if _is_used(one)}
    return Schemas(taken, known, {}, {} if isinstance(frequencies, State) else frequencies)


def _is_used(one: Connection) -> bool:
    return bool(one.sources or one.targets or one.enrichments or one.bulk_source or one.bulk_destination)


def _connection(name: str, forms: list[Declared], world: CheckContext, offers: LiveCatalog) -> Connection:
    """What the spec reads of a connection and writes to it, and what could be chosen there."""
    sources, targets, enrichments = dict[str, Source](), dict[str, Target](), dict[str, Inputs]()
    recorded = Connection(sources, {}, targets, enrichments=enrichments)
    for form in forms:
        kind, canonical = form.resource.kind, form.canonical
        enricher = mapping(canonical.get("enricher"))
        if kind == "models" and canonical.get("connection") == name:
            level, source = offers.level(name, {}), source_of(world, form.resource.name)
            key = query_key(mapping(canonical.get("configuration")))
            sources |= {key: source} if isinstance(source, Source) and key else {}
            recorded = replace(recorded, choices=_choices(level) if isinstance(level, Level) else {})
        if kind == "models" and enricher.get("connection") == name:
            configuration = mapping(enricher.get("configuration"))
            inputs, key = offers.enrichment(name, configuration), query_key(configuration)
            enrichments |= {key: inputs} if isinstance(inputs, Inputs) and key is not None else {}
        if kind == "syncs" and mapping(canonical.get("target")).get("connection") == name:
            target = target_of_sync(form, world)
            targets |= {target.id: target} if isinstance(target, Target) and target.id else {}
            recorded = _with_objects(recorded, name, offers)
        if kind == "bulk_syncs":
            recorded = _with_bulk(recorded, form, name, world)
    return recorded


def _choices(level: Level) -> dict[str, tuple[str, ...]]:
    return {item: one.values for item, one in level.items.items() if one.values and item in level.needed}


def _with_objects(recorded: Connection, name: str, offers: LiveCatalog) -> Connection:
    objects, creation = offers.objects(name), offers.creation(name, frozenset())
    told = creation if isinstance(creation, Creation) and creation.supported else None
    return replace(recorded, objects=None if isinstance(objects, State) else objects, creation=told)


def _with_bulk(recorded: Connection, form: Declared, name: str, world: CheckContext) -> Connection:
    """What a bulk sync reads or writes; of the schemas that none copies only the names."""
    if mapping(form.canonical.get("source")).get("connection") == name:
        source = world.offers.bulk.source(name, fields=names_fields(world, name))
        if isinstance(source, BulkSource):
            used = copied_schemas(world, name)
            schemas = {id: fields if id in used else None for id, fields in source.schemas.items()}
            recorded = replace(recorded, bulk_source=replace(source, schemas=schemas))
    if mapping(form.canonical.get("destination")).get("connection") == name:
        destination = world.offers.bulk.destination(name)
        recorded = replace(recorded, bulk_destination=None if isinstance(destination, State) else destination)
    return recorded


def write_schemas(file: Path, schemas: Schemas) -> None:
    """One line per field, sorted, so that changes are read and merged well. Raises OSError."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "taken": schemas.taken,
        "connections": {name: _told(one) for name, one in schemas.connections.items()},
        "frequencies": schemas.frequencies,
    }
    write_text(file, "\n".join(_lines(document, 0)) + "\n")


def _told(one: Connection) -> dict[str, object]:
    told: dict[str, object] = {
        "sources": {key: encode_fields(source.fields) for key, source in one.sources.items()},
        "choices": {name: list(values) for name, values in one.choices.items()},
        "targets": {name: _told_target(target) for name, target in one.targets.items()},
        "enrichments": {key: list(map(list, inputs.alternatives)) for key, inputs in one.enrichments.items()},
        "bulk_source": encode_source(one.bulk_source) if one.bulk_source else None,
        "bulk_destination": encode_destination(one.bulk_destination) if one.bulk_destination else None,
    }
    told = {name: value for name, value in told.items() if value}
    told |= {"objects": sorted(one.objects)} if one.objects is not None else {}
    return told | ({"creation": {name: list(v) for name, v in one.creation.properties.items()}} if one.creation else {})


def _told_target(target: Target) -> dict[str, object]:
    told: dict[str, object] = {}
    if target.modes is not None:
        told["modes"] = {name: _said(asdict(one), "name") for name, one in target.modes.items()}
    if target.flags is not None:
        told["flags"] = sorted(target.flags)
    if target.fields is not None:
        told["fields"] = {name: _said(asdict(one), "id") for name, one in target.fields.items()}
    return told


def _said(members: dict[str, Any], but: str) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name != but and value not in (None, "", ())}


def _lines(value: object, depth: int) -> Iterator[str]:
    """JSON in which the deepest mappings stand on one line each."""
    if not isinstance(value, Mapping) or not any(isinstance(one, Mapping) for one in value.values()):
        yield json.dumps(value, ensure_ascii=False, sort_keys=True)
        return
    yield "{"
    names = sorted(value) if depth else list(value)
    for number, name in enumerate(names):
        first, *rest = _lines(value[name], depth + 1)
        lines = [f"{json.dumps(name, ensure_ascii=False)}: {first}", *rest]
        lines[-1] += "," if number < len(names) - 1 else ""
        yield from (f" {line}" for line in lines)
    yield "}"
