"""Check and complete the configuration of a connection: required members, types, choices, defaults, secrets."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.connection_types import ConnectionType, connection_types, enum_values
from applier.sandbox.json_values import Document, JsonObject
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.secret_masks import MASK, is_set
from applier.sandbox.switches import Switches

JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def known_type(id: str) -> ConnectionType:
    found = connection_types().get(id)
    if found is None:
        raise bad_request(f"unknown connection type: {id}")
    return found


def complete(known: ConnectionType, sent: JsonObject, before: JsonObject | None, switches: Switches) -> Document:
    """Return the configuration to store: what was sent, with the secrets that were stored before and with defaults."""
    stored = _without_computed(known, sent)
    stored = _with_secrets(known, stored, before or {}, switches)
    check(known, stored)
    if switches["configuration_defaults"] == "fill":
        stored = {**stored, **{name: value for name, value in known.defaults().items() if stored.get(name) is None}}
    return {**stored, **_computed_members(known, before or {})}


def check(known: ConnectionType, configuration: JsonObject) -> None:
    """Refuse what the schema of the type does not allow; unknown members are accepted."""
    for name in known.required_members():
        if not is_set(configuration.get(name)):
            raise bad_request(f"configuration: {name} is required")
    for name, schema in known.properties.items():
        value = configuration.get(name)
        if value is not None:
            _check_type(name, value, schema)
            _check_choice(name, value, schema)


def _check_type(name: str, value: object, schema: JsonObject) -> None:
    wanted = schema.get("type")
    fits = JSON_TYPES.get(wanted) if isinstance(wanted, str) else None
    if fits is None:
        return
    if not isinstance(value, fits) or (isinstance(value, bool) and bool not in fits):
        raise bad_request(f"configuration: {name} must be of type {wanted}")


def _check_choice(name: str, value: object, schema: JsonObject) -> None:
    choices = enum_values(schema)
    if choices and is_set(value) and value not in choices:
        raise bad_request(f"configuration: {name} must be one of {', '.join(map(str, choices))}")


def _without_computed(known: ConnectionType, sent: JsonObject) -> Document:
    dropped = known.computed_members() | known.without_effect()
    return {name: value for name, value in sent.items() if name not in dropped}


def _with_secrets(known: ConnectionType, sent: Document, before: JsonObject, switches: Switches) -> Document:
    kept = dict(sent)
    for name in known.sensitive() & set(before):
        omitted = name not in sent and switches["omitted_secrets"] == "keep"
        sent_back = sent.get(name) == MASK and switches["mask_sent_back"] == "unchanged"
        if omitted or sent_back:
            kept[name] = before[name]
    return kept


def _computed_members(known: ConnectionType, before: JsonObject) -> Document:
    """Return the members that the service sets itself; they do not change while the connection exists."""
    return {
        name: before.get(name, f"sandbox-{name}")
        for name in sorted(known.computed_members())
        if known.properties[name].get("type") == "string"
    }
