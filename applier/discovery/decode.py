"""Reads what the service answers about connections into the nouns of the checks."""

from __future__ import annotations

from collections.abc import Mapping

from applier.discovery.model import Capabilities, Inputs, Mode, SourceField, Target, TargetField
from applier.kinds.base import mapping, sequence, text


def source_fields(data: object) -> dict[str, SourceField]:
    """The fields of an answer (api.md 11.4)."""
    found = (mapping(one) for one in sequence(data))
    return {
        name: SourceField(name, text(one.get("type")), text(one.get("remote_type")))
        for one in found
        if (name := text(one.get("name")))
    }


def target_of(answer: Mapping[str, object]) -> Target:
    """A target of an answer (api.md 13.2); no fields at all are fields that the service does not know."""
    modes = {one.name: one for one in map(_mode, sequence(answer.get("modes"))) if one.name}
    fields = {one.id: one for one in map(_field, sequence(answer.get("fields"))) if one.id}
    flags = answer.get("properties")
    return Target(
        text(answer.get("id")),
        modes or None,
        fields or None,
        frozenset(name for name, value in flags.items() if value is True) if isinstance(flags, Mapping) else None,
    )


def _mode(entry: object) -> Mode:
    """A mode in either spelling (quirk 51)."""
    one = mapping(entry)
    per_field = one.get("supports_field_sync_mode", one.get("supports_per_field_mode"))
    return Mode(
        text(one.get("mode")) or text(one.get("id")),
        _flag(one.get("requires_identity")),
        _flag(one.get("supports_target_filters")),
        _flag(per_field),
    )


def _field(entry: object) -> TargetField:
    one = mapping(entry)
    return TargetField(
        id=text(one.get("id")) or text(one.get("name")),
        type=text(one.get("type")),
        native=text(one.get("source_type")),
        required=_flag(one.get("required")),
        createable=_flag(one.get("createable")),
        updateable=_flag(one.get("updateable")),
        filterable=_flag(one.get("filterable")),
        identity=_flag(one.get("supports_identity")),
        identity_functions=_ids(one.get("identity_functions"), "id"),
        filter_functions=_ids(one.get("filter_functions"), "id"),
        encryptable=_flag(one.get("encryptable")),
        values=_ids(one.get("values"), "value"),
    )


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _ids(entries: object, member: str) -> tuple[str, ...]:
    found = (one.get(member) if isinstance(one, Mapping) else one for one in sequence(entries))
    return tuple(str(one) for one in found if one is not None)


def inputs_of(data: object) -> Inputs | None:
    """The inputs of an answer (api.md 10.3); None where the service does not know them."""
    alternatives = tuple(tuple(map(str, sequence(one))) for one in sequence(data))
    return Inputs(alternatives) if any(alternatives) else None


def capabilities_of(told: Mapping[str, object]) -> Capabilities:
    """The capabilities of an answer (api.md 9.1)."""
    return Capabilities(*(_flag(told.get(name)) for name in ("source", "destination", "enrichment")))
