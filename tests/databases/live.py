"""The live databases of the tests: where `services.sh` said they are."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from applier.sandbox.databases import Database, open_database

KINDS = ("mysql", "postgresql", "snowflake")


@dataclass(frozen=True)
class Service:
    """One server, and a schema of our own in it."""

    type_id: str
    configuration: dict[str, object]
    schema: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")

    @property
    def own_schema(self) -> str:
        return self.schema.upper() if self.type_id == "snowflake" else self.schema

    def open(self, **changes: object) -> Database:
        return open_database(self.type_id, {**self.configuration, **changes}, Path("/nonexistent"), live=True)


def service_of(kind: str) -> Service:
    """Skips where the service is missing; where databases are required that is a failure."""
    name = f"APPLIER_TEST_{kind.upper()}_URL"
    if not (url := os.environ.get(name)):
        message = f"{name} is not set: see tests/databases/services.sh"
        if os.environ.get("APPLIER_REQUIRE_DATABASES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    parts = urlsplit(url)
    host, port, user, word, database = parts.hostname, parts.port, parts.username, parts.password, parts.path[1:]
    if kind == "mysql":
        own = {"hostname": host, "port": port, "account": user, "passwd": word, "dbname": database}
    elif kind == "postgresql":
        own = {"hostname": host, "port": port, "username": user, "password": word, "database": database}
    else:
        own = {"account": "test", "username": user, "password": word, "dbname": database}
        own["params"] = f"host={host}&port={port}&protocol=http"
    return Service(kind, dict(own))


@contextmanager
def prepare(kind: str) -> Iterator[Service]:
    """The service, with a schema that is dropped afterwards."""
    import sqlalchemy as sa

    from applier.sandbox.databases.live.driver import driver_of

    service = service_of(kind)
    if kind == "mysql":
        service.configuration["dbname"] = ""
    engine = driver_of(kind).engine(service.configuration)
    create = ["CREATE DATABASE APPLIER"] if kind == "snowflake" else []
    create += [f"CREATE {'DATABASE' if kind == 'mysql' else 'SCHEMA'} {schema_name(service)}"]
    with engine.connect() as connection:
        for statement in create:
            try:
                connection.exec_driver_sql(statement)
            except sa.exc.DBAPIError as error:
                if "already exists" not in str(error):
                    raise
        connection.commit()
    if kind == "mysql":
        service.configuration["dbname"] = service.schema
    try:
        yield service
    finally:
        with engine.connect() as connection:
            what = "DATABASE" if kind == "mysql" else "SCHEMA"
            connection.exec_driver_sql(f"DROP {what} {schema_name(service)}{'' if kind == 'mysql' else ' CASCADE'}")
            connection.commit()
        engine.dispose()


def schema_name(service: Service) -> str:
    return f"APPLIER.{service.own_schema}" if service.type_id == "snowflake" else service.own_schema


def execute(service: Service, *statements: str) -> None:
    """Statements of the tests themselves, past the code under test."""
    from applier.sandbox.databases.live.driver import driver_of

    engine = driver_of(service.type_id).engine(service.configuration)
    with engine.connect() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


def kill_connections(service: Service) -> None:
    """Ends all connections to our schema (MySQL) or of the sandbox (PostgreSQL) but the one that does it."""
    if service.type_id == "postgresql":
        execute(
            service,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND application_name = 'applier sandbox' AND state = 'idle in transaction'",
        )
        return
    from applier.sandbox.databases.live.driver import driver_of

    engine = driver_of("mysql").engine(service.configuration)
    with engine.connect() as connection:
        statement = "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> connection_id()"
        for (number,) in connection.exec_driver_sql(statement, (service.schema,)).all():
            connection.exec_driver_sql(f"KILL {int(number)}")
    engine.dispose()
