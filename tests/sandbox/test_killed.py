"""A killed sandbox loses nothing that it has answered, and two on one data folder do not get in each other's way."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from applier.sandbox import seed
from tests.sandbox.conftest import MYSQL, SNOWFLAKE, Server, Start, create, stop, wait_for_end

pytestmark = pytest.mark.extended

UNCHECKED = {**MYSQL, "validate": False}


def names(client: httpx.Client) -> list[str]:
    return [connection["name"] for connection in client.get("/api/connections").json()["data"]]


def write_until_killed(server: Server, prefix: str) -> dict[str, str]:
    """Create connections with idempotency keys until the server is gone; what was answered."""
    answered: dict[str, str] = {}

    def write(number: int) -> None:
        with server.client() as client:
            for count in range(10_000):
                name = f"{prefix}-{number}-{count}"
                headers = {"Idempotency-Key": f"key-{name}"}
                try:
                    answer = client.post("/api/connections", json={**UNCHECKED, "name": name}, headers=headers)
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                answered[name] = answer.json()["data"]["id"]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    return answered


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_was_answered_is_lost_by_a_kill(start: Start, tmp_path: Path, seed: int) -> None:
    """Killed at random moments; a repeated request gets its first answer, and nothing is there twice."""
    answered: dict[str, str] = {}
    moments = random.Random(seed)
    for turn in range(2):
        server = start(tmp_path)
        timer = threading.Timer(moments.uniform(0.05, 0.6), server.process.kill)
        timer.start()
        answered |= write_until_killed(server, f"turn-{turn}")
        timer.join()
        server.process.communicate()
    server = start(tmp_path)
    with server.client() as client:
        found = names(client)
        assert len(found) == len(set(found))
        assert set(answered) <= set(found)
        for name in list(answered)[-5:]:
            headers = {"Idempotency-Key": f"key-{name}"}
            again = client.post("/api/connections", json={**UNCHECKED, "name": name}, headers=headers)
            assert again.json()["data"]["id"] == answered[name]
        created = [event for event in _events(client) if event == "connection.created"]
        assert len(created) == len(found), "an event and its change are kept together or not at all"
    stop(server)
    with closing(sqlite3.connect(tmp_path / "sandbox.sqlite3")) as state:
        assert state.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _events(client: httpx.Client) -> list[str]:
    found: list[str] = []
    window: dict[str, str] = {}
    while answer := client.get("/api/events", params={"limit": "100", **window}).json()["data"]:
        found += [event["type"] for event in answer]
        window = {"ending_before": answer[-1]["created_at"]}
    return found


def test_a_key_in_flight_at_the_kill_can_be_used_again(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    headers = {"Idempotency-Key": "cut-in-the-middle"}
    with server.client() as client:
        client.post("/_sandbox/faults", json={"kind": "delay", "delay": 30, "method": "POST"}).raise_for_status()
        thread = threading.Thread(target=_ignore_errors, args=(server, headers))
        thread.start()
        time.sleep(0.2)
        server.process.kill()
        server.process.communicate()
        thread.join()
    server = start(tmp_path)
    with server.client() as client:
        client.delete("/_sandbox/faults").raise_for_status()
        assert client.post("/api/connections", json=UNCHECKED, headers=headers).status_code == 200
        assert len(names(client)) == 1


def _ignore_errors(server: Server, headers: dict[str, str]) -> None:
    with server.client() as client, pytest.raises(httpx.TransportError):
        client.post("/api/connections", json=UNCHECKED, headers=headers)


def test_two_processes_share_a_data_folder(start: Start, tmp_path: Path, tables: Path) -> None:
    """Both write at once; each sees everything, names stay unique, and each runs what it starts."""
    servers = [start(tmp_path) for _ in range(2)]

    def write(number: int) -> list[int]:
        with servers[number % 2].client() as client:
            bodies = [{**UNCHECKED, "name": f"C {number}-{count}"} for count in range(10)]
            bodies.append({**UNCHECKED, "name": "Wanted by all"})
            return [client.post("/api/connections", json=body).status_code for body in bodies]

    with ThreadPoolExecutor(6) as threads:
        statuses = [status for found in threads.map(write, range(6)) for status in found]
    assert statuses.count(200) == 61
    assert statuses.count(422) == 5
    for server in servers:
        with server.client() as client:
            assert len(set(names(client))) == 61
    with servers[0].client() as first, servers[1].client() as second:
        assert first.get("/api/me").json() == second.get("/api/me").json()
        headers = {"Idempotency-Key": "one-key-two-servers"}
        body = {**UNCHECKED, "name": "Once"}
        ids = [
            client.post("/api/connections", json=body, headers=headers).json()["data"]["id"]
            for client in (first, second)
        ]
        assert ids[0] == ids[1]
    for server in servers:
        stop(server)


def test_an_execution_of_a_killed_process_is_interrupted_and_one_of_a_living_is_not(
    start: Start, tmp_path: Path, tables: Path
) -> None:
    seed(tables, tmp_path)
    slow = (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000000) "
        "SELECT n AS email FROM numbers"
    )
    server = start(tmp_path)
    with server.client() as client:
        mysql = create(client, "/api/connections", MYSQL)["id"]
        snowflake = create(client, "/api/connections", SNOWFLAKE)["id"]
        body = {"name": "M", "connection_id": mysql, "configuration": {"query": slow}}
        model = create(client, "/api/models", body)["id"]
        sync = create(
            client,
            "/api/syncs",
            {
                "name": "S",
                "mode": "replace",
                "active": True,
                "fields": [{"source": {"model_id": model, "field": "email"}, "target": "EMAIL"}],
                "schedule": {"frequency": "manual"},
                "target": {"connection_id": snowflake, "object": "CUSTOMERS.CONTACTS"},
            },
        )["id"]
        execution = create(client, f"/api/syncs/{sync}/executions", {})["id"]
        path = f"/api/syncs/{sync}/executions/{execution}"
        other = start(tmp_path)
        with other.client() as second:
            assert second.get(path).json()["data"]["status"] in ("created", "running")
        stop(other)
        server.process.kill()
        server.process.communicate()
    server = start(tmp_path)
    with server.client() as client:
        assert wait_for_end(client, sync, execution)["status"] == "interrupted"


def test_a_bulk_execution_of_a_killed_process_is_interrupted_with_its_schemas(
    start: Start, tmp_path: Path, tables: Path
) -> None:
    seed(tables, tmp_path / "data")
    many = tmp_path / "seed/mysql/company/visits.csv"
    many.parent.mkdir(parents=True)
    many.write_text("id,name\n" + "".join(f"{number},x\n" for number in range(60_000)), "utf-8")
    seed(tmp_path / "seed", tmp_path / "data")
    server = start(tmp_path / "data")
    with server.client() as client:
        client.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
        body = {
            "name": "Copy",
            "source_connection_id": create(client, "/api/connections", MYSQL)["id"],
            "destination_connection_id": create(client, "/api/connections", SNOWFLAKE)["id"],
            "destination_configuration": {"schema": "COPIES"},
            "schedule": {"frequency": "manual"},
            "active": True,
            "schemas": ["company.accounts", "company.visits"],
        }
        id = create(client, "/api/bulk/syncs", body)["id"]
        execution = create(client, f"/api/bulk/syncs/{id}/executions", {})["id"]
        path = f"/api/bulk/syncs/{id}/executions/{execution}"
        while client.get(path).json()["data"]["schemas"][1]["status"] == "created":
            time.sleep(0.01)
        server.process.kill()
        server.process.communicate()
    server = start(tmp_path / "data")
    with server.client() as client:
        found = client.get(path).json()["data"]
        assert (found["status"], [schema["status"] for schema in found["schemas"]]) == (
            "interrupted",
            ["completed", "interrupted"],
        )
        assert found["completed_at"] == found["schemas"][1]["completed_at"] > found["created_at"]
        assert client.get(f"/api/bulk/syncs/{id}/status").json()["data"]["last_execution"] == found
