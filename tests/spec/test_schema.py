"""The schema is a contract for people too: everything in it explains itself, and its examples are right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from applier.kinds import KINDS
from applier.spec.schema.files import folder, read_schema
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
    assert types_at(("connections", "A", "configuration", "port"), document, KINDS) == {"integer"}
    assert types_at(("connections", "A", "configuration", "passwd"), document, KINDS) == {"string"}
    assert types_at(("connections", "B", "configuration", "port"), document, KINDS) == frozenset()
    assert types_at(("syncs", "S", "active"), {}, KINDS) == {"boolean"}
    assert types_at(("syncs", "S", "schedule", "minute"), {}, KINDS) == {"string", "integer"}
    assert types_at(("syncs", "S", "fields", "EMAIL", "new"), {}, KINDS) == {"boolean"}
    assert types_at(("syncs", "S", "filters", 0, "value"), {}, KINDS) == frozenset()
    assert types_at(("version",), {}, KINDS) == {"integer"}
    assert is_word(("syncs", "S", "mode"), {}, KINDS)
    assert is_word(("syncs", "S", "schedule", "run_after", "syncs", 0), {}, KINDS)
    assert not is_word(("syncs", "S", "target", "object"), {}, KINDS)
