"""`fmt`: order without loss. What is written stays written, only elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applier.diagnostics import Place, Severity, diagnose
from applier.kinds import load_spec
from applier.spec.documents import read_documents
from applier.spec.formatting import format_content, format_files
from tests.effort import scaled
from tests.spec.test_laws import RIGHT, YAML_PIECES

ROOT = Path(__file__).parents[2]

MESSY = """
    # yaml-language-server: $schema=../schemas/spec.schema.json
    # The shop.

    syncs:
      First sync:   # runs often
        schedule: {minute: 0, frequency: hourly}  # left alone

        # Which fields.
        fields:
          Z: z    # names stay as they are
          A:
            sync_mode: create
            field: 'a'
        target:
          object: o
          # of the warehouse
          connection: "C"
        filters:
        - value: 1
          field: x
          function: Equality
        mode: &mode replace
        # active: true

      # Second.
      Second sync:
        mode: *mode
        model: M

    # Connections.
    x-common: &common {a: 1}


    models:
      M:
        configuration:
          query: |
            # no comment
            SELECT 1

          other: x
        connection: C
    connections:
      C:
        managed: false
        type: mysql
    version: 1
    # The end.
"""
TIDY = """
    # yaml-language-server: $schema=../schemas/spec.schema.json
    # The shop.

    version: 1

    # Connections.
    x-common: &common {a: 1}


    connections:
      C:
        type: mysql
        managed: false
    models:
      M:
        connection: C
        configuration:
          query: |
            # no comment
            SELECT 1

          other: x
    syncs:
      First sync:   # runs often
        mode: &mode replace

        target:
          # of the warehouse
          connection: "C"
          object: o
        # Which fields.
        fields:
          Z: z    # names stay as they are
          A:
            field: 'a'
            sync_mode: create
        filters:
        - value: 1
          field: x
          function: Equality
        schedule: {minute: 0, frequency: hourly}  # left alone
        # active: true

      # Second.
      Second sync:
        mode: *mode
        model: M
    # The end.
"""


def text(indented: str) -> str:
    return dedent(indented).lstrip("\n")


def test_order() -> None:
    after, problems = format_content(text(MESSY).encode(), "f")
    assert problems == []
    assert after.decode() == text(TIDY)
    assert format_content(after, "f") == (after, [])


# What is written, and what becomes of it; None: nothing.
CASES = {
    "anchors before aliases": (
        "models: {M: &m {configuration: {}}}\nconnections:\n  C: {configuration: {x: *m}}\nversion: 1\n",
        "version: 1\nmodels: {M: &m {configuration: {}}}\nconnections:\n  C: {configuration: {x: *m}}\n",
    ),
    "merge keys first": (
        "syncs:\n  S:\n    mode: a\n    <<: *x\nx-a: &x {}\n".replace("<<: *x", "<<: {a: 1}"),
        "x-a: &x {}\nsyncs:\n  S:\n    <<: {a: 1}\n    mode: a\n",
    ),
    "windows lines": ("models:\r\nversion: 1\r\n", "version: 1\r\nmodels:\r\n"),
    "no line break at the end": ("models:\nversion: 1", "version: 1\nmodels:\n"),
    "unknown keys last": ("zzz: 1\nunknown: 2\nversion: 1\n", "version: 1\nzzz: 1\nunknown: 2\n"),
    "several documents": (
        "---\nmodels:\nversion: 1\n---\n# c\nsyncs:\nconnections:\n...\n",
        "---\nversion: 1\nmodels:\n---\nconnections:\n# c\nsyncs:\n...\n",
    ),
    "blank lines that belong to a text": (
        "models:\n  M:\n    configuration: |+\n      x\n\n\n    connection: C\n",
        None,
    ),
    "text over several lines": (
        'models:\n  M:\n    identifier: "a\n      # b\n      c"\n    connection: a\n      b\n',
        'models:\n  M:\n    connection: a\n      b\n    identifier: "a\n      # b\n      c"\n',
    ),
    "overrides and defaults": (
        (
            "defaults:\n  syncs:\n    active: true\n    mode: x\nenvironments:\n  z:\n"
            "    overrides:\n      models:\n        M:\n          configuration: {}\n          connection: C\n"
            "    url: u\n  a: {}\n"
        ),
        (
            "environments:\n  z:\n    url: u\n"
            "    overrides:\n      models:\n        M:\n          connection: C\n          configuration: {}\n"
            "  a: {}\ndefaults:\n  syncs:\n    mode: x\n    active: true\n"
        ),
    ),
    "on one line": ("{models: {}, version: 1}\n", None),
    "behind a dash": ("x-a:\n- version: 1\n  b: 2\n", None),
    "long keys": ("? models\n: {}\n? version\n: 1\n", None),
    "a list": ("- 1\n", None),
    "nothing": ("", None),
    "only a comment": ("# a", None),
}


@pytest.mark.parametrize("case", CASES)
def test_forms(case: str) -> None:
    before, after = CASES[case]
    assert format_content(before.encode(), "f")[0].decode() == (before if after is None else after)


def test_what_cannot_be_ordered_is_left_alone_and_told() -> None:
    data = b"models:\n  M:\n    configuration: {}\n    connection: |\n      x"
    assert format_content(data, "f") == (
        data,
        [
            diagnose(
                "not-formatted",
                "Moving its lines would change the meaning of this file. It is left unchanged.",
                Place("f"),
                "order it by hand",
                severity=Severity.WARNING,
            )
        ],
    )
    data = b"a: b: c\n"
    after, problems = format_content(data, "f")
    assert (after, [one.code for one in problems]) == (data, ["yaml-syntax"])


def test_our_own_files_are_in_order() -> None:
    files, problems = format_files([ROOT / "examples/mysql-to-snowflake"])
    assert problems == ()
    assert [one.name for one in files if one.changed] == []


@st.composite
def written(draw: st.DrawFn) -> str:
    """The right spec in block style with members in any order, blank lines and comments anywhere between them."""
    lines: list[str] = []

    def block(value: object, indent: int) -> None:
        assert isinstance(value, dict)
        for key in draw(st.permutations(sorted(value))):
            trivia = draw(st.sampled_from([[], [], [""], ["# c"], ["", "# c"], ["# c", ""], ["  # deep", "#"]]))
            lines.extend(" " * indent + one if one else "" for one in trivia)
            member = value[key]
            if isinstance(member, dict) and member and draw(st.booleans()):
                lines.append(
                    f"{' ' * indent}{json.dumps(key)}:{draw(st.sampled_from(['', '  # c', f' &a{len(lines)}']))}"
                )
                block(member, indent + draw(st.integers(1, 3)))
            elif isinstance(member, str) and draw(st.booleans()):
                lines.append(f"{' ' * indent}{key}: {draw(st.sampled_from(['|', '>', '|-', '|+', '>+']))}")
                lines.extend([f"{' ' * indent} {member}", *draw(st.lists(st.just(""), max_size=2))])
            else:
                lines.append(f"{' ' * indent}{key}: {json.dumps(member)}{draw(st.sampled_from(['', ' # c']))}")

    block(RIGHT, 0)
    return "\n".join([*lines, *draw(st.lists(st.sampled_from(["", "# end"]), max_size=2)), ""])


def values(data: bytes) -> list[object]:
    with TemporaryDirectory() as folder:
        Path(folder, "a.yaml").write_bytes(data)
        return [one.value for one in read_documents([folder])[0]]


@given(written())
def test_the_meaning_and_every_line_stay(content: str) -> None:
    data = content.encode()
    after, problems = format_content(data, "f")
    assert problems == []
    assert values(after) == values(data)
    assert Counter(after.splitlines()) == Counter(data.splitlines())
    assert format_content(after, "f") == (after, [])


@settings(max_examples=scaled(10, 300))
@given(written())
def test_a_spec_is_the_same_before_and_after(content: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.yaml")
        path.write_bytes(content.encode())
        before, _ = load_spec([folder], {})
        (file,), _ = format_files([folder])
        path.write_bytes(file.after)
        after, _ = load_spec([folder], {})
    assert {key: one.body for key, one in after.resources.items()} == {
        key: one.body for key, one in before.resources.items()
    }


@given(st.lists(YAML_PIECES, max_size=30).map("".join) | st.text(max_size=40))
def test_any_text_is_put_in_order_or_left_alone(content: str) -> None:
    data = content.encode("utf-8", "replace")
    after, _ = format_content(data, "f")
    assert values(after) == values(data)
    assert format_content(after, "f")[0] == after
