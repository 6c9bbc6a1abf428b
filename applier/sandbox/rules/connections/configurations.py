"""Check and complete a connection's configuration: required members, types, choices, defaults, kept secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.connection_types import ConnectionType, connection_types
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


def complete(
    known: ConnectionType, sent: Mapping[str, Any], before: Mapping[str, Any] | None, switches: Switches
) -> dict[str, Any]:
    """The configuration that is stored for what was sent, laid over nothing but the secrets of the one before."""
    stored = _without_computed(known, sent)
    stored = _with_secrets(known, stored, before or {}, switches)
    check(known, stored)
    if switches["configuration_defaults"] == "fill":
        stored = {**stored, **{name: value for name, value in known.defaults().items() if stored.get(name) is None}}
    return {**stored, **_computed_members(known, before or {})}


def check(known: ConnectionType, configuration: Mapping[str, Any]) -> None:
    """Refuse what the type's schema does not allow; members it does not know are let through."""
    for name in known.required_members():
        if not is_set(configuration.get(name)):
            raise bad_request(f"configuration: {name} is required")
    for name, schema in known.properties.items():
        value = configuration.get(name)
        if value is not None:
            _check_type(name, value, schema)
            _check_choice(name, value, schema)


def _check_type(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    wanted = schema.get("type")
    fits = JSON_TYPES.get(wanted) if isinstance(wanted, str) else None
    if fits is None:
        return
    if not isinstance(value, fits) or (isinstance(value, bool) and bool not in fits):
        raise bad_request(f"configuration: {name} must be of type {wanted}")


def _check_choice(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    choices = [choice.get("value") if isinstance(choice, dict) else choice for choice in schema.get("enum") or []]
    if choices and is_set(value) and value not in choices:
        raise bad_request(f"configuration: {name} must be one of {', '.join(map(str, choices))}")


def _without_computed(known: ConnectionType, sent: Mapping[str, Any]) -> dict[str, Any]:
    dropped = known.computed_members() | known.without_effect()
    return {name: value for name, value in sent.items() if name not in dropped}


def _with_secrets(
    known: ConnectionType, sent: dict[str, Any], before: Mapping[str, Any], switches: Switches
) -> dict[str, Any]:
    kept = dict(sent)
    for name in known.sensitive() & set(before):
        omitted = name not in sent and switches["omitted_secrets"] == "keep"
        sent_back = sent.get(name) == MASK and switches["mask_sent_back"] == "unchanged"
        if omitted or sent_back:
            kept[name] = before[name]
    return kept


def _computed_members(known: ConnectionType, before: Mapping[str, Any]) -> dict[str, Any]:
    """Members that the service sets itself, the same for as long as the connection lives."""
    return {
        name: before.get(name, f"sandbox-{name}")
        for name in sorted(known.computed_members())
        if known.properties[name].get("type") == "string"
    }
