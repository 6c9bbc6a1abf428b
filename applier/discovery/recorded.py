"""What connections offered when somebody last looked, from a file beside the spec: no data, no secrets, no ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from applier.discovery.bulk_model import BulkDestination, BulkSource
from applier.discovery.model import (
    Capabilities,
    Creation,
    Inputs,
    Mode,
    NoSource,
    NoTarget,
    Source,
    State,
    Target,
    TargetField,
)
from applier.discovery.query import query_key, query_parameters
from applier.discovery.recorded_bulk import RecordedBulk, read_destination, read_fields, read_source
from applier.system import path_text

FILE_NAME = "applier.schemas.json"
FORMAT, FORMAT_VERSION = "applier-schemas", 1


class NotSchemas(Exception):
    """The file is not one that this applier can read; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection: its sources and enrichments by their choices, the names that can be chosen, its targets by
    object, and what it offers to bulk syncs."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    objects: tuple[str, ...] | None = None
    creation: Creation | None = None
    enrichments: Mapping[str, Inputs] = field(default_factory=dict)
    bulk_source: BulkSource | None = None
    bulk_destination: BulkDestination | None = None


@dataclass(frozen=True, slots=True)
class Schemas:
    """The whole file. `taken` is the time of the look, RFC 3339."""

    taken: str = ""
    connections: Mapping[str, Connection] = field(default_factory=dict)
    types: Mapping[str, Capabilities] = field(default_factory=dict)
    frequencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class RecordedCatalog:
    """The file as something that can tell what connections offer; what it does not hold it is silent about."""

    def __init__(self, schemas: Schemas) -> None:
        self.failed: Mapping[str, str] = {}
        self.bulk = RecordedBulk(schemas.connections)
        self._known = schemas

    def source(self, connection: str, configuration: Mapping[str, object]) -> Source | NoSource | State:
        """A recorded source, or one that was not among those to be chosen."""
        known = self._known.connections.get(connection)
        key = query_key(configuration)
        if known is None or key is None:
            return State.SILENT
        if key in known.sources:
            return known.sources[key]
        for name, value in query_parameters(configuration).items():
            if known.choices.get(name) and value not in known.choices[name]:
                return NoSource(name, str(value), known.choices[name])
        return State.SILENT

    def target(self, connection: str, object_id: str) -> Target | NoTarget | State:
        """A recorded target, or one that was not among the objects."""
        known = self._known.connections.get(connection, Connection())
        if object_id in known.targets:
            return known.targets[object_id]
        return State.SILENT if known.objects is None or object_id in known.objects else NoTarget(known.objects)

    def new_target(self, connection: str, properties: Mapping[str, str]) -> Target | State:  # noqa: ARG002
        """Nobody has seen it yet."""
        return State.SILENT

    def creation(self, connection: str, wanted: frozenset[str]) -> Creation | State:  # noqa: ARG002
        """What making a target took."""
        return self._known.connections.get(connection, Connection()).creation or State.SILENT

    def enrichment(self, connection: str, configuration: Mapping[str, object]) -> Inputs | NoSource | State:
        """A recorded enrichment."""
        known = self._known.connections.get(connection, Connection())
        return known.enrichments.get(query_key(configuration) or "", State.SILENT)

    def types(self) -> Mapping[str, Capabilities] | State:
        """Only those that the spec used are in the file: nothing can be said of others."""
        return State.SILENT

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | State:
        """All of them."""
        return self._known.frequencies or State.SILENT


def read_schemas(file: Path) -> Schemas:
    """The schemas in a file. Raises `NotSchemas`."""
    try:
        document = json.loads(file.read_text("utf-8"))
        if document["format"] != FORMAT or document["format_version"] != FORMAT_VERSION:
            raise NotSchemas(f"{path_text(file)} is of another applier.")
        connections = {name: _connection(entry) for name, entry in document["connections"].items()}
        frequencies = {name: tuple(entry) for name, entry in document["frequencies"].items()}
        return Schemas(str(document["taken"]), connections, {}, frequencies)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotSchemas(f"{path_text(file)} cannot be read as a file of schemas ({type(error).__name__}).") from None


def _connection(entry: Mapping[str, Any]) -> Connection:
    creation = entry.get("creation")
    return Connection(
        {key: Source(read_fields(fields)) for key, fields in entry.get("sources", {}).items()},
        {name: tuple(values) for name, values in entry.get("choices", {}).items()},
        {name: _target(name, told) for name, told in entry.get("targets", {}).items()},
        tuple(entry["objects"]) if "objects" in entry else None,
        Creation(True, {name: tuple(values) for name, values in creation.items()}) if creation is not None else None,
        {key: Inputs(tuple(map(tuple, inputs))) for key, inputs in entry.get("enrichments", {}).items()},
        read_source(entry["bulk_source"]) if "bulk_source" in entry else None,
        read_destination(entry["bulk_destination"]) if "bulk_destination" in entry else None,
    )


def _target(name: str, told: Mapping[str, Any]) -> Target:
    modes, fields = told.get("modes"), told.get("fields")
    return Target(
        name,
        {mode: Mode(mode, **one) for mode, one in modes.items()} if modes is not None else None,
        {id: TargetField(id, **_tuples(one)) for id, one in fields.items()} if fields is not None else None,
        frozenset(told["flags"]) if "flags" in told else None,
    )


def _tuples(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}
