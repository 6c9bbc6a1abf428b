"""Where and why a value does not fit a schema. The only file that imports jsonschema, when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken keyword of a schema: at which path, what it demands, and the value it was broken by.

    `of_key` means that the value is a key of the mapping at `path` instead of the value there.
    """

    path: Steps
    keyword: str
    demand: Any
    schema: Mapping[str, Any] = field(repr=False)
    value: Any = field(repr=False)
    of_key: bool = False


def violations(schema: Mapping[str, Any], value: object) -> Iterator[Violation]:
    """Everything that is wrong with a value, in no particular order."""
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
