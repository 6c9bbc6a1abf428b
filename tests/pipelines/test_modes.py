"""Every mode between MariaDB and PostgreSQL, over tables, views and queries: the rows that result, and the counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.databases.live import Service
from tests.pipelines.support import KINDS, Pipelines, connections, execute, schema_in, select

pytestmark = pytest.mark.database

Row = tuple[Any, ...]
SOURCE = {
    "mysql": "id int PRIMARY KEY, email varchar(100), amount decimal(10,2), active tinyint(1), born date,"
             " seen datetime",
    "postgresql": "id int PRIMARY KEY, email varchar(100), amount numeric(10,2), active boolean, born date,"
                  " seen timestamp",
}  # fmt: skip
TARGET = {
    "mysql": "person int PRIMARY KEY, email varchar(100) UNIQUE, amount decimal(12,3), active tinyint(1), born date,"
             " seen datetime, kept varchar(20) NOT NULL DEFAULT 'default'",
    "postgresql": "person int PRIMARY KEY, email text UNIQUE, amount numeric(12,3), active boolean, born date,"
                  " seen timestamp, kept varchar(20) NOT NULL DEFAULT 'default'",
}  # fmt: skip
ROWS = (
    "(1, 'ann@example.com', 12.5, true, '1990-01-02', '2024-01-02 03:04:05'), (2, 'Bob%s ''%%'' Ünï', NULL, false,"
    " NULL, NULL), (4, NULL, -7, NULL, '1991-02-03', NULL)"
)
OLD = "(2, 'bob@old.example', 1, true, '2000-01-01', '2000-01-01 00:00:00', 'b'), (3, 'old', 2, true, NULL, NULL, 'c')"

ANN = (1, "ann@example.com", Decimal("12.500"), True, date(1990, 1, 2), datetime.fromisoformat("2024-01-02T03:04:05"))
BOB = (2, "Bob%s '%%' Ünï", None, False, None, None)
FOUR = (4, None, Decimal("-7.000"), None, date(1991, 2, 3), None)
OLD_BOB = (2, "bob@old.example", Decimal("1.000"), True, date(2000, 1, 1), datetime.fromisoformat("2000-01-01"), "b")
OLD_THREE = (3, "old", Decimal("2.000"), True, None, None, "c")


def new(row: Row) -> Row:
    return (*row, "default")


EXPECTED: dict[str, tuple[list[Row], dict[str, int]]] = {
    "create": ([new(ANN), OLD_BOB, OLD_THREE, new(FOUR)], {"insert": 2, "total": 3}),
    "update": ([(*BOB, "b"), OLD_THREE], {"update": 1, "total": 3}),
    "updateOrCreate": ([new(ANN), (*BOB, "b"), OLD_THREE, new(FOUR)], {"insert": 2, "update": 1, "total": 3}),
    "replace": ([new(ANN), new(BOB), new(FOUR)], {"insert": 3, "delete": 2, "total": 3}),
}
AGAIN: dict[str, dict[str, int]] = {
    "create": {"total": 3},
    "update": {"update": 1, "total": 3},
    "updateOrCreate": {"update": 3, "total": 3},
    "replace": {"insert": 3, "delete": 3, "total": 3},
}
DIRECTIONS = [pytest.param(("postgresql", "mysql"), id="to-mysql"), pytest.param(("mysql", "postgresql"), id="to-pg")]


@pytest.fixture(params=DIRECTIONS)
def servers(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[tuple[Service, Service]]:
    start, end = request.param
    with schema_in(start) as source, schema_in(end) as target:
        table = f"{source.schema}.people"
        execute(
            source,
            f"CREATE TABLE {table} ({SOURCE[start]})",
            f"INSERT INTO {table} VALUES {ROWS}",
            f"CREATE VIEW {source.schema}.seen_people AS SELECT * FROM {table}",
        )
        execute(
            target,
            f"CREATE TABLE {target.schema}.persons ({TARGET[end]})",
            f"INSERT INTO {target.schema}.persons VALUES {OLD}",
        )
        yield source, target


def configuration(kind: str, source: Service) -> dict[str, str]:
    names = "id, email, amount, active, born, seen"
    query = f"SELECT {names}\nFROM {source.schema}.people -- all 100 % of them\nWHERE email IS NULL OR email LIKE '%%';"
    return {
        "table": {"table": f"{source.schema}.people"},
        "view": {"view": f"{source.schema}.seen_people"},
        "query": {"query": query},
    }[kind]  # fmt: skip


def spec(kind: str, mode: str, source: Service, target: Service, **more: Any) -> dict[str, Any]:
    sync = {
        "mode": mode,
        "model": "People",
        "target": {"connection": "Target", "object": f"{target.schema}.persons"},
        "fields": {"email": "email", "amount": "amount", "active": "active", "born": "born", "seen": "seen"},
        "schedule": {"frequency": "manual"},
        "active": True,
    }
    if mode in ("replace", "append"):
        sync["fields"] = {"person": "id", **sync["fields"]}
    else:
        sync["identity"] = {"field": "id", "target": "person"}
    return {
        "connections": connections(Source=source, Target=target),
        "models": {"People": {"connection": "Source", "configuration": configuration(kind, source)}},
        "syncs": {"People": {**sync, **more}},
    }


def persons(target: Service) -> list[Row]:
    names = "person, email, amount, active, born, seen, kept"
    return select(target, f"SELECT {names} FROM {target.schema}.persons ORDER BY person")


@pytest.mark.parametrize("kind", ["table", "view", "query"])
@pytest.mark.parametrize("mode", EXPECTED)
def test_mode(mode: str, kind: str, servers: tuple[Service, Service], pipelines: Pipelines) -> None:
    source, target = servers
    pipelines.apply(spec(kind, mode, source, target))
    rows, counts = EXPECTED[mode]
    assert persons(target) == rows
    assert pipelines.counts("People") == counts
    again = pipelines("run", "People")
    assert again.code == 0, again.out + again.err
    assert persons(target) == rows
    assert pipelines.counts("People") == AGAIN[mode]
    assert pipelines("plan", "spec.yaml", "--detailed-exitcode").code == 0


def test_append(postgresql: Service, mysql: Service, pipelines: Pipelines) -> None:
    """PostgreSQL does not offer it; a table without keys takes the same rows again and again."""
    execute(postgresql, f"CREATE TABLE {postgresql.schema}.people (id int, email text)")
    execute(postgresql, f"INSERT INTO {postgresql.schema}.people VALUES (1, 'a'), (2, NULL)")
    execute(mysql, f"CREATE TABLE {mysql.schema}.persons (person int, email varchar(10))")
    written = spec("table", "append", postgresql, mysql, fields={"person": "id", "email": "email"})
    pipelines.apply(written)
    assert pipelines("run", "People").code == 0
    rows = select(mysql, f"SELECT person, email FROM {mysql.schema}.persons ORDER BY person")
    assert rows == [(1, "a"), (1, "a"), (2, None), (2, None)]
    assert pipelines.counts("People") == {"insert": 2, "total": 2}


OFFERED = {
    "mysql": "use one of: create, update, updateOrCreate, replace, append",
    "postgresql": "use one of: create, update, updateOrCreate, replace",
}
NOT_OFFERED = [("mysql", "remove"), ("postgresql", "remove"), ("postgresql", "append")]


@pytest.mark.parametrize(("kind", "mode"), NOT_OFFERED)
def test_a_mode_that_is_not_offered(kind: str, mode: str, pipelines: Pipelines) -> None:
    assert kind in KINDS
    with schema_in(kind) as service:
        execute(service, f"CREATE TABLE {service.schema}.people ({SOURCE[kind]})")
        execute(service, f"CREATE TABLE {service.schema}.persons ({TARGET[kind]})")
        made = spec("table", mode, service, service)
        pipelines.write_spec({"connections": made["connections"], "models": made["models"]})
        assert pipelines("apply", "spec.yaml", "--yes").code == 0
        pipelines.write_spec(made)
        planned = pipelines("plan", "spec.yaml", "--output", "json")
        found = [(one["code"], one["hint"]) for one in planned.json["diagnostics"]]
        assert (planned.code, found) == (1, [("mode-not-offered", OFFERED[kind])])
        assert select(service, f"SELECT count(*) FROM {service.schema}.persons") == [(0,)]
