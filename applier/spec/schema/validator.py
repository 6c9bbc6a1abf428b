"""Yes or no, very fast: does a value fit a schema? The only file that imports jsonschema_rs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from applier.secrets import Secret
from applier.spec.schema.lookup import resource_schema, spec_schema


def fits_spec(document: object) -> bool:
    """True when a whole document is right."""
    return _passes(_spec_gate(), document)


def fits_kind(kind: str, body: object) -> bool:
    """True when one resource is right."""
    return _passes(_kind_gate(kind), body)


def fits(schema: Mapping[str, Any], value: object) -> bool:
    """True when a value fits any other schema."""
    return _passes(_gate(schema), value)


def is_schema(schema: object) -> bool:
    """True for a schema that can be used as it is, without looking anywhere else."""
    return isinstance(schema, dict) and _is_local(schema) and _is_sound(schema)


def _is_sound(schema: dict[str, Any]) -> bool:
    from jsonschema_rs import ValidationError

    try:
        _gate(schema)
    except (ValidationError, ValueError):
        return False
    return True


def _is_local(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_local(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("$ref", "#")).startswith("#") and all(_is_local(one) for one in value.values())
    return True


def _passes(gate: Callable[[object], bool], value: object) -> bool:
    try:
        return gate(value)
    except ValueError:  # the library takes `str`, but no class derived from it
        return gate(_revealed(value))


def _revealed(value: Any) -> Any:
    """A copy with plain texts instead of secrets."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {key: _revealed(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_revealed(member) for member in value]
    return value


def _gate(schema: Mapping[str, Any]) -> Callable[[object], bool]:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(dict(schema)).is_valid


@cache
def _spec_gate() -> Callable[[object], bool]:
    return _gate(spec_schema())


@cache
def _kind_gate(kind: str) -> Callable[[object], bool]:
    return _gate(resource_schema(kind))
