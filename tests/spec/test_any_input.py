"""Invariants for any input: no traceback, no secret, no dependence on order, and places that point at the mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics import Diagnostic, Place
from applier.kinds import load_spec
from applier.spec.resources import Spec
from tests.invariants.mutations import paths

RIGHT: dict[str, Any] = {
    "version": 1,
    "x-own": {"any": ["thing", 1, None]},
    "connections": {
        "Shop": {
            "type": "mysql",
            "configuration": {"hostname": "h", "port": 3306, "account": "a", "passwd": "${env:P:-p}", "ssl": True},
        },
        "Warehouse": {"type": "snowflake", "configuration": {"account": "a", "dbname": "d", "username": "u"}},
        "Hub": {"managed": False, "type": "hubspot"},
        "Hook": {
            "type": "webhook",
            "configuration": {
                "url": "u",
                "auth_method": "basic",
                "basic": {"username": "u", "password": "${env:Q:-q}"},
            },
        },
    },
    "models": {
        "Customers": {
            "connection": "Shop",
            "configuration": {"table": "a.b"},
            "identifier": "id",
            "fields": ["id", "email"],
            "tracking_columns": ["changed"],
        },
        "Teams": {"connection": "Shop", "configuration": {"query": "SELECT 1"}},
    },
    "syncs": {
        "First": {
            "mode": "update",
            "model": "Customers",
            "target": {"connection": "Warehouse", "object": "A.B", "configuration": {"x": 1}, "filter_logic": ""},
            "fields": {"EMAIL": "email", "F": {"field": "f"}, "T": {"model": "Teams", "field": "t", "new": True}},
            "identity": {"field": "id", "target": "ID", "function": "Equality"},
            "filters": [
                {"field": "a", "function": "Equality", "value": 1},
                {"model": "Teams", "field": "b", "function": "IsNull"},
            ],
            "filter_logic": "A OR B",
            "overrides": [{"field": "a", "function": "IsNull", "override": "x"}],
            "active": True,
            "schedule": {"frequency": "daily", "hour": 3, "minute": "05"},
        },
        "Second": {
            "mode": "append",
            "target": {"connection": "Hub", "object": "contacts"},
            "fields": {"ORIGIN": {"value": "shop"}},
            "schedule": {"frequency": "runafter", "run_after": {"syncs": ["First"]}},
        },
    },
}

WORDS = st.sampled_from(
    ["", "on", "null", "First", "Shop", "mode", "managed", "configuration", "A AND", "${env:P}", "${env:", "${", "<<"]
)
TEXTS = WORDS | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
INDENTS = ["\n", "\n  ", "\n    ", "\n---\n", "\t", "|\n ", "\ufeff", "\x85"]
MARKS = ["b: ", "- ", "? ", "&x ", "*x", "<<: ", "!!int ", "!t ", "{", "}", "[", "]", ", ", "'", '"', "#", "%"]
CONTENT = ["a", "1", "~", "é", "connections:", "syncs:", "models:", "${env:X}", "${file:.}"]
YAML_PIECES = st.sampled_from([*INDENTS, *MARKS, *CONTENT])


def read(
    files: Mapping[str, str | bytes], environment: Mapping[str, str], order: Sequence[str] = ()
) -> tuple[Any, ...]:
    """What `load` makes of files in a folder of their own; names in diagnostics are relative to it."""
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content if isinstance(content, bytes) else content.encode())
        spec, problems = load_spec([Path(folder, name) for name in order] or [folder], environment)
        for one in problems:
            assert isinstance(one, Diagnostic)
            assert one.summary
            assert one.detail.endswith(".")
            located = [place for place in (one.place, *one.related) if place]
            assert all(place.line > 0 and place.column > 0 for place in located)
        for resource in spec.resources.values():
            assert isinstance(resource.locate(), Place)
        return spec, tuple(_relative(one, f"{Path(folder).as_posix()}/") for one in problems)


def _relative(one: Diagnostic, folder: str) -> tuple[Any, ...]:
    places = [
        place and (place.file.removeprefix(folder), place.line, place.column) for place in (one.place, *one.related)
    ]
    return (one.code, one.severity, one.detail.replace(folder, ""), one.hint, one.address, *places)


def around(value: Any, path: tuple[str | int, ...]) -> Any:
    """What holds the last step of a path."""
    for step in path[:-1]:
        value = value[step]
    return value


PATHS = st.sampled_from(list(paths(RIGHT)))
SECTIONS = ("connections", "models", "syncs")


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The right spec with something replaced, removed, renamed or added."""
    spec = deepcopy(RIGHT)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(paths(spec)) or [("version",)]))
        holder, last = around(spec, path), path[-1]
        action = draw(st.sampled_from(["replace", "remove", "rename"]))
        if last not in holder and isinstance(holder, dict):
            continue
        if action == "replace":
            holder[last] = draw(VALUES)
        else:
            value = holder.pop(last)
            if action == "rename" and isinstance(holder, dict):
                holder[draw(TEXTS)] = value
    return spec


def test_the_right_spec_is_right() -> None:
    spec, problems = read({"spec.yaml": json.dumps(RIGHT)}, {})
    assert problems == ()
    assert len(spec.resources) == 8


@given(st.binary(max_size=200))
def test_bytes_make_no_traceback(data: bytes) -> None:
    read({"spec.yaml": data}, {})


@given(st.lists(YAML_PIECES, max_size=25).map("".join))
def test_anything_like_yaml_makes_no_traceback(text: str) -> None:
    read({"spec.yaml": text}, {"X": "y"})


@given(VALUES, st.sampled_from([(), *[path for path in paths(RIGHT) if len(path) < 4]]))
def test_any_value_anywhere_makes_no_traceback(value: Any, path: tuple[str | int, ...]) -> None:
    spec = deepcopy(RIGHT)
    if path:
        around(spec, path)[path[-1]] = value
    read({"spec.yaml": json.dumps(spec if path else value)}, {"P": "x"})


@given(mutated(), st.booleans())
def test_mutated_specs_make_no_traceback(spec: dict[str, Any], indented: bool) -> None:
    read({"spec.yaml": json.dumps(spec, indent=2 if indented else None)}, {"P": "x"})


def text_at(text: str, found: tuple[Any, ...]) -> str:
    """The text from the place of a diagnostic on."""
    _, line, column = found[5]
    return text.split("\n")[line - 1][column - 1 :]


ANYTHING_GOES = ("table", "query", "x", "override")
CHECKED = [
    path
    for path in paths(RIGHT)
    if path[0] != "x-own" and path[-1] not in ANYTHING_GOES and not ("filters" in path and path[-1] == "value")
]


@given(st.sampled_from(CHECKED))
def test_places_point_at_a_wrong_value(path: tuple[str | int, ...]) -> None:
    spec = deepcopy(RIGHT)
    holder = around(spec, path)
    holder[path[-1]] = -98765.5  # neither text, integer, flag, list nor mapping
    text = json.dumps(spec, indent=2)
    _, problems = read({"spec.yaml": text}, {})
    assert any(text_at(text, one).startswith("-98765.5") for one in problems)
    assert all("98765" not in repr(one) for one in problems)


CLOSED = [
    path
    for path in paths(RIGHT)
    if len(path) > 1
    and path[0] in SECTIONS
    and isinstance(around(RIGHT, (*path, "")), dict)
    and not ("configuration" in path or path[-1] == "fields")
]


@given(st.sampled_from(CLOSED))
def test_places_point_at_an_unknown_key(path: tuple[str | int, ...]) -> None:
    spec = deepcopy(RIGHT)
    around(spec, (*path, ""))["qqq"] = 1
    text = json.dumps(spec, indent=2)
    _, problems = read({"spec.yaml": text}, {})
    assert [text_at(text, one)[:5] for one in problems if one[0] == "unknown-key"] == ['"qqq"']


LEAVES = [path for path in paths(RIGHT) if isinstance(around(RIGHT, (*path, "")), str | int | bool)]
HIDDEN = "Sesame-7f3a"


@given(st.sampled_from(LEAVES), st.sampled_from(["{}", "a{}", "{}b"]), mutated())
def test_no_diagnostic_holds_a_secret(path: tuple[str | int, ...], form: str, other: dict[str, Any]) -> None:
    spec = deepcopy(RIGHT)
    around(spec, path)[path[-1]] = form.format("${env:P}")
    for one in (spec, other):
        result, problems = read({"spec.yaml": json.dumps(one)}, {"P": HIDDEN, "Q": HIDDEN})
        assert HIDDEN not in repr(problems)
        assert HIDDEN not in repr(result)


@st.composite
def scattered(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """The right or a mutated spec spread over three files, and an order to read them in."""
    spec = draw(st.just(RIGHT) | mutated())
    files: dict[str, dict[str, Any]] = {"a.yaml": {}, "b.yaml": {}, "c.yaml": {}}
    for section, members in spec.items():
        for name in members if section in SECTIONS and isinstance(members, dict) else ():
            for file in draw(st.sets(st.sampled_from(sorted(files)), min_size=1, max_size=2)):
                files[file].setdefault(section, {})[name] = members[name]
    return {name: json.dumps(content) for name, content in files.items()}, draw(st.permutations(sorted(files)))


@given(scattered())
def test_the_order_of_files_does_not_matter(case: tuple[dict[str, str], list[str]]) -> None:
    files, order = case
    first, problems = read(files, {"P": "x"})
    second, again = read(files, {"P": "x"}, order)
    assert again == problems
    assert declared(second) == declared(first)


def declared(spec: Spec) -> dict[str, tuple[Any, ...]]:
    """What a spec says, by address."""
    return {address: (one.body, one.place.line, one.managed) for address, one in spec.resources.items()}
