"""A run that fails in the middle leaves its target as it was, and everybody who asks is told why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.databases.live import Service
from tests.pipelines.support import Pipelines, connect, connections, execute, schema_in, select, until

pytestmark = pytest.mark.database

NUMBERS = {
    "mysql": "SELECT seq AS id, {name} AS name FROM seq_1_to_{count}",
    "postgresql": "SELECT n AS id, {name} AS name FROM generate_series(1, {count}) AS n",
}
COUNTED = {"mysql": "seq", "postgresql": "n"}
OLD = [(1, "old"), (70_000, "older")]
BAD, HELD = 2500, 2600
"""The third batch of a thousand: two have been written before it."""
LARGE = "repeat('x', 1000)"
"""Forty megabytes of them do not fit between two sockets: the source is read when the target stands still."""
DIRECTIONS = [pytest.param(("postgresql", "mysql"), id="to-mysql"), pytest.param(("mysql", "postgresql"), id="to-pg")]


@pytest.fixture(params=DIRECTIONS)
def servers(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[tuple[Service, Service]]:
    start, end = request.param
    with schema_in(start) as source, schema_in(end) as target:
        execute(
            target,
            f"CREATE TABLE {target.schema}.rows_ (id int PRIMARY KEY, name text, CHECK (name <> 'bad'))",
            f"INSERT INTO {target.schema}.rows_ VALUES (1, 'old'), (70000, 'older')",
        )
        yield source, target


def offer(source: Service, name: str, count: int) -> None:
    """What the source has: the numbers from 1 with a name each."""
    select_ = NUMBERS[source.type_id].format(name=name, count=count)
    execute(source, f"CREATE OR REPLACE VIEW {source.schema}.numbers AS {select_}")


def rows(target: Service) -> list[tuple[Any, ...]]:
    return select(target, f"SELECT id, name FROM {target.schema}.rows_ ORDER BY id")


def spec(source: Service, target: Service, mode: str) -> dict[str, Any]:
    sync: dict[str, Any] = {
        "mode": mode,
        "model": "Numbers",
        "target": {"connection": "Target", "object": f"{target.schema}.rows_"},
        "fields": {"id": "id", "name": "name"},
        "schedule": {"frequency": "manual"},
        "active": True,
    }
    if mode not in ("replace", "append"):
        sync["fields"] = {"name": "name"}
        sync["identity"] = {"field": "id", "target": "id"}
    configuration = {"view": f"{source.schema}.numbers"}
    return {
        "connections": connections(Source=source, Target=target),
        "models": {"Numbers": {"connection": "Source", "configuration": configuration}},
        "syncs": {"Numbers": sync},
    }


def told(pipelines: Pipelines, target: Service, out: str) -> str:
    """The reason, which the run, the status in both forms and the API have to agree on."""
    latest = pipelines.executions("Numbers")[0]
    assert (latest["status"], len(latest["errors"])) == ("failed", 1)
    reason = str(latest["errors"][0])
    assert set(latest["counts"].values()) <= {0}
    one_line = reason.replace("\n", "\\n").replace("\t", "\\t")
    text, as_json = pipelines("status"), pipelines("status", "Numbers", "--output", "json")
    assert (text.code, as_json.code) == (1, 1)
    for said in (out, re.sub(r", finished \S+", "", text.out)):
        assert f"syncs/Numbers: failed, 0 rows in {target.schema}.rows_\n  error: {one_line}\n" in said, said
    assert [(one["status"], one["errors"]) for one in as_json.json["runs"]] == [("failed", [reason])]
    return reason


REFUSED = {
    "mysql": r"Error 4025 \(23000\): CONSTRAINT `CONSTRAINT_1` failed for `SCHEMA`.`rows_`",
    "postgresql": r'ERROR: new row for relation "rows_" violates check constraint "rows__name_check" '
    r"\(SQLSTATE 23514\)\nFailing row contains \(2500, bad\)\."
    r'(\nCOPY rows_, line \d+: "2500\tbad")?',
}


@pytest.mark.parametrize("mode", ["create", "updateOrCreate", "replace", "append"])
def test_a_failing_row(mode: str, servers: tuple[Service, Service], pipelines: Pipelines) -> None:
    source, target = servers
    if (mode, target.type_id) == ("append", "postgresql"):
        mode = "update"  # which the other does not need: it offers append
        execute(target, f"INSERT INTO {target.schema}.rows_ VALUES ({BAD}, 'fine')")
    before = rows(target)
    number = COUNTED[source.type_id]
    name = "'fine'" if mode == "append" else f"CASE WHEN {number} = {BAD} THEN 'bad' ELSE 'fine' END"
    offer(source, name, 4000)
    pipelines.write_spec(spec(source, target, mode))
    result = pipelines("apply", "spec.yaml", "--yes", "--run")
    assert result.code == 4  # all is live as the spec says, but not in what it was to do
    reason = told(pipelines, target, result.out)
    if mode == "append":
        assert reason == "Error 1062 (23000): Duplicate entry '1' for key 'PRIMARY'"
    else:
        assert re.fullmatch(REFUSED[target.type_id].replace("SCHEMA", target.schema), reason), reason
    assert rows(target) == before


@contextmanager
def held(target: Service) -> Iterator[Callable[[], Sequence[Any]]]:
    """Keeps the run from writing one row; the function tells which sessions wait for it."""
    with closing(connect(target)) as blocker:
        cursor = blocker.cursor()
        cursor.execute(f"INSERT INTO {target.schema}.rows_ VALUES ({HELD}, 'held')")
        if target.type_id == "mysql":
            waiting = (
                "SELECT p.id FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                f" ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = '{target.schema}'"
            )
        else:
            waiting = f"SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid IN ({locking(target)})"
        yield lambda: select(target, waiting)
        blocker.rollback()


def locking(service: Service) -> str:
    """A query for the PostgreSQL sessions that use something in the schema."""
    return (
        "SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{service.schema}'"
    )


def readers(source: Service) -> Sequence[Any]:
    """The sessions that read the source."""
    if source.type_id == "postgresql":
        return select(source, locking(source))
    reading = f"SELECT id FROM information_schema.processlist WHERE db = '{source.schema}' AND info LIKE '%numbers%'"
    return select(source, f"{reading} AND id <> connection_id()")


def end(service: Service, sessions: Sequence[Any]) -> None:
    assert len(sessions) == 1
    statement = {"mysql": "KILL {}", "postgresql": "SELECT pg_terminate_backend({})"}[service.type_id]
    execute(service, statement.format(sessions[0][0]))


LOST = {
    "mysql": r"Error 2013: Lost connection to MySQL server during query( \(.*\))?|Error 1927: Connection was killed",
    "postgresql": r"FATAL: terminating connection due to administrator command \(SQLSTATE 57P01\)(\n.*)*",
}


@pytest.mark.parametrize(("side", "mode"), [("target", "updateOrCreate"), ("target", "every"), ("source", "every")])
def test_a_lost_connection(side: str, mode: str, servers: tuple[Service, Service], pipelines: Pipelines) -> None:
    source, target = servers
    execute(target, f"DELETE FROM {target.schema}.rows_ WHERE id = 1")
    if mode == "every":
        mode = {"mysql": "append", "postgresql": "replace"}[target.type_id]
    offer(source, LARGE if side == "source" else "'fine'", 40_000 if side == "source" else 4000)
    pipelines.write_spec(spec(source, target, mode))
    applied = pipelines("apply", "spec.yaml", "--yes")
    assert applied.code == 0, applied.out + applied.err
    with held(target) as waiting:
        running = pipelines.start("run", "Numbers")
        writers = until(waiting, running)
        if side == "target":
            end(target, writers)
        else:
            end(source, readers(source))
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1, out + err
    lost = LOST[(target if side == "target" else source).type_id]
    reason = told(pipelines, target, out)
    assert re.fullmatch(lost, reason), reason
    assert rows(target) == OLD[1:]

    offer(source, "'fine'", 3)
    result = pipelines("run", "Numbers")
    assert result.code == 0, result.out + result.err
    assert rows(target) == [(1, "fine"), (2, "fine"), (3, "fine"), *(OLD[1:] if mode != "replace" else [])]
    assert pipelines.counts("Numbers") == {"insert": 3, "total": 3, **({"delete": 1} if mode == "replace" else {})}
