"""Writes down what the checks of a spec read, and tells how what is live has moved away from it since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from applier.checks.drilling import Level
from applier.checks.live import LiveOffers
from applier.checks.offers import Creation, Source, State, Target
from applier.checks.recorded import FORMAT, FORMAT_VERSION, Connection, Schemas, source_key
from applier.checks.targets import target_of_sync
from applier.checks.worlds import World, source_of
from applier.kinds.base import mapping, text
from applier.linking import Form


def record(world: World, offers: LiveOffers, now: datetime, parallelism: int) -> Schemas:
    """Everything that checking the declared models and syncs takes; what is not live yet is left out."""
    forms = [one for one in world.forms.values() if one.resource.managed]
    models = [one for one in forms if one.resource.kind == "models"]
    syncs = [one for one in forms if one.resource.kind == "syncs"]
    names = sorted({_source_connection(one) for one in models} | {_target_connection(one) for one in syncs})
    with ThreadPoolExecutor(max_workers=max(1, parallelism)) as pool:
        sources = list(pool.map(lambda form: source_of(world, form.resource.name), models))
        targets = list(pool.map(lambda form: target_of_sync(form, world), syncs))
        bare = dict(zip(names, pool.map(lambda name: _names_of(offers, name, models, syncs), names), strict=True))
    found_sources: dict[str, dict[str, Source]] = {name: {} for name in names}
    for form, source in zip(models, sources, strict=True):
        key = source_key(mapping(form.canonical.get("configuration")))
        if isinstance(source, Source) and key:
            found_sources[_source_connection(form)][key] = source
    found_targets: dict[str, dict[str, Target]] = {name: {} for name in names}
    for form, target in zip(syncs, targets, strict=True):
        if isinstance(target, Target) and target.id:
            found_targets[_target_connection(form)][target.id] = target
    connections = {
        name: Connection(found_sources[name], one.choices, found_targets[name], one.objects, one.creation)
        for name, one in bare.items()
        if found_sources[name] or found_targets[name]
    }
    frequencies = offers.frequencies()
    taken = now.isoformat(timespec="seconds")
    return Schemas(taken, connections, {}, {} if isinstance(frequencies, State) else frequencies)


def _names_of(offers: LiveOffers, name: str, models: list[Form], syncs: list[Form]) -> Connection:
    """What can be chosen on a connection, as far as the spec uses it as a source or as a target."""
    choices: dict[str, tuple[str, ...]] = {}
    objects: tuple[str, ...] | State = State.SILENT
    creation: Creation | State = State.SILENT
    if any(_source_connection(one) == name for one in models):
        level = offers.level(name, {})
        if isinstance(level, Level):
            choices = {item: one.values for item, one in level.items.items() if one.values and item in level.needed}
    if any(_target_connection(one) == name for one in syncs):
        objects, creation = offers.objects(name), offers.creation(name, frozenset())
    told = creation if isinstance(creation, Creation) and creation.supported else None
    return Connection({}, choices, {}, None if isinstance(objects, State) else objects, told)


def _source_connection(form: Form) -> str:
    return text(form.canonical.get("connection"))


def _target_connection(form: Form) -> str:
    return text(mapping(form.canonical.get("target")).get("connection"))


def write_schemas(file: Path, schemas: Schemas) -> None:
    """One line per field, sorted, so that changes are read and merged well. Raises OSError."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "taken": schemas.taken,
        "connections": {name: _told(one) for name, one in schemas.connections.items()},
        "frequencies": schemas.frequencies,
    }
    file.write_text("\n".join(_lines(document, 0)) + "\n", "utf-8")


def _told(one: Connection) -> dict[str, object]:
    told: dict[str, object] = {
        "sources": {
            key: {name: {"type": each.type, "native": each.native} for name, each in source.fields.items()}
            for key, source in one.sources.items()
        },
        "choices": {name: list(values) for name, values in one.choices.items()},
        "targets": {name: _told_target(target) for name, target in one.targets.items()},
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
