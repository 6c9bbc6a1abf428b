"""Queries that would take all memory or all time end with an error, while the sandbox goes on serving others."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import POSTGRESQL, GuideObjects, Server, Start, create

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
TOO_LARGE = "a value is larger than 16777216 bytes"
SHORT = 0.5  # seconds
MOST_MEMORY = 800  # MB; SQLite may use 512, and what the tests before have used stays
BACKTRACKING = f"SELECT '{'a' * 60}!' REGEXP '(a+)+$' AS x"
LARGE = "hex(zeroblob(8000000))"  # 16 MB of text


def ask(api: httpx.Client, connection: str, query: str) -> tuple[int, Any]:
    """Return the status and message of a model with a query, or of its sample."""
    body = {"name": "Q", "connection_id": connection, "configuration": {"query": query}}
    answer = api.post("/api/models", json=body, timeout=60)
    if answer.status_code == 200:
        answer = api.get(f"/api/models/{answer.json()['data']['id']}/sample", timeout=60)
    return answer.status_code, answer.json().get("message", answer.json().get("data"))


def most_memory(process: subprocess.Popen[str]) -> int:
    """Return the MB that a process has had at most; 0 where the system does not tell."""
    status = Path(f"/proc/{process.pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.exists() else None
    return int(found[1]) // 1024 if found else 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"SELECT replace({LARGE}, '0', {LARGE}) AS a", TOO_LARGE),
        ("WITH RECURSIVE t(x) AS (SELECT 'a' UNION ALL SELECT concat(x, x) FROM t) SELECT x FROM t", TOO_LARGE),
        (f"SELECT concat({', '.join([LARGE] * 3)}) AS a", TOO_LARGE),
        (f"SELECT concat_ws('-', {', '.join([LARGE] * 2)}) AS a", TOO_LARGE),
        (
            f"SELECT {', '.join(f'{LARGE} || {n} AS c{n}' for n in range(100))}",
            "out of memory: the values of the query are too large together",
        ),
        ("SELECT " + "(" * 3000 + "1" + ")" * 3000 + " AS a", "the query is nested too deeply"),
        ("SELECT " + "CASE WHEN 1 THEN " * 2000 + "1" + " END" * 2000 + " AS a", "the query is nested too deeply"),
        ("SELECT 1 AS " + "a" * 250_000, "a model's query must not be longer than 250000 characters"),
    ],
    ids=["replace", "doubled", "concat", "concat_ws", "wide", "parentheses", "cases", "long"],
)
def test_what_would_take_all_memory_is_an_error(
    server: Server, workspace: GuideObjects, query: str, message: str
) -> None:
    connection = create(workspace.api, "/api/connections", POSTGRESQL)["id"]
    assert ask(workspace.api, connection, query) == (400, message)
    assert most_memory(server.process) < MOST_MEMORY
    assert workspace.api.get(f"/api/models/{workspace.model}/sample").status_code == 200


def test_a_sample_of_large_rows_is_a_small_one(server: Server, workspace: GuideObjects) -> None:
    """The records are endless, and ten of them would be too large for an answer."""
    status, data = ask(workspace.api, workspace.mysql, f"{ENDLESS} SELECT i, {LARGE} AS x FROM n")
    assert status == 200
    assert [len(row["x"]) for record in data["records"] for row in record.values()] == [16_000_000] * 2
    assert most_memory(server.process) < MOST_MEMORY


def test_values_of_the_largest_size_are_read(workspace: GuideObjects) -> None:
    most = 16 * 1024 * 1024
    query = "SELECT length(zeroblob({})) AS n"
    status, data = ask(workspace.api, workspace.mysql, query.format(most))
    assert (status, [one for record in data["records"] for one in record.values()]) == (200, [{"n": most}])
    assert ask(workspace.api, workspace.mysql, query.format(most + 1)) == (400, TOO_LARGE)


def test_others_are_served_during_a_query_without_an_end(server: Server, workspace: GuideObjects) -> None:
    workspace.api.put("/_sandbox/switches", json={"query_seconds": "1"}).raise_for_status()
    cross = f"{ENDLESS.replace('FROM n)', 'FROM n WHERE i < 100000)')} SELECT count(*) AS c FROM n a, n b, n c"
    ended: list[tuple[int, Any]] = []

    def run(query: str) -> None:
        with server.client() as client:
            ended.append(ask(client, workspace.mysql, query))

    threads = [threading.Thread(target=run, args=(query,)) for query in (cross, BACKTRACKING) for _ in range(2)]
    for thread in threads:
        thread.start()
    waits = []
    while any(thread.is_alive() for thread in threads):
        before = time.monotonic()
        assert workspace.api.get("/api/connections").status_code == 200
        waits.append(time.monotonic() - before)
    assert ended == [(400, "the query did not come to an end within 1 s")] * 4
    assert len(waits) > 10
    assert sorted(waits)[len(waits) // 2] < SHORT


def test_patterns_are_found(workspace: GuideObjects) -> None:
    """Simple ones and those that are searched in a process of their own, with texts of any characters."""
    tests = {
        "'ada@example.com' REGEXP '^[a-z.]+@([a-z-]+[.])+[a-z]{2,}$'": 1,
        "'ada@example' REGEXP '^[a-z.]+@([a-z-]+[.])+[a-z]{2,}$'": 0,
        "'Ünïcödé\n\"😀' REGEXP 'é.*😀$|^x+y+$'": 0,
        "'Ünïcödé 😀' REGEXP 'é.*😀$|^x+y+$'": 1,
        "'abc' REGEXP 'b'": 1,
        "'abc' REGEXP '^b'": 0,
        "NULL REGEXP 'b+c+'": None,
    }
    query = "SELECT " + ", ".join(f"{test} AS c{place}" for place, test in enumerate(tests))
    status, data = ask(workspace.api, workspace.mysql, query)
    assert status == 200
    assert [list(record.values()) for records in data["records"] for record in records.values()] == [
        list(tests.values())
    ]
    assert ask(workspace.api, workspace.mysql, "SELECT 'a' REGEXP '(a' AS x")[0] == 400


def test_an_execution_has_a_limit_of_time(workspace: GuideObjects) -> None:
    workspace.api.put("/_sandbox/switches", json={"run_seconds": "1"}).raise_for_status()
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"query": endless_people()}}
    workspace.api.put(f"/api/models/{workspace.model}", json=body).raise_for_status()
    ended = workspace.run(workspace.sync())
    assert (ended["status"], ended["errors"]) == ("failed", ["the query did not come to an end within 1 s"])


def test_an_endless_query_does_not_keep_the_sandbox_from_stopping(start: Start, tmp_path: Path, tables: Path) -> None:
    from applier.sandbox import seed
    from tests.sandbox.conftest import MYSQL, SNOWFLAKE

    seed(tables, tmp_path)
    server = start(tmp_path)
    with server.client() as api:
        mysql, snowflake = create(api, "/api/connections", MYSQL), create(api, "/api/connections", SNOWFLAKE)
        body = {"name": "M", "connection_id": mysql["id"], "configuration": {"query": endless_people()}}
        model = create(api, "/api/models", body)
        made = GuideObjects(api, mysql["id"], snowflake["id"], model["id"])
        sync = made.sync(active=True)
        execution = create(api, f"/api/syncs/{sync['id']}/executions", {})
    server.process.terminate()
    server.process.communicate(timeout=15)
    again = start(tmp_path)
    with again.client() as api:
        ended = api.get(f"/api/syncs/{sync['id']}/executions/{execution['id']}").json()["data"]
    assert (ended["status"], ended["errors"]) == ("failed", ["the sandbox was stopped"])


def endless_people() -> str:
    return f"{ENDLESS} SELECT i AS email, i AS first_name, i AS last_name FROM n"
