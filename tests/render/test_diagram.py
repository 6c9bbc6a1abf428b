"""The graph in its four forms: whole, around a target, with the marks of a plan, and with any names."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from applier.cli import run
from applier.render.diagram import Diagram, render
from applier.render.forms import GRAPH_FORMS
from tests.render.reports import compare_form
from tests.render.test_markdown import HOSTILE
from tests.workspace import Workspace

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
FLOW = Diagram(
    {
        "connections/A": (),
        "connections/B": (),
        "models/M": ("connections/A",),
        "models/N": ("connections/A", "models/M"),
        "syncs/S": ("models/M", "models/N", "connections/B"),
        "syncs/T": ("models/M", "connections/B", "syncs/S"),
    },
    {"models/M": "update", "syncs/T": "create", "syncs/S": "delete"},
)
ENDINGS = {"text": "txt", "dot": "dot", "mermaid": "mmd", "svg": "svg"}


@pytest.mark.parametrize("form", GRAPH_FORMS)
def test_each_form(form: str) -> None:
    compare_form(f"graph.{ENDINGS[form]}", render(FLOW, form))


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = run(["graph", str(ROOT / "examples/joined-to-hubspot"), *arguments])
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    return told.out


def test_around_a_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "--target", "models/S*", "--form", "text") == (
        "connections/Airtable\n"
        "  models/Support people\n"
        "    models/Shop customers\n"
        "connections/Shop database\n"
        "  models/Shop customers\n"
        "connections/Stripe\n"
        "  models/Stripe customers\n"
        "    models/Shop customers\n"
    )


def test_marked_with_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(ROOT / "examples/mysql-to-snowflake")
    sandbox = ("--sandbox", "--sandbox-data", str(tmp_path), "--quiet")
    assert run(["graph", spec, "--plan", *sandbox]) == 0
    assert capsys.readouterr().out == (
        "connections/MySQL Connection  [create]\n"
        "  models/Customer Model  [create]\n"
        "    syncs/MySQL to Snowflake Sync  [create]\n"
        "connections/Snowflake Connection  [create]\n"
        "  syncs/MySQL to Snowflake Sync  [create]\n"
    )


def test_a_long_chain() -> None:
    names = [f"syncs/{number:05}" for number in range(5000)]
    chain = {name: (names[at - 1],) if at else () for at, name in enumerate(names)}
    told = render(Diagram(chain, {}), "text").split("\n")
    assert [line.strip() for line in told] == names
    assert len(render(Diagram(chain, {}), "svg").split("\n")) > len(names)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=3, unique=True))
@example(list(HOSTILE))
def test_any_name(names: list[str]) -> None:
    """No name ends a line, a quoted word, a label or an element."""
    diagram = Diagram({f"models/{name}": ("connections/C",) for name in names}, {})
    tree = ET.fromstring(render(diagram, "svg"))
    assert len(tree.findall(f"{SVG}g")) == len(names) + 1
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} == {
        "svg",
        "defs",
        "marker",
        "path",
        "g",
        "title",
        "rect",
        "text",
    }
    dot = render(diagram, "dot").split("\n")
    assert len(dot) == 4 + 2 * len(names) + 1
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"')
    assert all("\x22" not in quoted.sub("", line) for line in dot)
    labels = render(diagram, "mermaid").split("\n")[1 : len(names) + 2]
    label = re.compile(r'  n\d+\["(?:[^\W]|[ .,\-_()]|#\d+;)*<br/><small>\w+</small>"\]')
    assert all(label.fullmatch(line) for line in labels)
    assert len(render(diagram, "text").split("\n")) == len(names) + 1


def test_a_reference_that_holds_a_secret_is_not_shown(tmp_path: Path) -> None:
    """A name of no file; its node stays, with what it leads to."""
    applier = Workspace.local(tmp_path, HUSH="hush-hush")
    shop = "C: {type: mysql, configuration: {hostname: h, port: 1, account: a, dbname: d, passwd: '${env:HUSH}'}}"
    model = "M: {connection: '${env:HUSH}', configuration: {query: SELECT 1}}"
    applier.write("spec.yaml", f"connections:\n  {shop}\nmodels:\n  {model}\n")
    shown = {form: applier("graph", "-o", form).out for form in GRAPH_FORMS}
    assert shown["text"] == "connections/(sensitive)\n  models/M\nconnections/C\n"
    assert [form for form, out in shown.items() if "(sensitive)" not in out or "hush" in out] == []
