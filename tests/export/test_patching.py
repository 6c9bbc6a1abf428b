"""Edits in place: the smallest change of the text, proven by reading it again."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.spec.documents.parse import parse
from applier.spec.documents.patch import GONE, Edit, apply_edits
from applier.spec.documents.patch_lists import Kept
from applier.spec.documents.write import Inline, dump_yaml
from tests.export.test_writing import scalars, texts, values

FILE = """\
# about all
a: &shared {x: 1}   # one line
"b":
  - one   # first
  - two
  # about c
c:
    d: 'it''s'   # quoted
    e: "on"
    f: plain text  # kept

    g: |
      SELECT *
      FROM a
    # about h
    h: {i: 1, j: [1, 2]}
k: *shared
f:   # all
  # about a
  - a
  # about b
  - b  # beside
n:
  o: 1
s:  # kept
  # above
  t:
    # goes
    - u  # too
q: |- # why
    a
    b
l:
"""


EDITS: list[tuple[Any, Any, str, str]] = [
    (("c", "d"), "ours", "'it''s'   #", "'ours'   #"),
    (("c", "d"), "it's", "", ""),
    (("c", "e"), "off", '"on"', '"off"'),
    (("c", "f"), "yes", "plain text  #", '"yes"  #'),
    (("c", "f"), 5, "plain text  #", "5  #"),
    (("c", "f"), ["a", 1], "plain text  #", "[a, 1]  #"),
    (("c", "f"), "a\nb", "plain text  #", '"a\\nb"  #'),
    (("c", "g"), "SELECT 1\nFROM b\n", "SELECT *\n      FROM a\n", "SELECT 1\n      FROM b\n"),
    (("c", "g"), "x", "|\n      SELECT *\n      FROM a\n", "x\n"),
    (("c", "h", "i"), "a, b", "{i: 1,", '{i: "a, b",'),
    (("c", "h", "j", 1), 3, "[1, 2]", "[1, 3]"),
    (("c", "h", "j"), [], "[1, 2]", "[]"),
    (("c", "h", "z"), True, "j: [1, 2]}", "j: [1, 2], z: true}"),
    (("c", "h", "i"), GONE, "{i: 1, j", "{j"),
    (("c", "h", "j"), GONE, "i: 1, j: [1, 2]}", "i: 1}"),
    (("c", "f"), GONE, "    f: plain text  # kept\n", ""),
    (("c", "g"), GONE, "    g: |\n      SELECT *\n      FROM a\n", ""),
    (("c", "m"), {"z": "o"}, "j: [1, 2]}\n", "j: [1, 2]}\n    m:\n      z: o\n"),
    (("b", 0), "three", "- one   #", "- three   #"),
    (("b",), ["one"], "  - two\n", ""),
    (("b",), ["two"], "  - one   # first\n", ""),
    (("b",), ["two", "one"], "  - one   # first\n  - two\n", "  - two\n  - one   # first\n"),
    (("b",), ["new", Kept(0), Kept(1)], "  - one   #", "  - new\n  - one   #"),
    (("b",), [], '"b":\n  - one   # first\n  - two\n', '"b": []\n'),
    (("c", "h", "j"), [2, 3, 1], "[1, 2]", "[2, 3, 1]"),
    (("f", 0), "x", "- a", "- x"),
    (("f",), [Kept(1)], "  # about a\n  - a\n", ""),
    (
        ("f",),
        [Kept(1), Kept(0)],
        "  # about a\n  - a\n  # about b\n  - b  # beside\n",
        "  # about b\n  - b  # beside\n  # about a\n  - a\n",
    ),
    (("n",), "x", "n:\n  o: 1\n", "n: x\n"),
    (("n", "o"), GONE, "n:\n  o: 1\n", "n: {}\n"),
    (("s", "t"), GONE, "s:  # kept\n  # above\n  t:\n    # goes\n    - u  # too\n", "s: {}  # kept\n  # above\n"),
    (("q",), "SELECT 1", "|- # why\n    a\n    b\n", "SELECT 1 # why\n"),
    (("q",), "c\nd\n", "|- # why\n    a\n    b\n", "| # why\n    c\n    d\n"),
    (("l",), "x", "l:\n", "l: x\n"),
    (("p",), "x", "l:\n", "l:\n\np: x\n"),
]


@pytest.mark.parametrize(("path", "value", "old", "new"), EDITS)
def test_only_the_value_changes(path: Any, value: Any, old: str, new: str) -> None:
    after, left = apply_edits(FILE.encode(), 0, [Edit(path, value)])
    assert (after.decode(), left) == (FILE.replace(old, new) if old else FILE, ())


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("path", "value", "old", "new"), EDITS)
def test_files_of_windows_stay_such_files(path: Any, value: Any, old: str, new: str, mark: str) -> None:
    """New lines end as the others do, and a byte order mark stays."""
    before, old, new = (text.replace("\n", "\r\n") for text in (mark + FILE, old, new))
    after, left = apply_edits(before.encode(), 0, [Edit(path, value)])
    assert (after.decode(), left) == (before.replace(old, new) if old else before, ())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a", "x"), 2),  # the alias would change too
        (("k", "x"), 2),
        (("k",), 2),
        (("c",), 1),
        (("r", "z"), 1),
        (("c", "s", "t"), 1),
    ],
)
def test_what_cannot_be_done_in_place_is_left(path: Any, value: Any) -> None:
    edit = Edit(path, value)
    after, left = apply_edits(FILE.encode(), 0, [edit])
    assert (after.decode(), left) == (FILE, (edit,))


@given(st.dictionaries(texts, values, min_size=1, max_size=3), st.data())
def test_no_edit_changes_anything_else(value: dict[str, Any], data: Any) -> None:
    """Whatever the document and the edit: it is made exactly, or not at all."""
    path: list[Any] = []
    around: Any = value
    while isinstance(around, dict | list) and around and (not path or data.draw(st.booleans())):
        path.append(data.draw(st.sampled_from(sorted(around) if isinstance(around, dict) else range(len(around)))))
        around = around[path[-1]]
    new = data.draw(scalars | st.just(GONE) | st.builds(Inline, st.dictionaries(texts, scalars, max_size=2)))
    before = dump_yaml(value).encode()
    after, left = apply_edits(before, 0, [Edit(tuple(path), new)])
    documents, problems = parse(after, "", Path())
    assert problems == []
    expected = copy.deepcopy(value)
    if left:
        assert after == before
        return
    spot: Any = expected
    for step in path[:-1]:
        spot = spot[step]
    if new is GONE:
        del spot[path[-1]]
    else:
        spot[path[-1]] = new
    assert documents[0].value == expected
