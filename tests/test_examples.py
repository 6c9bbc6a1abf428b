"""Every folder of examples/ works in the sandbox as it is: applied, planned empty, run, destroyed, no secret told."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workspace import Result, Sandbox, Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if any(path.glob("*.yaml")))
V1, V2 = "2024-02-08", "2025-09-18"
SECRET = re.compile(r"\$\{env:(\w+):-([^}]*)\}")
DATA = "sandbox"
TELLING = 12
"""Shorter values, such as the word secret, can stand in an output by chance."""
WRITTEN: Mapping[tuple[str, str], tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    ("snowflake-to-salesforce", ""): (
        ("Salesforce", "Contact", "Email", "LastName", "Title"),
        [
            ("ada@example.com", "Lovelace", "Head of Analysis"),
            ("grace@example.com", "Hopper", "Rear Admiral"),
            ("hedy@example.com", "Lamarr", None),
            ("katherine@example.com", "Johnson", None),
        ],
    ),
    ("joined-to-hubspot", ""): (
        ("HubSpot", "contacts", "email", "support_status", "payment_overdue"),
        [
            ("ada@example.com", "Todo", False),
            ("grace@example.com", None, True),
            ("hedy@example.com", None, None),
            ("katherine@example.com", None, None),
        ],
    ),
    ("mongodb-to-salesforce", ""): (
        ("Salesforce", "Lead", "Email", "Company"),
        [("ada@example.com", "Acme"), ("grace@example.com", "Globex")],
    ),
    ("snowflake-to-linkedin-ads", ""): (
        ("LinkedIn Ads", "*", "email"),
        [("ada@example.com",), ("edsger@example.com",), ("grace@example.com",)],
    ),
    ("salesforce-to-netsuite", ""): (
        ("NetSuite", "customer", "externalid", "companyname", "subsidiary"),
        [("001SB0000000001", "Acme", "1"), ("c-1", "Acme", "1")],
    ),
    ("gcs-csv-to-webhook", ""): (
        ("Order service", "webhook", "key", "email", "total", "source"),
        [("o-1", "ada@example.com", 12.5, "gcs"), ("o-2", "grace@example.com", 99.0, "gcs")],
    ),
    ("access-and-webhooks", ""): (
        ("Warehouse", "LEDGER.INVOICES", "ID", "CUSTOMER", "TOTAL"),
        [(1, "Acme", 120.5), (2, "Globex", 99.0)],
    ),
    ("bulk-salesforce-to-snowflake", ""): (("Snowflake", "SALESFORCE.contact", "email"), [("ada@example.com",)]),
    ("two-environments", "staging"): (("Warehouse", "SHOP.ORDERS", "ID", "TOTAL"), [(1, 1.0), (2, 2.0)]),
    ("two-environments", "production"): (
        ("Warehouse", "SHOP.ORDERS", "ID", "TOTAL"),
        [(2, 99.0), (3, 15.75), (4, 7.2)],
    ),
}
"""What is behind a connection after the run: connection, object, members; the values of every record, sorted."""
COLLECTIONS = ("/api/bulk/syncs", "/api/syncs", "/api/models", "/api/connections")


def text_of(folder: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((EXAMPLES / folder).rglob("*.yaml")))


def declared(folder: str, part: str) -> dict[str, Any]:
    """What the files of an example say under a key, all together."""
    files = sorted((EXAMPLES / folder).rglob("*.yaml"))
    return {
        name: value
        for path in files
        for name, value in (yaml.safe_load(path.read_text("utf-8")).get(part) or {}).items()
    }


def environments(folder: str) -> list[str]:
    """Those that the example can be applied in; the empty name is none, where every variable has a value without."""
    given = all(not isinstance(one, dict) or "default" in one for one in declared(folder, "variables").values())
    return [*([""] if given else []), *declared(folder, "environments")]


CASES = [(folder, name) for folder in FOLDERS for name in environments(folder)]


@dataclass(frozen=True, kw_only=True)
class ExampleWorkspace(Workspace):
    """One example in one empty sandbox, used as by somebody who has just cloned the repository."""

    example: str
    environment_name: str
    version: str
    secrets: frozenset[str]
    outputs: list[str] = field(default_factory=list)

    def run_on_example(self, command: str, *arguments: str, expected: tuple[int, ...] = (0,)) -> Result:
        """Call a command on the example with the sandbox."""
        return self._call(command, *self._project, *self._sandbox, *arguments, expected=expected)

    def validate(self) -> Result:
        return self._call("validate", *self._project)

    def run_syncs(self) -> list[dict[str, Any]]:
        """Start every live sync and wait; return the runs."""
        runs: list[dict[str, Any]] = self._call("run", "*", *self._sandbox, "-o", "json").json["runs"]
        return runs

    @property
    def _project(self) -> tuple[str, ...]:
        name = self.environment_name
        return (str(EXAMPLES / self.example), *(("--env", name) if name else ()))

    @property
    def _sandbox(self) -> tuple[str, ...]:
        return ("--sandbox", "--sandbox-data", str(self.folder / DATA), "--api-version", self.version)

    def _call(self, *arguments: str, expected: tuple[int, ...] = (0,)) -> Result:
        result = self(*arguments)
        self.outputs.extend((result.out, result.err))
        assert result.code in expected, f"{arguments}\n{result.out}\n{result.err}"
        return result

    def open(self) -> AbstractContextManager[Sandbox]:
        """Open the sandbox directly, as a browser or another user would."""
        return Sandbox.open(self.folder / DATA, self.version)

    def unmanaged_connections(self) -> list[str]:
        """Return the connections that the example says somebody has made."""
        return [name for name, one in declared(self.example, "connections").items() if one.get("managed") is False]

    def authorize(self) -> None:
        """Do what the person does who opens the printed addresses."""
        with self.open() as sandbox:
            for one in sandbox.get("/api/connections"):
                if not one["saved"]:
                    sandbox.http.post(f"/_sandbox/authorize/{one['id']}").raise_for_status()

    def run_bulk_syncs(self) -> list[dict[str, Any]]:
        """Start every live bulk sync and wait; return the executions."""
        with self.open() as sandbox:
            return [run_bulk_sync(sandbox, one["id"]) for one in sandbox.get("/api/bulk/syncs")]

    def values(self, connection: str, object: str, *members: str) -> list[tuple[Any, ...]]:
        """What lies behind a connection now, some members of every record; `*` is the target of the first sync."""
        with self.open() as sandbox:
            id = sandbox.named("connections", connection)["id"]
            if object == "*":
                sync = sandbox.get("/api/syncs")[0]["id"]
                object = sandbox.get(f"/api/syncs/{sync}")["target"]["object"]
            records = sandbox.get(f"/_sandbox/records/{id}?object={object}")
        return sorted(tuple(record[member] for member in members) for record in records)

    def live_names(self) -> list[str]:
        with self.open() as sandbox:
            return [one["name"] for path in COLLECTIONS for one in sandbox.get(path)]

    def access_ids(self) -> set[str]:
        """Return the ids of the webhooks, and of the roles and policies that are not the service's own."""
        paths = ("/api/webhooks", "/api/permissions/policies", "/api/permissions/roles")
        with self.open() as sandbox:
            return {one["id"] for path in paths for one in sandbox.get(path) if not one.get("system")}

    def printed_secrets(self) -> set[str]:
        return {secret for secret in self.secrets for text in self.outputs if secret in text}


def run_bulk_sync(sandbox: Sandbox, id: str) -> dict[str, Any]:
    """Start a bulk sync and wait; return the execution."""
    path = f"/api/bulk/syncs/{id}/executions"
    execution: dict[str, Any] = sandbox.post(path, {})
    for _ in range(500):
        execution = sandbox.get(f"{path}/{execution['id']}")
        if execution["status"] in ("completed", "failed", "canceled"):
            break
        time.sleep(0.02)
    return execution


@pytest.fixture
def workspace(folder: str, environment: str, version: str, tmp_path: Path) -> Iterator[ExampleWorkspace]:
    """With one version the demo values of the files, with the other values from the environment."""
    found = SECRET.findall(text_of(folder))
    given = {name: f"not to be told {name}" for name, _ in found} if version == V2 else {}
    secrets = set(given.values()) or {default for _, default in found if len(default) >= TELLING}
    made = ExampleWorkspace(
        tmp_path, given, example=folder, environment_name=environment, version=version, secrets=frozenset(secrets)
    )
    yield made
    assert made.printed_secrets() == set()


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize(("folder", "environment"), CASES)
def test_it_works_from_the_first_apply_to_the_end(workspace: ExampleWorkspace) -> None:
    assert "warning" not in workspace.validate().err
    if "(exit 4)" in text_of(workspace.example):  # a person has to authorize something, says the example
        workspace.run_on_example("apply", "--yes", expected=(4,))
        workspace.authorize()
    assert "warning" not in workspace.run_on_example("apply", "--yes").err
    assert "Nothing to do" in workspace.run_on_example("plan", "--detailed-exitcode").out
    workspace.run_on_example("drift")

    runs = workspace.run_syncs() if declared(workspace.example, "syncs") else []
    executions = workspace.run_bulk_syncs()
    assert runs or executions
    for one in runs:
        assert (one["status"], one["counts"]["error"], one["errors"]) == ("completed", 0, [])
        assert one["counts"]["total"] > 0, one
    for one in executions:
        assert one["status"] == "completed", one
        assert one["record_count"] > 0, one
    if wanted := WRITTEN.get((workspace.example, workspace.environment_name)):
        place, values = wanted
        assert workspace.values(*place) == values
    assert "Nothing to do" in workspace.run_on_example("plan", "--detailed-exitcode").out

    if declared(workspace.example, "limits"):
        assert "limits" in workspace.run_on_example("destroy", "--yes", expected=(3,)).err
    workspace.run_on_example("destroy", "--yes", "--force")
    assert workspace.live_names() == workspace.unmanaged_connections()
    assert workspace.access_ids() == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_index_has_it_with_the_command_to_try_it(folder: str) -> None:
    """The command of the index is also at the head of the example's own file."""
    index = (EXAMPLES / "README.md").read_text("utf-8")
    line = next(line for line in index.splitlines() if line.startswith(f"| [`{folder}`]("))
    command = re.search(r"`applier (apply [^`]+)`", line)
    assert command is not None, line
    words = command[1].split()
    assert words[1] == f"examples/{folder}"
    assert command[1] in text_of(folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_fmt_has_nothing_to_change(folder: str, tmp_path: Path) -> None:
    result = Workspace(tmp_path)("fmt", "--check", str(EXAMPLES / folder))
    assert (result.code, result.out) == (0, "")
