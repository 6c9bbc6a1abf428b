"""A query has line feeds, whatever the live object, the spec or a checkout of git on Windows has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workspace import Sandbox, Workspace

QUERY = "SELECT id,\n       email\nFROM customers\n"
SPEC = """\
version: 1
connections:
  C: {type: mysql, configuration: {hostname: h, account: me, passwd: "${env:C_PASSWD}", dbname: d, port: 1}}
models:
  M:
    connection: C
    identifier: id
    configuration:
      query: %s
"""
FORMS = {
    "block": SPEC % "|\n        SELECT id,\n               email\n        FROM customers",
    "escapes": SPEC % json.dumps(QUERY.replace("\n", "\r\n")),
    "old Mac": SPEC % json.dumps(QUERY.replace("\n", "\r")),
    "file": SPEC % "${file:q.sql}",
    "variable": SPEC % "${env:QUERY}",
}


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    applier = Workspace.local(tmp_path, C_PASSWD="x", QUERY=QUERY.replace("\n", "\r\n"))
    applier.write("seed/mysql/d/customers.csv", "id,email\n1,a@example.com\n")
    return applier


def write(applier: Workspace, text: str, line_break: str) -> None:
    (applier.folder / "spec.yaml").write_bytes(text.replace("\n", line_break).encode())
    (applier.folder / "q.sql").write_bytes(f"{QUERY}\n".replace("\n", line_break).encode())


def set_live_query(applier: Workspace, query: str) -> None:
    with Sandbox.open(applier.folder / "data") as sandbox:
        model = sandbox.named("models", "M")
        body = {name: model[name] for name in ("name", "connection_id", "identifier")}
        sandbox.put(f"/api/models/{model['id']}", {**body, "configuration": {**model["configuration"], "query": query}})
        assert sandbox.named("models", "M")["configuration"]["query"] == query


@pytest.mark.parametrize("form", FORMS)
def test_every_way_to_write_a_query_is_one_text(applier: Workspace, form: str) -> None:
    """What is sent has line feeds; what is live is compared without regard to its line breaks."""
    write(applier, FORMS[form], "\r\n")
    assert applier("apply", "spec.yaml", "--yes", "--no-checks").code == 0
    with Sandbox.open(applier.folder / "data") as sandbox:
        assert sandbox.named("models", "M")["configuration"]["query"] == QUERY
    set_live_query(applier, QUERY.replace("\n", "\r\n"))
    for line_break in ("\n", "\r\n"):
        write(applier, FORMS[form], line_break)
        assert applier.is_up_to_date("spec.yaml", "--no-checks")
    set_live_query(applier, QUERY.replace("\n", "\r\n\r\n"))  # an empty line is a difference
    assert not applier.is_up_to_date("spec.yaml", "--no-checks")


@pytest.mark.parametrize(
    ("option", "name", "content"),
    [
        ((), "models/m.yaml", "      query: |\n        SELECT id,\n               email\n        FROM customers\n"),
        (("--split-sql",), "sql/m.sql", f"{QUERY}\n"),
    ],
)
def test_an_export_of_other_line_breaks_is_as_that_of_line_feeds(
    applier: Workspace, option: tuple[str, ...], name: str, content: str
) -> None:
    """Its plan is empty, also after git has checked it out with the line breaks of Windows."""
    write(applier, FORMS["block"], "\n")
    assert applier("apply", "spec.yaml", "--yes", "--no-checks").code == 0
    assert applier("export", "--out", "feeds", *option).code == 0
    set_live_query(applier, QUERY.replace("\n", "\r\n"))
    assert applier("export", "--out", "out", *option).code == 0
    for file in (applier.folder / "out").rglob("*.*"):
        same = applier.folder / "feeds" / file.relative_to(applier.folder / "out")
        assert file.read_bytes() == same.read_bytes()
    assert content in applier.read(f"out/{name}")
    assert applier.is_up_to_date("out", "--no-checks")
    for file in (applier.folder / "out").rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert applier.is_up_to_date("out", "--no-checks")
