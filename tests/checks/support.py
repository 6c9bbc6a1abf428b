"""A workspace in this process with connections to check against, and the checks of one spec."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from applier import pipeline
from applier.api import Client, Settings
from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic
from applier.render.parts.words import format_diagnostic
from tests.workspace import Sandbox

FOLDER = Path(__file__).parent
SEED = FOLDER / "seed"
V1, V2 = "2024-02-08", "2025-09-18"
SHOP_AND_WAREHOUSE = """\
version: 1
connections:
  Shop:
    type: mysql
    configuration: {hostname: h, port: 3306, dbname: company, account: u, passwd: "${env:PASSWD:-secret-word}"}
  Warehouse:
    type: snowflake
    configuration: {account: a, dbname: database, username: u, password: "${env:PASSWD:-secret-word}"}
"""
CONNECTIONS = {
    "Shop": ("mysql", {"hostname": "h", "port": 3306, "dbname": "company", "account": "u", "passwd": "secret-word"}),
    "Warehouse": ("snowflake", {"account": "a", "dbname": "database", "username": "u", "password": "secret-word"}),
    "Postgres": ("postgresql", {"hostname": "h", "port": 5432, "database": "crm", "username": "u", "password": "x"}),
    "Salesforce": ("salesforce", {"domain": "https://example.my.salesforce.com"}),
    "HubSpot": ("hubspot", {}),
    "LinkedIn": ("linkedinads", {}),
    "Stripe": ("stripe", {"api_key": "sk_test_sandbox", "api_version": "2022-08-01"}),
    "Hook": ("webhook", {"url": "https://hooks.example.com/in", "auth_method": "polytomic_secret"}),
    "Apollo": ("apollo", {"apikey": "secret-word"}),
    "Unfinished": ("hubspot", {}),
}


@dataclass(frozen=True)
class CheckSandbox(Sandbox):
    """A sandbox in this process with applier's API clients of both versions: checks are called as functions."""

    transport: httpx.BaseTransport
    client: Client
    newer: Client

    def connect(self, name: str, type_id: str, configuration: dict[str, object]) -> str:
        """Create a connection and authorize it where that is necessary; return its id."""
        body = {"name": name, "type": type_id, "configuration": configuration, "validate": False}
        made = self.post("/api/connections", body)
        if "auth_url" in made and name != "Unfinished":
            self.http.get(made["auth_url"]).raise_for_status()
        return str(made["id"])

    def requests(self) -> list[str]:
        """Return method, path and query of every API request since the last call."""
        answer = self.get("/_sandbox/requests")
        self.clear("requests")
        return [f"{one['method']} {httpx.URL(one['path'], params=one['query'] or None)}" for one in answer]


def client_of(transport: httpx.BaseTransport, version: str = V1) -> Client:
    return Client(Settings(url="http://sandbox", key="key", version=version), transport)


def http_of(transport: httpx.BaseTransport) -> httpx.Client:
    headers = {"X-Polytomic-Version": V1, "Authorization": "Bearer key"}
    return httpx.Client(base_url="http://sandbox", headers=headers, transport=transport, timeout=60)


class Service(httpx.BaseTransport):
    """The sandbox, but for the answers to some GET requests, by how their paths end: a status and the data or error."""

    def __init__(self, sandbox: httpx.BaseTransport, answers: Mapping[str, tuple[int, object]]) -> None:
        self._sandbox, self._answers = sandbox, answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for end, (status, said) in self._answers.items():
            if request.url.path.endswith(end):
                body = {"data": said} if status == 200 else {"message": said, "status": status}
                return httpx.Response(
                    status, json=body, headers={"X-Polytomic-Version": request.headers["X-Polytomic-Version"]}
                )
        return self._sandbox.handle_request(request)


def check(client: Client, file: Path) -> tuple[CheckResults, tuple[Diagnostic, ...]]:
    """What the checks of a spec find beside the files alone, which have to be right."""
    spec, problems = pipeline.load([file], {})
    assert [one for one in problems if one.severity == "error"] == []
    checks, names = pipeline.check_live(spec, client, 4)
    assert names == ()
    return checks, checks.findings


def format_findings(findings: tuple[Diagnostic, ...], folder: Path) -> str:
    """The findings as a user reads them."""
    return "\n".join(format_diagnostic(one, False) for one in findings).replace(f"{folder.as_posix()}/", "") + "\n"


def alter_source(folder: Path, *statements: str) -> None:
    """Somebody changes the source under the feet of the spec."""
    (file,) = (one for one in (folder / "data/databases/mysql").rglob("*.sqlite"))
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
