"""Every folder of examples/ works in the sandbox as it is: applied, planned empty, run, destroyed, no secret told."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from applier.sandbox.inprocess import transport
from tests.cli.support import CommandLine, Result

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if any(path.glob("*.yaml")))
V1, V2 = "2024-02-08", "2025-09-18"
SECRET = re.compile(r"\$\{env:(\w+):-([^}]*)\}")
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


@dataclass
class Tryout:
    """One example in one empty sandbox, used like somebody does who has just cloned the repository."""

    folder: str
    environment: str
    version: str
    data: Path
    applier: CommandLine
    secrets: frozenset[str]
    told: list[str] = field(default_factory=list)

    def __call__(self, command: str, *arguments: str, expected: tuple[int, ...] = (0,)) -> Result:
        """A command on the example in the sandbox."""
        return self._call(command, *self._project, *self._sandbox, *arguments, expected=expected)

    def validate(self) -> Result:
        return self._call("validate", *self._project)

    def run(self) -> list[dict[str, Any]]:
        """Start every live sync and wait; the runs."""
        runs: list[dict[str, Any]] = self._call("run", "*", *self._sandbox, "-o", "json").json["runs"]
        return runs

    @property
    def _project(self) -> tuple[str, ...]:
        return (str(EXAMPLES / self.folder), *(("--env", self.environment) if self.environment else ()))

    @property
    def _sandbox(self) -> tuple[str, ...]:
        return ("--sandbox", "--sandbox-data", str(self.data), "--api-version", self.version)

    def _call(self, *arguments: str, expected: tuple[int, ...] = (0,)) -> Result:
        result = self.applier(*arguments)
        self.told += [result.out, result.err]
        assert result.code in expected, f"{arguments}\n{result.out}\n{result.err}"
        return result

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Speak to the sandbox directly, as a browser or somebody else would."""
        door = transport(self.data)
        try:
            headers = {"Authorization": "Bearer any", "X-Polytomic-Version": self.version}
            with httpx.Client(transport=door, base_url="http://sandbox", headers=headers) as client:
                return client.request(method, path, json=body).raise_for_status().json().get("data")
        finally:
            door.close()

    def made_by_hand(self) -> list[str]:
        """The connections that the example says somebody has made."""
        return [name for name, one in declared(self.folder, "connections").items() if one.get("managed") is False]

    def authorize(self) -> None:
        """Do what the person does who opens the printed addresses."""
        for one in self.send("GET", "/api/connections"):
            if not one["saved"]:
                self.send("POST", f"/_sandbox/authorize/{one['id']}")

    def run_bulk(self) -> list[dict[str, Any]]:
        """Start every live bulk sync and wait; the executions."""
        ended = []
        for sync in self.send("GET", "/api/bulk/syncs"):
            path = f"/api/bulk/syncs/{sync['id']}/executions"
            execution = self.send("POST", path, {})
            for _ in range(500):
                execution = self.send("GET", f"{path}/{execution['id']}")
                if execution["status"] in ("completed", "failed", "canceled"):
                    break
                time.sleep(0.02)
            ended.append(execution)
        return ended

    def values(self, connection: str, object: str, *members: str) -> list[tuple[Any, ...]]:
        """What lies behind a connection now, some members of every record; `*` is the target of the first sync."""
        id = next(one["id"] for one in self.send("GET", "/api/connections") if one["name"] == connection)
        if object == "*":
            sync = self.send("GET", "/api/syncs")[0]["id"]
            object = self.send("GET", f"/api/syncs/{sync}")["target"]["object"]
        records = self.send("GET", f"/_sandbox/records/{id}?object={object}")
        return sorted(tuple(record[member] for member in members) for record in records)

    def live(self) -> list[str]:
        return [one["name"] for path in COLLECTIONS for one in self.send("GET", path)]

    def access(self) -> set[str]:
        """Ids of the webhooks, and of the roles and policies that are not the service's own."""
        paths = ("/api/webhooks", "/api/permissions/policies", "/api/permissions/roles")
        return {one["id"] for path in paths for one in self.send("GET", path) if not one.get("system")}

    def tells_a_secret(self) -> set[str]:
        return {secret for secret in self.secrets for text in self.told if secret in text}


@pytest.fixture
def tryout(folder: str, environment: str, version: str, tmp_path: Path) -> Iterator[Tryout]:
    """With one version the demo values of the files, with the other values from the environment."""
    found = SECRET.findall(text_of(folder))
    given = {name: f"not to be told {name}" for name, _ in found} if version == V2 else {}
    secrets = set(given.values()) or {default for _, default in found if len(default) >= TELLING}
    applier = CommandLine(tmp_path, given)
    made = Tryout(folder, environment, version, tmp_path / "sandbox", applier, frozenset(secrets))
    yield made
    assert made.tells_a_secret() == set()


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize(("folder", "environment"), CASES)
def test_it_works_from_the_first_apply_to_the_end(tryout: Tryout) -> None:
    assert "warning" not in tryout.validate().err
    if "(exit 4)" in text_of(tryout.folder):  # a person has to authorize something, says the example
        tryout("apply", "--yes", expected=(4,))
        tryout.authorize()
    assert "warning" not in tryout("apply", "--yes").err
    assert "Nothing to do" in tryout("plan", "--detailed-exitcode").out
    tryout("drift")

    runs = tryout.run() if declared(tryout.folder, "syncs") else []
    executions = tryout.run_bulk()
    assert runs or executions
    for one in runs:
        assert (one["status"], one["counts"]["error"], one["errors"]) == ("completed", 0, [])
        assert one["counts"]["total"] > 0, one
    for one in executions:
        assert one["status"] == "completed", one
        assert one["record_count"] > 0, one
    if wanted := WRITTEN.get((tryout.folder, tryout.environment)):
        place, values = wanted
        assert tryout.values(*place) == values
    assert "Nothing to do" in tryout("plan", "--detailed-exitcode").out

    if declared(tryout.folder, "limits"):
        assert "limits" in tryout("destroy", "--yes", expected=(3,)).err
    tryout("destroy", "--yes", "--force")
    assert tryout.live() == tryout.made_by_hand()
    assert tryout.access() == set()


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
    result = CommandLine(tmp_path)("fmt", "--check", str(EXAMPLES / folder))
    assert (result.code, result.out) == (0, "")
