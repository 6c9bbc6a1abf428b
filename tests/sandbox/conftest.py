"""A sandbox served over a real socket, in a process of its own, with the guide's tables in its databases."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.tables import copy_tables

KEY = "test-key-0123456789"
V1 = "2024-02-08"
V2 = "2025-09-18"
TABLES = {
    "mysql/company/accounts.csv": "id,name\n1,Acme\n2,Globex\n",
    "mysql/company/customers.csv": (
        "id,email,first_name,last_name,age,account_id\n"
        "1,ada@example.com,Ada,Lovelace,36,1\n"
        "2,alan@example.com,Alan,Turing,41,2\n"
        "3,grace@example.com,Grace,Hopper,85,1\n"
    ),
    "mysql/company/teams.csv": "id,name\n1,Blue\n",
    "snowflake/database/CUSTOMERS/COMPANIES.csv": "NAME\nAcme\n",
    "snowflake/database/CUSTOMERS/CONTACTS.csv": "EMAIL,FIRST_NAME,LAST_NAME\n",
    "snowflake/database/TEAMS/MEMBERS.csv": "NAME\nAda\n",
    "snowflake/database/TEAMS/SCORES.csv": "SCORE\n7\n",
    "postgresql/warehouse/public/people.csv": "email,full_name\nada@example.com,Countess\nold@example.com,Old\n",
}
SERVE = """
import sys
from pathlib import Path
from applier.sandbox.serve import Address, serve
serve(Address(), Path(sys.argv[1]), sys.argv[2], on_start=lambda host, port: print(port, flush=True))
"""


@dataclass(frozen=True)
class Server:
    """A sandbox served by a process that a test may kill, and clients of it with any version and key."""

    url: str
    data: Path
    process: subprocess.Popen[str]

    def client(self, version: str | None = V1, key: str | None = KEY) -> httpx.Client:
        headers = {"X-Polytomic-Version": version, "Authorization": f"Bearer {key}" if key else None}
        sent = {name: value for name, value in headers.items() if value}
        return httpx.Client(base_url=self.url, headers=sent, verify=False)  # no certificates to be read, as no TLS


Start = Callable[[Path], Server]


def start_server(data: Path) -> Server:
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(data), KEY], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    return Server(f"http://127.0.0.1:{int(process.stdout.readline())}", data, process)


def stop(server: Server) -> None:
    if server.process.poll() is None:
        server.process.terminate()
        server.process.communicate(timeout=15)


@pytest.fixture
def start() -> Iterator[Start]:
    """Serves a data folder; whatever is still served when the test has ended, well or not, ends too."""
    with ExitStack() as servers:

        def serve(data: Path) -> Server:
            server = start_server(data)
            servers.callback(stop, server)
            return server

        yield serve


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed")
    for name, content in TABLES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8", newline="\n")
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("data"))
    yield running
    stop(running)


@pytest.fixture
def api(server: Server, tables: Path) -> Iterator[httpx.Client]:
    """A client of an empty sandbox with seeded databases, speaking 2024-02-08."""
    with server.client() as client:
        client.delete("/_sandbox/switches").raise_for_status()
        client.post("/_sandbox/reset").raise_for_status()
        copy_tables(tables, server.data)
        yield client


SLOW = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000000) "
    "SELECT n AS email, n AS first_name, n AS last_name FROM numbers"
)


@dataclass(frozen=True)
class GuideObjects:
    """The ids of the guide's objects and a client of the API: these tests talk to the sandbox without applier."""

    api: httpx.Client
    mysql: str
    snowflake: str
    model: str

    def sync_body(self, **members: Any) -> dict[str, Any]:
        fields = [
            {"source": self.source(name), "target": name.upper()} for name in ("email", "first_name", "last_name")
        ]
        return {
            "name": "MySQL to Snowflake Sync",
            "mode": "replace",
            "fields": fields,
            "schedule": {"frequency": "continuous"},
            "target": {"connection_id": self.snowflake, "object": "CUSTOMERS.CONTACTS"},
            **members,
        }

    def source(self, field: str) -> dict[str, str]:
        return {"field": field, "model_id": self.model}

    def identity(self, field: str = "email", target: str = "EMAIL") -> dict[str, Any]:
        return {"source": self.source(field), "target": target, "function": "Equality"}

    def sync(self, **members: Any) -> dict[str, Any]:
        return create(self.api, "/api/syncs", self.sync_body(**members))

    def slow_down(self) -> None:
        """From now on the model has so many records that a run of them can be met while it runs."""
        body = {"name": "M", "connection_id": self.mysql, "configuration": {"query": SLOW}}
        self.api.put(f"/api/models/{self.model}", json=body).raise_for_status()

    def run(self, sync: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Start a sync and wait for the end of its execution."""
        self.api.post(f"/api/syncs/{sync['id']}/activate", json={"active": True}).raise_for_status()
        started = create(self.api, f"/api/syncs/{sync['id']}/executions", options)
        return wait_for_end(self.api, sync["id"], started["id"])

    def rows(self, table: str = "CUSTOMERS.CONTACTS", connection: str | None = None) -> list[dict[str, Any]]:
        """What a table holds, read through a model's sample."""
        body = {"name": "rows", "connection_id": connection or self.snowflake, "configuration": {"table": table}}
        model = create(self.api, "/api/models", body)["id"]
        records = self.api.get(f"/api/models/{model}/sample").raise_for_status().json()["data"]["records"]
        self.api.delete(f"/api/models/{model}").raise_for_status()
        return [record[model] for record in records]


def create(api: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = api.post(path, json=body)
    assert response.status_code == 200, response.text
    created: dict[str, Any] = response.json()["data"]
    return created


def wait_for_end(api: httpx.Client, sync: str, execution: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, Any] = api.get(f"/api/syncs/{sync}/executions/{execution}").json()["data"]
        if found["status"] in ("completed", "failed", "canceled", "interrupted"):
            return found
        time.sleep(0.02)
    raise AssertionError("the execution did not end")


MYSQL = {
    "name": "MySQL Connection",
    "type": "mysql",
    "configuration": {
        "hostname": "localhost",
        "port": 3306,
        "dbname": "company",
        "account": "user",
        "passwd": "secret",
    },
}
SNOWFLAKE = {
    "name": "Snowflake Connection",
    "type": "snowflake",
    "configuration": {
        "account": "account",
        "dbname": "database",
        "password": "secret-password",
        "username": "user",
    },
}
POSTGRESQL = {
    "name": "Warehouse",
    "type": "postgresql",
    "configuration": {
        "hostname": "db",
        "port": 5432,
        "database": "warehouse",
        "username": "user",
        "password": "secret",
    },
}


@pytest.fixture
def workspace(api: httpx.Client) -> GuideObjects:
    mysql, snowflake = create(api, "/api/connections", MYSQL), create(api, "/api/connections", SNOWFLAKE)
    model = create(
        api,
        "/api/models",
        {
            "name": "Customer Model",
            "configuration": {"table": "company.customers"},
            "connection_id": mysql["id"],
        },
    )
    return GuideObjects(api, mysql["id"], snowflake["id"], model["id"])


@pytest.fixture
def newer(server: Server, workspace: GuideObjects) -> Iterator[httpx.Client]:
    """A client of version 2025-09-18."""
    with server.client(version=V2) as client:
        yield client


@pytest.fixture
def bulk(workspace: GuideObjects) -> GuideObjects:
    """A workspace whose connections' schemas are known."""
    workspace.api.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    return workspace
