"""Real servers, a direct way to them, and a workspace on a sandbox that uses them."""

from __future__ import annotations

import re
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from tests.databases.live import Service, service_of
from tests.workspace import Result, Workspace

ROOT = Path(__file__).parents[2]
KINDS = ("mysql", "postgresql")
PASSWORDS = {"mysql": "passwd", "postgresql": "password", "snowflake": "password"}
AWAITED = 45
"""Seconds that a machine may take to come to what a test waits for."""


def connect(service: Service, **changes: object) -> Any:
    """A connection by the driver alone: nothing of the sandbox is between the test and the server."""
    own = {**service.configuration, **changes}
    if service.type_id == "mysql":
        import pymysql  # the drivers are slow to import, and mostly there is no server for them

        return pymysql.connect(
            host=str(own["hostname"]), port=int(str(own["port"])), user=str(own["account"]),
            password=str(own["passwd"]), database=str(own["dbname"]) or None, charset="utf8mb4",
        )  # fmt: skip
    if service.type_id == "postgresql":
        import psycopg

        return psycopg.connect(
            host=str(own["hostname"]), port=int(str(own["port"])), user=str(own["username"]),
            password=str(own["password"]), dbname=str(own["database"]),
        )  # fmt: skip
    names = {"account": own["account"], "user": own["username"], "password": own["password"], "database": own["dbname"]}
    import snowflake.connector

    return snowflake.connector.connect(**names, **dict(parse_qsl(str(own["params"]))))


def execute(service: Service, *statements: str, **changes: object) -> None:
    with closing(connect(service, **changes)) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        connection.commit()


def select(service: Service, statement: str) -> list[tuple[Any, ...]]:
    with closing(connect(service)) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


@contextmanager
def schema_in(kind: str, name: str = "") -> Iterator[Service]:
    """The server, with a schema of this name or one of its own, that is gone afterwards."""
    service = service_of(kind)
    found = Service(kind, service.configuration, name or f"t{uuid.uuid4().hex[:12]}")
    changes: dict[str, object] = {}
    if kind == "mysql":
        word, changes = "DATABASE", {"dbname": ""}
        found.configuration["dbname"] = found.schema
    else:
        word = "SCHEMA"
    if kind == "snowflake":  # the stand-in can make databases, but not drop them
        found.configuration["dbname"] = f"T{uuid.uuid4().hex[:12].upper()}"
        execute(found, f"CREATE DATABASE {found.configuration['dbname']}", dbname=None)
    execute(found, f"CREATE {word} {found.schema}", **changes)
    try:
        yield found
    finally:
        execute(found, f"DROP {word} {found.schema}{'' if kind == 'mysql' else ' CASCADE'}", **changes)


@dataclass(frozen=True)
class Pipelines(Workspace):
    """A workspace on a served sandbox, with specs given as data and the runs of its syncs."""

    def write_spec(self, spec: Mapping[str, Any], name: str = "spec.yaml") -> None:
        self.write(name, yaml.safe_dump({"version": 1, **spec}, sort_keys=False))

    def apply(self, spec: Mapping[str, Any]) -> Result:
        """Apply a spec and run its syncs; nothing may fail."""
        self.write_spec(spec)
        result = self("apply", "spec.yaml", "--yes", "--run")
        assert result.code == 0, result.out + result.err
        return result

    def executions(self, name: str) -> list[dict[str, Any]]:
        """Return the executions of a sync, the latest first."""
        sync = self.sandbox.named("syncs", name)["id"]
        executions: list[dict[str, Any]] = self.sandbox.get(f"/api/syncs/{sync}/executions")
        return executions

    def counts(self, name: str) -> dict[str, int]:
        """Return the counts of the latest execution that are not zero."""
        latest = self.executions(name)[0]
        assert (latest["status"], latest["errors"]) == ("completed", []), latest
        return {word: count for word, count in latest["counts"].items() if count}


def connections(**services: Service) -> dict[str, Any]:
    """The part of a spec that says how services are reached; their passwords come from the environment."""
    made = {}
    for name, service in services.items():
        configuration = dict(service.configuration)
        configuration[PASSWORDS[service.type_id]] = f"${{env:{service.type_id.upper()}_PASSWORD}}"
        made[name] = {"type": service.type_id, "configuration": configuration}
    return made


def passwords() -> dict[str, str]:
    """The environment that such a spec needs."""
    return {
        f"{kind.upper()}_PASSWORD": str(service_of(kind).configuration[PASSWORDS[kind]]) for kind in PASSWORDS
    }  # fmt: skip


def until(found: Callable[[], Sequence[Any]], process: subprocess.Popen[str]) -> Sequence[Any]:
    """What is there at last; the process that should bring it about must not end before."""
    end = time.monotonic() + AWAITED
    while not (there := found()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.25)  # InnoDB's list of transactions stays as it was for whoever asks again within 0.1 seconds
    return there


def plain(text: str) -> str:
    """Without what differs from one run to the next."""
    return re.sub(r"\bt[0-9a-f]{12}\b", "<schema>", text)
