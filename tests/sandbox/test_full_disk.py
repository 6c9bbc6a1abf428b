"""A sandbox whose disk has no room left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import KEY, SERVE, Server, stop
from tests.system import needs_file_limits

LIMIT = 700_000
CLIENT = {"name": "No 1", "type": "hubspot", "configuration": {"padding": "x" * 3000}}


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a sandbox whose files cannot grow beyond the limit."""
    limited = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))\n{SERVE}"
    command = [sys.executable, "-c", limited, str(tmp_path), KEY]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    server = Server(f"http://127.0.0.1:{int(process.stdout.readline())}", tmp_path, process)
    with server.client() as client:
        yield client
    stop(server)


@needs_file_limits
def test_a_full_disk_is_reported_and_nothing_is_half_written(cramped: httpx.Client, tmp_path: Path) -> None:
    made: list[str] = []
    for number in range(1000):
        headers = {"Idempotency-Key": f"connection-{number:05}"}
        answer = cramped.post("/api/connections", json={**CLIENT, "name": f"No {number}"}, headers=headers)
        if answer.status_code != 200:
            break
        made.append(answer.json()["data"]["name"])
    assert answer.status_code == 500
    assert answer.headers["x-polytomic-version"] == "2024-02-08"
    state = tmp_path / "sandbox.sqlite3"
    assert answer.json() == {
        "key": "internal_error",
        "message": f"the sandbox cannot use its data folder: {state}: disk I/O error",
        "metadata": {},
        "status": 500,
    }
    listed = cramped.get("/api/connections")
    assert listed.status_code == 200
    assert [connection["name"] for connection in listed.json()["data"]] == made
