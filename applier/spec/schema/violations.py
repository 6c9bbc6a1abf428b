"""Tells where and why a value does not fit a schema. The only file that imports jsonschema, when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.spec.resources import Path
from applier.spec.schema.files import Schema


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken keyword of a schema: at which path, what it demands, and the value that breaks it.

    `of_key` means that the value is a key of the mapping at `path` instead of the value there.
    """

    path: Path
    keyword: str
    demand: object
    schema: Schema = field(repr=False)
    value: object = field(repr=False)
    of_key: bool = False


def find_violations(schema: Schema, value: object) -> Iterator[Violation]:
    """Return everything that is wrong with a value, in no particular order."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(value):
        yield Violation(
            tuple(error.absolute_path),
            str(error.validator),
            error.validator_value,
            error.schema if isinstance(error.schema, Mapping) else {},
            error.instance,
            of_key="propertyNames" in error.absolute_schema_path,
        )
