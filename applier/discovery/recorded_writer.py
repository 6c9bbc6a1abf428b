"""Writes the file of recorded schemas in a form that is easy to review and to merge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from applier.diagnostics.characters import escape_json
from applier.discovery.offerings import BulkDestination, BulkSource, SourceField, Target
from applier.discovery.recorded import FORMAT, FORMAT_VERSION, RecordedConnection, Schemas
from applier.saving import write_file


def write_schemas(file: Path, schemas: Schemas) -> None:
    """Write one line per field, sorted, so that changes are easy to read and to merge. Raises OSError."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "taken": schemas.taken,
        "connections": {name: _encode_connection(one) for name, one in schemas.connections.items()},
        "frequencies": schemas.frequencies,
    }
    write_file(file, escape_json("\n".join(_lines(document, 0))) + "\n")


def _encode_connection(one: RecordedConnection) -> dict[str, object]:
    members: dict[str, object] = {
        "sources": {key: _encode_fields(source.fields) for key, source in one.sources.items()},
        "choices": one.choices,
        "targets": {name: _encode_target(target) for name, target in one.targets.items()},
        "enrichments": {key: inputs.alternatives for key, inputs in one.enrichments.items()},
        "bulk_source": _encode_bulk_source(one.bulk_source) if one.bulk_source else None,
        "bulk_destination": _encode_bulk_destination(one.bulk_destination) if one.bulk_destination else None,
    }
    members = {name: value for name, value in members.items() if value}
    members |= {"objects": sorted(one.objects)} if one.objects is not None else {}
    return members | ({"creation": one.creation.properties} if one.creation else {})


def _encode_fields(fields: Mapping[str, SourceField]) -> dict[str, object]:
    return {name: {"type": one.type, "native": one.native} for name, one in fields.items()}


def _encode_target(target: Target) -> dict[str, object]:
    members: dict[str, object] = {}
    if target.modes is not None:
        members["modes"] = {name: _drop_unknown(asdict(one), "name") for name, one in target.modes.items()}
    if target.flags is not None:
        members["flags"] = sorted(target.flags)
    if target.fields is not None:
        members["fields"] = {name: _drop_unknown(asdict(one), "id") for name, one in target.fields.items()}
    return members


def _encode_bulk_source(one: BulkSource) -> dict[str, object]:
    schemas = {id: None if fields is None else _encode_fields(fields) for id, fields in one.schemas.items()}
    return _drop_unknown({"schemas": schemas, "tracking": one.tracking, "settings": one.settings})


def _encode_bulk_destination(one: BulkDestination) -> dict[str, object]:
    lists = {"modes": sorted(one.modes), "resync_modes": sorted(one.resync_modes)}
    return _drop_unknown({**lists, "history": one.history, "settings": one.settings})


def _drop_unknown(members: Mapping[str, object], key: str = "") -> dict[str, object]:
    """Return the members that are known, without the one that is the key of the entry."""
    return {name: value for name, value in members.items() if name != key and value not in (None, "", (), [], {})}


def _lines(value: object, depth: int) -> Iterator[str]:
    """Return JSON in which each innermost mapping is one line."""
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
