"""A sandbox in this process to which specs are applied without the command line, and a small spec."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from applier import pipeline
from applier.api import Client, Settings
from applier.api.retry import RetryPolicy
from applier.diagnostics import Diagnostic, Severity
from applier.execute import Outcome
from applier.pipeline import Prepared
from applier.sandbox.inprocess import InProcess, transport
from tests.tables import copy_tables

V1, V2 = "2024-02-08", "2025-09-18"
SEED = Path(__file__).parent / "seed"
SOURCE = {
    "type": "mysql",
    "configuration": {
        "hostname": "db",
        "port": 3306,
        "dbname": "company",
        "account": "user",
        "passwd": "${env:SECRET}",
    },
}
WAREHOUSE = {
    "type": "snowflake",
    "configuration": {"account": "acme", "dbname": "database", "username": "user", "password": "${env:SECRET}"},
}
MODEL = {"connection": "Source", "configuration": {"table": "company.customers"}}
SYNC = {
    "mode": "replace",
    "model": "Customers",
    "target": {"connection": "Warehouse", "object": "CUSTOMERS.CONTACTS"},
    "schedule": {"frequency": "manual"},
    "fields": {"EMAIL": "email"},
}
ENVIRONMENT = {"SECRET": "correct horse battery staple", "OTHER": "another secret"}


def spec(**parts: Any) -> dict[str, Any]:
    """Two connections, a model and a sync; `sync`, `model`, `source`, `warehouse` change them, others are added."""
    return {
        "connections": {
            "Source": {**SOURCE, **parts.pop("source", {})},
            "Warehouse": {**WAREHOUSE, **parts.pop("warehouse", {})},
            **parts.pop("connections", {}),
        },
        "models": {"Customers": {**MODEL, **parts.pop("model", {})}, **parts.pop("models", {})},
        "syncs": {"Sync": {**SYNC, **parts.pop("sync", {})}, **parts.pop("syncs", {})},
        **parts,
    }


class Recorder(httpx.BaseTransport):
    """Remembers what is sent before it is sent: the sandbox's own log hides secrets."""

    def __init__(self, sandbox: InProcess) -> None:
        self.sandbox = sandbox
        self.seen: list[tuple[str, str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        self.seen.append((request.method, request.url.path, json.loads(content) if content else None))
        return self.sandbox.handle_request(request)

    def close(self) -> None:
        """Stays open between clients."""


@dataclass
class InProcessWorkspace:
    """A sandbox opened in this process, to which specs are applied by the functions of `applier.pipeline`.

    It is not the `Workspace` of the command line: its transport records what is sent before the sandbox masks it.
    `send` calls the API directly, as another user would.
    """

    folder: Path
    door: Recorder
    version: str = V1

    def client(self) -> Client:
        settings = Settings(url="http://sandbox", version=self.version, retry=RetryPolicy(tries=2, budget=5))
        return Client(settings, self.door)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Any = None) -> Any:
        client = self.client()
        answer = client._send(method, path, query=query, body=body).body
        return answer.get("data")

    def find(self, path: str, name: str) -> Any:
        """The live object of a name, read singly."""
        one = next(one for one in self.send("GET", path) if one["name"] == name)
        return self.send("GET", f"{path}/{one['id']}")

    def change(self, path: str, name: str, **members: Any) -> None:
        """Somebody else writes the whole object again with other members."""
        now = self.find(path, name)
        taken = {key: value for key, value in now.items() if key not in ("type", "created_by", "updated_by")}
        self.send("PUT", f"{path}/{now['id']}", {**taken, **members})

    def crm(self) -> dict[str, Any]:
        """A Salesforce connection that a person has authorized; answers what a spec says to refer to it."""
        self.create_authorized("CRM", "salesforce")
        return {"connections": {"CRM": {"managed": False}}}

    def create_authorized(self, name: str, type_id: str) -> None:
        """A connection that a person has made and authorized."""
        made = self.send("POST", "/api/connections", {"name": name, "type": type_id, "configuration": {}})
        self.authorize(made["id"])

    def authorize(self, identifier: str) -> None:
        """What a person does in a browser."""
        client = httpx.Client(base_url="http://sandbox", transport=self.door)
        client.post(f"/_sandbox/authorize/{identifier}").raise_for_status()

    def fault(self, **description: Any) -> None:
        """Have the sandbox do something wrong."""
        client = httpx.Client(base_url="http://sandbox", transport=self.door)
        client.post("/_sandbox/faults", json=description).raise_for_status()

    def requests(self, method: str, path: str) -> list[Any]:
        """Bodies of the requests that were made."""
        return [body for verb, at, body in self.door.seen if verb == method and at.startswith(path)]

    def load(self, document: Mapping[str, Any]) -> tuple[Any, list[Diagnostic]]:
        file = self.folder / "spec.yaml"
        file.write_text(json.dumps(document), "utf-8")
        found, problems = pipeline.load([file], ENVIRONMENT)
        return found, [one for one in problems if one.severity is Severity.ERROR]

    def plan(self, document: Mapping[str, Any]) -> Prepared:
        loaded, problems = self.load(document)
        assert not problems, [f"{one.detail} {one.hint}" for one in problems]
        return pipeline.plan(loaded, self.client())

    def problems(self, document: Mapping[str, Any]) -> list[str]:
        """The codes of the plan's errors."""
        return [one.code for one in self.plan(document).plan.diagnostics if one.severity is Severity.ERROR]

    def apply(self, document: Mapping[str, Any]) -> Sequence[Outcome]:
        prepared = self.plan(document)
        errors = [one for one in prepared.plan.diagnostics if one.severity is Severity.ERROR]
        assert not errors, [f"{one.detail} {one.hint}" for one in errors]
        outcomes = pipeline.apply(prepared, self.client(), on_outcome=lambda change, outcome: None)
        told = [(one.address, one.status.value, one.message, one.differs) for one in outcomes if one.status != "done"]
        assert not told, told
        return outcomes

    def changes(self, document: Mapping[str, Any]) -> dict[str, list[str]]:
        """What a plan would write: the fields that differ, by address."""
        return {one.address: [field.label for field in one.fields] for one in self.plan(document).plan.changes}

    def steady(self, document: Mapping[str, Any]) -> Sequence[Outcome]:
        """Apply a spec; assert that the next plan is empty."""
        outcomes = self.apply(document)
        assert self.changes(document) == {}
        return outcomes


@contextmanager
def workspace(folder: Path, version: str = V1, **switches: str) -> Any:
    """An empty one."""
    data = folder / "data"
    copy_tables(SEED, data)
    sandbox = transport(data, switches=switches)
    try:
        yield InProcessWorkspace(folder, Recorder(sandbox), version)
    finally:
        sandbox.close()
