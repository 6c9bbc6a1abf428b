"""Decodes answers of the API about connections into the nouns of discovery."""

from __future__ import annotations

from collections.abc import Mapping

from applier.discovery.offerings import (
    BulkDestination,
    BulkSource,
    Capabilities,
    EnrichmentInputs,
    Mode,
    SourceField,
    Target,
    TargetField,
)
from applier.kinds.base import mapping, sequence, text


def source_fields(data: object) -> dict[str, SourceField]:
    """Return the fields of a source by name (docs/api/models.md#fields)."""
    return {one.name: one for one in (_source_field(mapping(entry), "name") for entry in sequence(data)) if one.name}


def _source_field(entry: Mapping[str, object], *name_members: str) -> SourceField:
    name = next(filter(None, (text(entry.get(member)) for member in name_members)), "")
    return SourceField(name, text(entry.get("type")), text(entry.get("remote_type")))


def decode_target(answer: Mapping[str, object]) -> Target:
    """Return the target of an answer (docs/api/discovery.md#target-fields).

    An empty list of fields means that the service does not know them.
    """
    modes = {one.name: one for one in map(_mode, sequence(answer.get("modes"))) if one.name}
    fields = {one.id: one for one in map(_target_field, sequence(answer.get("fields"))) if one.id}
    flags = answer.get("properties")
    return Target(
        text(answer.get("id")),
        modes or None,
        fields or None,
        frozenset(name for name, value in flags.items() if value is True) if isinstance(flags, Mapping) else None,
    )


def _mode(value: object) -> Mode:
    """Return a mode of either form (docs/api/behaviours.md#alternative-forms)."""
    entry = mapping(value)
    return Mode(
        mode_name(entry),
        _flag(entry.get("requires_identity")),
        _flag(entry.get("supports_target_filters")),
        _flag(entry.get("supports_field_sync_mode", entry.get("supports_per_field_mode"))),
    )


def mode_name(entry: Mapping[str, object]) -> str:
    """Return the name of a mode of either form (docs/api/behaviours.md#alternative-forms)."""
    return text(entry.get("mode")) or text(entry.get("id"))


def _target_field(value: object) -> TargetField:
    entry = mapping(value)
    return TargetField(
        id=text(entry.get("id")) or text(entry.get("name")),
        type=text(entry.get("type")),
        native=text(entry.get("source_type")),
        required=_flag(entry.get("required")),
        createable=_flag(entry.get("createable")),
        updateable=_flag(entry.get("updateable")),
        filterable=_flag(entry.get("filterable")),
        identity=_flag(entry.get("supports_identity")),
        identity_functions=_words(entry.get("identity_functions"), "id"),
        filter_functions=_words(entry.get("filter_functions"), "id"),
        encryptable=_flag(entry.get("encryptable")),
        values=_words(entry.get("values"), "value"),
    )


def decode_inputs(data: object) -> EnrichmentInputs | None:
    """Return the inputs of an enrichment (docs/api/discovery.md#enrichment-inputs), None where none are listed."""
    alternatives = tuple(tuple(map(str, sequence(one))) for one in sequence(data))
    return EnrichmentInputs(alternatives) if any(alternatives) else None


def decode_capabilities(answer: Mapping[str, object]) -> Capabilities:
    """Return the capabilities of a connection type (docs/api/connection-types.md#list)."""
    return Capabilities(*(_flag(answer.get(name)) for name in ("source", "destination", "enrichment")))


def decode_bulk_source(answer: Mapping[str, object]) -> BulkSource:
    """Return the source of an answer (docs/api/discovery.md#bulk-sources-and-destinations)."""
    entries = map(mapping, sequence(answer.get("schemas")))
    schemas = {name: _schema_fields(entry) for entry in entries if (name := _id(entry))}
    tracking = mapping(answer.get("capabilities")).get("supports_tracking_fields")
    return BulkSource(schemas, _flag(tracking), _settings(answer.get("configuration")))


def decode_bulk_destination(answer: Mapping[str, object]) -> BulkDestination:
    """Return the destination of an answer (docs/api/discovery.md#bulk-sources-and-destinations)."""
    return BulkDestination(
        tuple(filter(None, (_id(mapping(one)) for one in sequence(answer.get("modes"))))),
        tuple(map(str, sequence(answer.get("supported_resync_modes")))),
        _flag(answer.get("supports_history_mode")),
        _settings(answer.get("configuration")),
    )


def _id(entry: Mapping[str, object]) -> str:
    return text(entry.get("id")) or text(entry.get("name"))


def _schema_fields(schema: Mapping[str, object]) -> Mapping[str, SourceField] | None:
    """Return None for an empty list: that is what the service sends for fields that were not requested."""
    fields = (_source_field(mapping(entry), "id", "name") for entry in sequence(schema.get("fields")))
    return {one.name: one for one in fields if one.name} or None


def _settings(value: object) -> dict[str, bool]:
    """Return for each setting whether it is required.

    The service describes each setting, or all of them by a JSON Schema. A setting with a default is not required.
    """
    configuration = mapping(value)
    properties = mapping(configuration.get("properties")) or configuration
    required = set(map(str, sequence(configuration.get("required"))))
    return {
        name: (entry.get("required") is True or name in required) and not entry.get("default")
        for name, entry in ((name, mapping(one)) for name, one in properties.items())
    }


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(entries: object, member: str) -> tuple[str, ...]:
    """Return texts that are listed as such, or each as a member of a mapping."""
    words = (one.get(member) if isinstance(one, Mapping) else one for one in sequence(entries))
    return tuple(str(one) for one in words if one is not None)
