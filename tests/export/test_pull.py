"""`applier pull` and `applier adopt`: what is live into files that somebody has written."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier import system
from applier.cli import run
from applier.sandbox.inprocess import transport
from applier.spec.documents.write import dump_yaml
from tests.export.test_command import applier_for
from tests.kinds.workspace import ENVIRONMENT, InProcessWorkspace, Recorder, spec
from tests.workspace import Workspace

FILE = """\
# The pipelines of the shop.
version: 1

variables:
  table: {default: CUSTOMERS.CONTACTS}

defaults:
  syncs:
    sync_all_records: true

x-people: &people {field: first_name, target: FIRST_NAME}

connections:
  Source:
    type: mysql
    configuration:
      hostname: db   # by DNS
      port: 3306
      dbname: company
      account: "user"
      passwd: ${env:SECRET}
  Warehouse:
    type: snowflake
    configuration: {account: acme, dbname: database, username: user, password: "${env:SECRET}"}

models:
  Customers:
    # Those who bought something.
    connection: Source
    configuration:
      query: |
        SELECT id, email, first_name, last_name
        FROM customers
    identifier: id   # never changes

syncs:
  Sync:
    mode: updateOrCreate
    model: Customers
    target:
      connection: Warehouse
      object: ${var:table}
    identity: *people
    fields:
      EMAIL: email           # the address
      LAST_NAME: {field: last_name}

      ORIGIN: {value: "$${shop}"}
    filters:
      - field: id            # all
        function: GreaterThan
        value: 0
    schedule: {frequency: daily, hour: 3, minute: 0}
    active: true
"""


class Reopened(Recorder):
    """Opens the sandbox for each request, as the commands do in between."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.seen = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sandbox = transport(self.data)
        try:
            response = sandbox.handle_request(request)
            response.read()
            return response
        finally:
            sandbox.close()


@dataclass(frozen=True, kw_only=True)
class Project(Workspace):
    """A workspace whose spec is applied, and somebody who changes what is live."""

    live: InProcessWorkspace

    @property
    def text(self) -> str:
        return self.read("spec.yaml")


@pytest.fixture
def project(make: Any, tmp_path: Path) -> Project:
    first = make("2024-02-08")
    workspace = applier_for(first, tmp_path / "project")
    live = InProcessWorkspace(first.folder, Reopened(first.folder / "data"))
    project = Project(workspace.folder, {**workspace.environment, **ENVIRONMENT}, live=live)
    project.write("spec.yaml", FILE)
    applied = project("apply", "--yes", "-q", "--no-checks")
    assert applied.code == 0, applied.err
    assert project.is_up_to_date()
    return project


def model_change(**members: Any) -> Callable[[InProcessWorkspace], None]:
    def change(live: InProcessWorkspace) -> None:
        names = [one["name"] for one in live.find("/api/models", "Customers")["fields"]]
        live.change("/api/models", "Customers", **{"fields": names, **members})

    return change


def sync_change(**members: Any) -> Callable[[InProcessWorkspace], None]:
    return lambda live: live.change("/api/syncs", "Sync", **members)


def mapping_change(target: str, **changes: Any) -> Callable[[InProcessWorkspace], None]:
    def change(live: InProcessWorkspace) -> None:
        now = live.find("/api/syncs", "Sync")
        source = {"source": {**now["fields"][0]["source"], **changes}} if "field" in changes else changes
        entries = [{**one, **(source if one["target"] == target else {})} for one in now["fields"]]
        real = [one for one in entries if one.get("override_value") is None]
        constants = [one for one in entries if one.get("override_value") is not None]
        live.change("/api/syncs", "Sync", fields=real, override_fields=constants)

    return change


def hostname(live: InProcessWorkspace) -> None:
    now = live.find("/api/connections", "Source")
    live.send("PUT", f"/api/connections/{now['id']}", {
        "name": "Source", "configuration": {**now["configuration"], "hostname": "db2", "passwd": ENVIRONMENT["SECRET"]},
    })  # fmt: skip


QUERY = "        SELECT id, email, first_name, last_name\n        FROM customers\n"
CHANGES = {
    "a text with a comment": (hostname, "hostname: db   #", "hostname: db2   #"),
    "a word": (model_change(identifier="email"), "identifier: id   #", "identifier: email   #"),
    "a query": (
        model_change(configuration={"query": "SELECT *\nFROM customers\n"}),
        QUERY,
        "        SELECT *\n        FROM customers\n",
    ),
    "a key more": (
        model_change(tracking_columns=["id"]),
        "identifier: id   # never changes\n",
        "identifier: id   # never changes\n    tracking_columns: [id]\n",
    ),
    "a source": (mapping_change("EMAIL", field="last_name"), "EMAIL: email  ", "EMAIL: last_name  "),
    "a source in a mapping": (mapping_change("LAST_NAME", field="email"), "{field: last_name}", "{field: email}"),
    "a constant instead of a field": (
        mapping_change("EMAIL", override_value="x"),
        "EMAIL: email  ",
        "EMAIL: {value: x}  ",
    ),
    "a constant": (mapping_change("ORIGIN", override_value="${x}"), '{value: "$${shop}"}', '{value: "$${x}"}'),
    "a schedule": (
        sync_change(schedule={"frequency": "hourly", "minute": "5"}),
        "{frequency: daily, hour: 3, minute: 0}",
        "{frequency: hourly, minute: 5}",
    ),
    "active": (sync_change(active=False), "active: true", "active: false"),
    "a filter's value": (
        lambda live: sync_change(filters=[{**live.find("/api/syncs", "Sync")["filters"][0], "value": 7}])(live),
        "value: 0",
        "value: 7",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_edit_is_pulled(project: Project, name: str) -> None:
    change, old, new = CHANGES[name]
    change(project.live)
    assert not project.is_up_to_date()
    shown = project("pull", "--dry-run", "-q")
    assert (shown.code, shown.err, project.text) == (0, "", FILE), project("pull", "--dry-run").err
    assert "--- spec.yaml\n+++ spec.yaml\n" in shown.out
    result = project("pull", "-q")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert project.text == FILE.replace(old, new)
    assert project.is_up_to_date()


def not_written(project: Project) -> list[str]:
    result = project("pull")
    assert (result.code, project.text) == (4, FILE)
    return [line for line in result.err.splitlines() if line.startswith("not written")]


def test_a_value_from_defaults_is_pulled_into_them(project: Project) -> None:
    sync_change(sync_all_records=False)(project.live)
    assert project("pull", "-q").code == 0
    assert project.text == FILE.replace("  syncs:\n    sync_all_records: true\n", "  syncs: {}\n", 1)
    assert project.is_up_to_date()


def test_a_value_under_a_shared_anchor_is_reported_with_its_place(project: Project) -> None:
    now = project.live.find("/api/syncs", "Sync")
    identity = {**now["identity"], "source": {**now["identity"]["source"], "field": "email"}}
    sync_change(identity=identity)(project.live)
    assert not_written(project) == [
        "not written: syncs/Sync identity.field: the value is shared by the anchor at spec.yaml:11"
    ]


def test_an_address_narrows_it_down(project: Project) -> None:
    hostname(project.live)
    model_change(identifier="email")(project.live)
    assert project("pull", "models/*", "-q").code == 0
    assert project.text == FILE.replace("identifier: id ", "identifier: email ")
    refused = project("pull", "models/Custmers", "-q")
    assert (refused.code, refused.err) == (
        1,
        (
            'error: No address in the spec matches "models/Custmers". [no-such-address]\n'
            '  hint: did you mean "models/Customers"?\n'
        ),
    )


def test_a_rehearsal_says_that_nothing_is_written(project: Project) -> None:
    result = project("pull", "--dry-run")
    assert (result.code, result.out, result.err.splitlines()[-1]) == (0, "", "0 fields would be updated from live")


def test_nothing_to_pull(project: Project) -> None:
    result = project("pull")
    assert (result.code, result.out, result.err.splitlines()[-1]) == (0, "", "0 fields updated from live")


def test_adopting_adds_to_the_end_of_a_section(project: Project) -> None:
    body = {"connection": "Source", "configuration": {"table": "company.accounts"}}
    project.live.apply(spec(models={"Accounts: all": body}))
    assert project("adopt", "models/Accounts: all", "--file", "spec.yaml", "-q").code == 0
    added = (
        '  "Accounts: all":\n    connection: Source\n    configuration:\n      table: company.accounts\n'
    )  # fmt: skip
    assert project.text == FILE.replace("# never changes\n", f"# never changes\n{added}")
    again = project("adopt", "models/Accounts: all", "--file", "spec.yaml", "-q")
    line = project.text.splitlines().index('  "Accounts: all":') + 1
    assert (again.code, again.err.splitlines()[0]) == (
        1,
        f"spec.yaml:{line}:3: error: models/Accounts: all is declared already. Nothing was added. [not-added]",
    )


def test_adopting_makes_a_file(project: Project) -> None:
    (project.folder / "spec.yaml").unlink()
    assert project("adopt", "models/Customers", "--file", "new/models.yaml", "-q").code == 0
    file = project.folder / "new/models.yaml"
    text = file.read_text("utf-8")
    (file.parent / "other").write_text("", "utf-8")
    assert file.stat().st_mode == (file.parent / "other").stat().st_mode  # as of any new file, to be shared
    assert text.startswith("version: 1\n\nmodels:\n  Customers:\n    connection: Source\n")
    assert dump_yaml({"version": 1}) == "version: 1\n"


def test_a_file_of_windows_stays_such_a_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte order mark and line endings; a patch of it has them once, though the stream would put them in anew."""
    file = project.folder / "spec.yaml"
    before = "\ufeff" + FILE.replace("\n", "\r\n")
    file.write_bytes(before.encode())
    model_change(tracking_columns=["id"])(project.live)
    monkeypatch.setattr(system, "SYSTEM", "win32")
    shown = io.BytesIO()
    stream = io.TextIOWrapper(shown, "utf-8", newline="\r\n", write_through=True)
    system.write_utf8(stream)  # as every command begins
    with redirect_stdout(stream), monkeypatch.context() as patch:
        patch.chdir(project.folder)
        for name, value in project.environment.items():
            patch.setenv(name, value)
        assert run(["pull", "--dry-run", "-q"]) == 0
    assert b"\r\r" not in shown.getvalue()
    assert b"\n+    tracking_columns: [id]\r\n" in shown.getvalue()
    assert project("pull", "-q").code == 0
    line = "identifier: id   # never changes\r\n"
    assert file.read_bytes().decode() == before.replace(line, f"{line}    tracking_columns: [id]\r\n")
