"""An anchor may be given again in a document: an alias means the latest node (YAML 1.2, section 3.2.2.2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applier.diagnostics import Place
from applier.spec.documents.append import append_members
from applier.spec.documents.hidden import hidden_lines
from applier.spec.documents.parse import parse
from applier.spec.documents.patch import Edit, apply_edits
from applier.spec.formatting import format_content
from tests import effort


def values(text: str) -> list[object]:
    documents, problems = parse(text.encode(), "f", Path())
    assert problems == []
    return [one.value for one in documents]


READ = {
    "scalars": ("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", [{"a": 1, "b": 1, "c": 2, "d": 2}]),
    "words and texts": (
        "a: &x no\nb: &x ~\nc: *x\nd: &x 'no'\ne: *x\n",
        [{"a": "no", "b": None, "c": None, "d": "no", "e": "no"}],
    ),
    "merge keys": (
        "a: &x {k: 1, l: 1}\nb: &x {k: 2}\nc: {<<: *x, l: 3}\n",
        [{"a": {"k": 1, "l": 1}, "b": {"k": 2}, "c": {"l": 3, "k": 2}}],
    ),
    "inside itself": ("a: &x [&x 1, *x]\nb: *x\n", [{"a": [1, 1], "b": 1}]),
    "a document before and after": (
        "a: &x 1\n---\na: &x 2\nb: &x 3\nc: *x\n---\nd: &x 4\n",
        [{"a": 1}, {"a": 2, "b": 3, "c": 3}, {"d": 4}],
    ),
    "a tag": ("a: &x !!str 1\nb: &x !!int '2'\nc: *x\n", [{"a": "1", "b": 2, "c": 2}]),
}


@pytest.mark.parametrize("case", READ)
def test_the_latest_anchor_counts(case: str) -> None:
    text, expected = READ[case]
    assert values(text) == expected


def test_what_is_wrong_beside_it_has_its_place() -> None:
    """The anchor is given again before and behind each mistake."""
    again = "a: &x 1\nb: &x 2\n"
    wrong = {
        "c: *y\n": ("yaml-syntax", "The file is not valid YAML: found undefined alias 'y'.", 3, 4),
        "c: [\n": ("yaml-syntax", "The file is not valid YAML: did not find expected node content.", 4, 1),
        "c: &z [*z]\n": ("endless-alias", "This value contains itself.", 3, 4),
        "a: 1\n": ("duplicate-key", 'Duplicate key "a", first in line 1.', 3, 1),
        "c: " + "[" * 101 + "]" * 101 + "\n": (
            "nested-too-deep",
            "Values are nested more than 100 levels deep.",
            3,
            102,
        ),
    }
    for line, (code, detail, row, column) in wrong.items():
        _, problems = parse((again + line).encode(), "f", Path())
        assert [(one.code, one.detail, one.place) for one in problems] == [(code, detail, Place("f", row, column))]


def test_places_are_those_of_the_latest_anchor() -> None:
    (document,), _ = parse(b"a: &x {k: 1}\nb: &x {k: 2}\nc: *x\n", "f", Path())
    assert [document.place((one, "k")).line for one in "abc"] == [1, 2, 2]
    assert document.place(("c",), key=True) == Place("f", 3, 1)


ORDERED = {
    "each alias stays below its anchor": (
        "x-a: &x 1\nmodels:\n  M: &x {a: 1}\nconnections:\n  C: *x\nversion: 1\n",
        "version: 1\nx-a: &x 1\nmodels:\n  M: &x {a: 1}\nconnections:\n  C: *x\n",
    ),
    "an anchor that is given again stays below the aliases of the first": (
        "syncs:\n  S: &x {a: 1}\nmodels:\n  M: *x\nconnections:\n  C: &x {b: 1}\nversion: 1\n",
        "version: 1\nsyncs:\n  S: &x {a: 1}\nmodels:\n  M: *x\nconnections:\n  C: &x {b: 1}\n",
    ),
}


@pytest.mark.parametrize("case", ORDERED)
def test_order(case: str) -> None:
    before, after = ORDERED[case]
    assert format_content(before.encode(), "f") == (after.encode(), [])
    assert values(after) == values(before)


def test_edits() -> None:
    """A value is changed if no other changes with it: what an alias refers to is not."""
    text = b"a: &x 1  # one\nb: *x\nc: &x 2\nd: *x\ne: 5\n"
    after, left = apply_edits(text, 0, [Edit(("e",), 6), Edit(("c",), 3), Edit(("d",), 4), Edit(("b",), 4)])
    assert after == text.replace(b"e: 5", b"e: 6")
    assert [one.path for one in left] == [("c",), ("d",), ("b",)]
    given = b"x-a: &x 1\nx-b: &x {k: 2}\nmodels:\n  A: *x\n"
    longer = append_members(given, "f", "models", "B", {"c": "d"})
    assert longer == b"x-a: &x 1\nx-b: &x {k: 2}\nmodels:\n  A: *x\n  B:\n    c: d\n"


def test_secrets_are_hidden() -> None:
    lines = hidden_lines(b"a: &x hush-hush\nb: &x hush-again\nc: *x\n", ["hush-hush", "hush-again"], str, "***")
    assert lines == ["a: &x ***\n", "b: &x ***\n", "c: *x\n"]


ITEMS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from(["scalar", "list", "alias"]), st.integers(0, 9)), max_size=12
)


@settings(max_examples=effort.scale(60, 5000))
@given(ITEMS)
def test_any_order_of_anchors_means_what_it_says(items: list[tuple[str, str, int]]) -> None:
    """A document with anchors and aliases in any order is what a list of assignments makes of it."""
    latest: dict[str, object] = {}
    lines, expected = [], {}
    for number, (name, form, value) in enumerate(items):
        key = f"k{number}"
        if form == "alias" and name in latest:
            lines.append(f"{key}: *{name}")
        else:
            latest[name] = [value, {"v": value}] if form == "list" else value
            lines.append(f"{key}: &{name} {f'[{value}, {{v: {value}}}]' if form == 'list' else value}")
        expected[key] = latest[name]
    assert values("\n".join([*lines, "last: 1", ""])) == [{**expected, "last": 1}]


KEYS = ("version", "x-a", "x-b", "connections", "models", "syncs", "owns", "unknown")
MEMBERS = ("configuration", "connection", "identifier", "fields")


@st.composite
def disordered(draw: st.DrawFn) -> str:
    """Return a document whose keys are in any order, with anchors that are given again on two levels."""
    known: set[str] = set()

    def value() -> str:
        name = draw(st.sampled_from("xyz"))
        form = draw(st.sampled_from(("plain", "anchor", "alias", "list")))
        if form == "alias" and name in known:
            return f"*{name}"
        if form in ("anchor", "list"):
            known.add(name)
        number = draw(st.integers(0, 99))
        return {"anchor": f"&{name} {number}", "list": f"&{name} [{number}, &{name} {number + 1}]"}.get(
            form, str(number)
        )

    lines: list[str] = []
    for key in draw(st.permutations(KEYS)):
        if key in ("connections", "models", "syncs"):
            lines += [f"{key}:", "  R:", *(f"    {one}: {value()}" for one in draw(st.permutations(MEMBERS)))]
        else:
            lines.append(f"{key}: {value()}")
    return "\n".join([*lines, ""])


@settings(max_examples=effort.scale(60, 3000))
@given(disordered())
def test_fmt_orders_whatever_anchors_allow(content: str) -> None:
    """Nothing is left alone because of anchors, nothing changes its meaning, and a second time changes nothing."""
    after, problems = format_content(content.encode(), "f")
    assert problems == []
    assert values(after.decode()) == values(content)
    assert format_content(after, "f") == (after, [])
