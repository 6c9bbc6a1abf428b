"""The transport without a server answers as the served sandbox does, from many threads at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from applier.sandbox import create_app, reset, seed
from applier.sandbox.inprocess import transport
from applier.sandbox.store import NewerFormat, Store
from tests.sandbox.conftest import MYSQL, SNOWFLAKE, V1

OPEN_FILES = Path("/proc/self/fd")
SAME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z")
REQUESTS = (
    ("GET", "/api/me", None),
    ("POST", "/api/connections", MYSQL),
    ("POST", "/api/connections", MYSQL),
    ("POST", "/api/connections", SNOWFLAKE),
    ("GET", "/api/connections", None),
    ("GET", "/api/connection_types/mysql", None),
    ("GET", "/api/syncs/schedules", None),
    ("GET", "/api/nothing", None),
    ("PATCH", "/api/syncs", None),
    ("POST", "/api/syncs", {"name": "S"}),
)


def answers(client: httpx.Client) -> list[tuple[int, str]]:
    responses = [client.request(method, path, json=body) for method, path, body in REQUESTS]
    return [(response.status_code, SAME.sub("*", response.text)) for response in responses]


def test_both_forms_give_the_same_answers(api: httpx.Client, tmp_path: Path, tables: Path) -> None:
    seed(tables, tmp_path)
    with httpx.Client(
        transport=transport(tmp_path), base_url="http://sandbox", headers={"X-Polytomic-Version": V1}
    ) as client:
        assert answers(client) == answers(api)


def test_many_threads_use_one_client_and_the_state_stays(tmp_path: Path) -> None:
    headers = {"X-Polytomic-Version": V1}

    def create(number: int) -> int:
        return client.post("/api/connections", json={**MYSQL, "name": f"C {number}", "validate": False}).status_code

    with (
        httpx.Client(transport=transport(tmp_path), base_url="http://sandbox", headers=headers) as client,
        ThreadPoolExecutor(10) as threads,
    ):
        assert set(threads.map(create, range(50))) == {200}
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox", headers=headers) as client:
        assert len(client.get("/api/connections").json()["data"]) == 50
    reset(tmp_path)
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox", headers=headers) as client:
        assert client.get("/api/connections").json()["data"] == []


def test_a_dropped_connection_is_an_error_of_the_transport(tmp_path: Path) -> None:
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox") as client:
        for kind in ("drop", "truncate"):
            client.post("/_sandbox/faults", json={"kind": kind, "times": 1}).raise_for_status()
            with pytest.raises(httpx.RemoteProtocolError):
                client.get("/api/me")
        assert client.get("/api/me").is_success


def test_a_newer_data_folder_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    session = store.session()
    session.write("UPDATE meta SET value = '999' WHERE key = 'format'")
    session.commit()
    store.close()
    with pytest.raises(NewerFormat, match="data format 999"):
        create_app(tmp_path)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="the system does not list open files")
def test_requests_leave_no_files_open(tmp_path: Path) -> None:
    """Threads come and go with the requests; their connections to the state file go with them."""
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox") as client:

        def wave(_: int) -> int:
            with ThreadPoolExecutor(20) as pool:
                list(pool.map(lambda _: client.get("/api/me").raise_for_status(), range(60)))
            return len(list(OPEN_FILES.iterdir()))

        first, *others = map(wave, range(6))
    assert max(others) <= first + 100  # the threads of a pool, two files each; without the care there were 600 more


def test_the_connection_of_a_thread_that_ended_is_closed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: store.session(), range(50)))
    assert len(list(store.sessions())) > 1
    with ThreadPoolExecutor(1) as pool:
        pool.submit(store.session).result()
    assert len(list(store.sessions())) == 2  # this thread's and that of the last pool, seen before it ended
    store.close()
