"""The schema is a contract for people too: everything in it explains itself, and its examples are right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from applier.schema_files import folder, read_schema
from applier.spec.schema.lookup import is_word, types_at

SCHEMA = read_schema("spec.schema")
assert SCHEMA is not None


def described(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every subschema that describes a value, by a path for messages."""
    yield path, schema
    for group in ("properties", "patternProperties", "$defs"):
        for name, one in schema.get(group, {}).items():
            yield from described(one, f"{path}/{name}")
    for single in ("items", "additionalProperties"):
        if isinstance(schema.get(single), dict):
            yield from described(schema[single], f"{path}/{single}")


DESCRIBED = {path: schema for path, schema in described(SCHEMA) if "$ref" not in schema}


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert folder() == Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("path", [path for path in DESCRIBED if path])
def test_everything_explains_itself(path: str) -> None:
    schema = DESCRIBED[path]
    assert {"title", "description", "examples"} <= schema.keys()
    assert schema["description"].endswith(".")
    validator = Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]})
    assert [error.message for example in schema["examples"] for error in validator.iter_errors(example)] == []


def test_types_and_words() -> None:
    document = json.loads('{"connections": {"A": {"type": "mysql"}}}')
    assert types_at(("connections", "A", "configuration", "port"), document) == {"integer"}
    assert types_at(("connections", "A", "configuration", "passwd"), document) == {"string"}
    assert types_at(("connections", "B", "configuration", "port"), document) == frozenset()
    assert types_at(("syncs", "S", "active")) == {"boolean"}
    assert types_at(("syncs", "S", "schedule", "minute")) == {"string", "integer"}
    assert types_at(("syncs", "S", "fields", "EMAIL", "new")) == {"boolean"}
    assert types_at(("syncs", "S", "filters", 0, "value")) == frozenset()
    assert types_at(("version",)) == {"integer"}
    assert is_word(("syncs", "S", "mode"))
    assert is_word(("syncs", "S", "schedule", "run_after", "syncs", 0))
    assert not is_word(("syncs", "S", "target", "object"))
