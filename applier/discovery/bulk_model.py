"""What connections offer to bulk syncs, in the words of the checks (api.md 18.6); what is not told is not held against
anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from applier.discovery.model import SourceField, State
from applier.kinds.base import mapping, sequence, text


@dataclass(frozen=True, slots=True)
class BulkSource:
    """What can be copied: by schema its fields, None where they are not told. `settings` tell which are required."""

    schemas: Mapping[str, Mapping[str, SourceField] | None]
    tracking: bool | None = None
    settings: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkDestination:
    """How it can be kept: empty lists are not told."""

    modes: tuple[str, ...] = ()
    resync_modes: tuple[str, ...] = ()
    history: bool | None = None
    settings: Mapping[str, bool] = field(default_factory=dict)


class BulkCatalog(Protocol):
    """Whoever can tell what connections offer to bulk syncs."""

    def source(self, connection: str, *, fields: bool) -> BulkSource | State:
        """What can be copied from it, with the fields if they are wanted."""
        ...

    def destination(self, connection: str) -> BulkDestination | State:
        """What can be written to it."""
        ...


def bulk_source_of(answer: Mapping[str, object]) -> BulkSource:
    """A source of an answer."""
    schemas = {name: _fields(one) for one in map(mapping, sequence(answer.get("schemas"))) if (name := _id(one))}
    tracking = mapping(answer.get("capabilities")).get("supports_tracking_fields")
    return BulkSource(schemas, _flag(tracking), _settings(answer.get("configuration")))


def bulk_destination_of(answer: Mapping[str, object]) -> BulkDestination:
    """A destination of an answer."""
    return BulkDestination(
        tuple(filter(None, (_id(mapping(one)) for one in sequence(answer.get("modes"))))),
        tuple(map(str, sequence(answer.get("supported_resync_modes")))),
        _flag(answer.get("supports_history_mode")),
        _settings(answer.get("configuration")),
    )


def _id(entry: Mapping[str, object]) -> str:
    return text(entry.get("id")) or text(entry.get("name"))


def _fields(schema: Mapping[str, object]) -> Mapping[str, SourceField] | None:
    """No fields at all are fields that were not asked for."""
    found = (mapping(one) for one in sequence(schema.get("fields")))
    fields = {
        name: SourceField(name, text(one.get("type")), text(one.get("remote_type")))
        for one in found
        if (name := _id(one))
    }
    return fields or None


def _settings(configuration: object) -> dict[str, bool]:
    """The settings and which of them have to be given: a description of each, or a JSON Schema of all.

    What has a default, or settings of its own, is never required here.
    """
    told = mapping(configuration)
    described = mapping(told.get("properties")) or told
    required = set(map(str, sequence(told.get("required"))))
    return {
        name: (entry.get("required") is True or name in required) and not entry.get("default")
        for name, entry in ((name, mapping(one)) for name, one in described.items())
    }


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
