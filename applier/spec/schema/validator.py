"""Tells fast whether a value fits a schema. The only file that imports jsonschema_rs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from applier.secrets import reveal_secrets
from applier.spec.schema.files import Schema
from applier.spec.schema.lookup import resource_schema, spec_schema

Validator = Callable[[object], bool]


def fits_spec(document: object) -> bool:
    """Return whether a document fits the schema of a whole spec."""
    return _is_valid(_spec_validator(), document)


def fits_definition(definition: str, body: object) -> bool:
    """Return whether the body of a resource fits the definition of its kind."""
    return _is_valid(_definition_validator(definition), body)


def fits(schema: Schema, value: object) -> bool:
    """Return whether a value fits any other schema."""
    return _is_valid(_validator(schema), value)


def is_schema(schema: object) -> bool:
    """Return whether this is a JSON Schema that refers to nothing outside of itself."""
    return isinstance(schema, dict) and _is_local(schema) and _is_sound(schema)


def _is_sound(schema: Schema) -> bool:
    from jsonschema_rs import ValidationError

    try:
        _validator(schema)
    except (ValidationError, ValueError):
        return False
    return True


def _is_local(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_local(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("$ref", "#")).startswith("#") and all(_is_local(one) for one in value.values())
    return True


def _is_valid(validator: Validator, value: object) -> bool:
    try:
        return validator(value)
    except ValueError:  # the library takes `str`, but no class derived from it
        return validator(reveal_secrets(value))


def _validator(schema: Schema) -> Validator:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(dict(schema)).is_valid


@cache
def _spec_validator() -> Validator:
    return _validator(spec_schema())


@cache
def _definition_validator(definition: str) -> Validator:
    return _validator(resource_schema(definition))
