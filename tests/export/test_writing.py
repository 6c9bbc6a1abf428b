"""Whatever is written as YAML is read back as the same data, by this product and by a YAML 1.1 reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from applier.spec.documents.parse import parse
from applier.spec.documents.scalars import same_number
from applier.spec.documents.write import Inline, dump_yaml

TRICKY = [
    "on", "no", "null", "~", "", " ", "1", "1.5", "0o7", "1e5", "12:30", "2024-01-01", "-", "- a", "a: b", "a:", "a #b",
    "#", "[x]", "{a}", "&a", "*a", "!a", "%a", "@a", "`a`", "'", '"', "a\nb", "a\n\nb\n", "a\nb\n\n", " a\nb", "a\n b ",
    "\ta\nb", "a\tb\n\tc", "\n", "\n\na\n", "a\r\nb", "\x00", "\x85", "\u2028", "\ufeff", "\U0001f600", "日本", "ÄÖ ß",
    "x" * 200, "<<", "=", "?", "? a", "| a", "> a", "---", "...", "${env:A}", "$${", "a/b", "ſ", "1_000", ".5", "+1",
    "a  b", "a ", " a", "0x1F", "true", "Yes", "١٢", "\\n", "-1", "a,b", "::", "a\u00a0b", "  \n  a\n", "a\n   ",
]  # fmt: skip
texts = st.sampled_from(TRICKY) | st.text(max_size=12) | st.text("ab \n\t#:-'\"${}|", max_size=12)
texts = texts.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text))
scalars = texts | st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e300, 1e300)
values = st.recursive(
    scalars,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(texts, one, max_size=3) | st.builds(
        Inline, st.dictionaries(texts, one, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip


def read(text: str) -> Any:
    documents, problems = parse(text.encode(), "x.yaml", Path())
    assert [one.detail for one in problems] == []
    return documents[0].value


@given(st.dictionaries(texts, values, min_size=1, max_size=3))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    assert read(dump_yaml(value)) == value


@given(st.integers(-(2**200), 2**200))
def test_an_integer_that_no_file_can_hold_is_written_as_a_text_of_its_digits(value: int) -> None:
    found = read(dump_yaml({"a": value, "b": [value]}))
    assert found == {"a": found["a"], "b": [found["a"]]}
    assert found["a"] == str(value) if isinstance(found["a"], str) else same_number(found["a"], value)


@pytest.mark.parametrize("text", TRICKY)
def test_every_reader_sees_the_same_text(text: str) -> None:
    value = {"a": {text: text, "in": Inline({text: text}), "list": [text, {text: text}]}}
    assert read(dump_yaml(value)) == value
    assert yaml.safe_load(dump_yaml(value)) == value


def test_it_looks_as_if_a_person_had_written_it() -> None:
    value = {
        "version": 1,
        "models": {
            "Customer Model": {
                "connection": "MySQL Connection",
                "configuration": {"query": "SELECT *  \n\tFROM a\n", "passwd": "${env:PASSWORD}", "on": "yes"},
                "fields": ["id", "email"],
            }
        },
        "syncs": {"A": {"fields": {"EMAIL": "email", "ID": Inline({"field": "id", "sync_mode": "create"})}}},
    }
    assert dump_yaml(value) == (
        "version: 1\n\nmodels:\n  Customer Model:\n    connection: MySQL Connection\n    configuration:\n"
        "      query: |\n        SELECT *  \n        \tFROM a\n      passwd: ${env:PASSWORD}\n"
        '      "on": "yes"\n    fields: [id, email]\n\n'
        "syncs:\n  A:\n    fields:\n      EMAIL: email\n      ID: {field: id, sync_mode: create}\n"
    )
