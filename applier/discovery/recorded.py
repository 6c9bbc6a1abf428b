"""The file of recorded schemas beside a spec: what its connections offer, without data, secrets and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from applier.diagnostics import Place
from applier.discovery.offerings import (
    BulkDestination,
    BulkSource,
    EnrichmentInputs,
    Mode,
    Source,
    SourceField,
    Target,
    TargetCreation,
    TargetField,
)
from applier.spec.documents.json_text import NotJson, WrongFile, decode_json
from applier.spec.resources import canonical_name
from applier.system import describe_os_error, path_text

FILE_NAME = "applier.schemas.json"
FORMAT, FORMAT_VERSION = "applier-schemas", 1


class NotSchemas(WrongFile):
    """The file is not one that this version of applier can read."""


@dataclass(frozen=True, slots=True)
class RecordedConnection:
    """What one connection offers. Sources and enrichments are found by `query_key`, targets by object id.

    `choices` are the values that its first level lists; `objects` is None where target objects were not recorded.
    """

    sources: Mapping[str, Source] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    objects: tuple[str, ...] | None = None
    creation: TargetCreation | None = None
    enrichments: Mapping[str, EnrichmentInputs] = field(default_factory=dict)
    bulk_source: BulkSource | None = None
    bulk_destination: BulkDestination | None = None


@dataclass(frozen=True, slots=True)
class Schemas:
    """The whole file. `taken` is the time of the recording, RFC 3339."""

    taken: str = ""
    connections: Mapping[str, RecordedConnection] = field(default_factory=dict)
    frequencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_schemas(file: Path) -> Schemas:
    """Return the schemas of a file. Raises `NotSchemas`."""
    try:
        document = _members(decode_json(file.read_bytes()))
        if document["format"] != FORMAT or document["format_version"] != FORMAT_VERSION:
            raise NotSchemas(f"{path_text(file)} was written by another version of applier.", Place(path_text(file)))
        recorded = _members(document["connections"])
        connections = {canonical_name(name): _connection(_members(entry)) for name, entry in recorded.items()}
        return Schemas(str(document["taken"]), connections, _word_lists(document["frequencies"]))
    except OSError as error:
        raise NotSchemas(f"Cannot read {path_text(file)}: {describe_os_error(error)}.") from None
    except NotJson as error:
        raise NotSchemas(f"{path_text(file)} has no recorded schemas: {error}.", error.place(file)) from None
    except KeyError as error:
        raise NotSchemas(
            f"{path_text(file)} has no recorded schemas: {error} is missing.", Place(path_text(file))
        ) from None
    except TypeError as error:
        raise NotSchemas(
            f"{path_text(file)} has no recorded schemas: a value is {error}.", Place(path_text(file))
        ) from None


def _connection(entry: Mapping[str, object]) -> RecordedConnection:
    enrichments = _members(entry.get("enrichments", {}))
    return RecordedConnection(
        {key: Source(_fields(fields)) for key, fields in _members(entry.get("sources", {})).items()},
        _word_lists(entry.get("choices", {})),
        {name: _target(name, _members(target)) for name, target in _members(entry.get("targets", {})).items()},
        _words(entry["objects"]) if "objects" in entry else None,
        TargetCreation(True, _word_lists(entry["creation"])) if "creation" in entry else None,
        {key: EnrichmentInputs(tuple(map(_words, _list(inputs)))) for key, inputs in enrichments.items()},
        _bulk_source(_members(entry["bulk_source"])) if "bulk_source" in entry else None,
        _bulk_destination(_members(entry["bulk_destination"])) if "bulk_destination" in entry else None,
    )


def _fields(value: object) -> dict[str, SourceField]:
    entries = {name: _members(entry) for name, entry in _members(value).items()}
    return {
        name: SourceField(name, str(one.get("type", "")), str(one.get("native", ""))) for name, one in entries.items()
    }


def _target(name: str, entry: Mapping[str, object]) -> Target:
    modes, fields = entry.get("modes"), entry.get("fields")
    return Target(
        name,
        {mode: _mode(mode, _members(one)) for mode, one in _members(modes).items()} if modes is not None else None,
        {id: _target_field(id, _members(one)) for id, one in _members(fields).items()} if fields is not None else None,
        frozenset(_words(entry["flags"])) if "flags" in entry else None,
    )


def _mode(name: str, entry: Mapping[str, object]) -> Mode:
    requires_identity, target_filters, field_modes = (
        _flag(entry, member) for member in ("requires_identity", "target_filters", "field_modes")
    )
    return Mode(name, requires_identity, target_filters, field_modes)


def _target_field(id: str, entry: Mapping[str, object]) -> TargetField:
    return TargetField(
        id,
        type=str(entry.get("type", "")),
        native=str(entry.get("native", "")),
        required=_flag(entry, "required"),
        createable=_flag(entry, "createable"),
        updateable=_flag(entry, "updateable"),
        filterable=_flag(entry, "filterable"),
        identity=_flag(entry, "identity"),
        identity_functions=_words(entry.get("identity_functions", [])),
        filter_functions=_words(entry.get("filter_functions", [])),
        encryptable=_flag(entry, "encryptable"),
        values=_words(entry.get("values", [])),
    )


def _bulk_source(entry: Mapping[str, object]) -> BulkSource:
    schemas = _members(entry.get("schemas", {}))
    fields = {id: None if one is None else _fields(one) for id, one in schemas.items()}
    return BulkSource(fields, _flag(entry, "tracking"), _settings(entry))


def _bulk_destination(entry: Mapping[str, object]) -> BulkDestination:
    modes, resync_modes = (_words(entry.get(name, [])) for name in ("modes", "resync_modes"))
    return BulkDestination(modes, resync_modes, _flag(entry, "history"), _settings(entry))


def _settings(entry: Mapping[str, object]) -> dict[str, bool]:
    return {name: bool(required) for name, required in _members(entry.get("settings", {})).items()}


def _members(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("not a mapping")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, _list(value)))


def _word_lists(value: object) -> dict[str, tuple[str, ...]]:
    return {name: _words(one) for name, one in _members(value).items()}


def _flag(entry: Mapping[str, object], member: str) -> bool | None:
    return None if entry.get(member) is None else bool(entry[member])
