"""A connection that cannot be opened says why in the database's own words, and never its password."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.databases.live import service_of
from tests.pipelines.support import PASSWORDS, Pipelines
from tests.system import as_on_linux

pytestmark = pytest.mark.database

SERVER = 'connection to server at "127.0.0.1", port PORT failed:'
WRONG = "wrong-word-of-nobody"
MYSQL: Mapping[str, tuple[dict[str, Any], str]] = {
    "bad host": (
        {"hostname": "host.invalid"},
        "Error 2003: Can't connect to MySQL server on 'host.invalid' (<not resolved>)",
    ),
    "nobody listens": (
        {"port": 1},
        "Error 2003: Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)",
    ),
    "bad password": (
        {"passwd": WRONG},
        "Error 1045 (28000): Access denied for user 'applier'@'127.0.0.1' (using password: YES)",
    ),
    "unknown database": ({"dbname": "nope"}, "Error 1049 (42000): Unknown database 'nope'"),
}
POSTGRESQL: Mapping[str, tuple[dict[str, Any], str]] = {
    "bad host": ({"hostname": "host.invalid"}, "failed to resolve host 'host.invalid': <not resolved>"),
    "nobody listens": (
        {"port": 1},
        (
            'connection to server at "127.0.0.1", port 1 failed: Connection refused\n'
            "\tIs the server running on that host and accepting TCP/IP connections?"
        ),
    ),
    "bad password": (
        {"password": WRONG},
        f'{SERVER} FATAL:  password authentication failed for user "applier"',
    ),
    "unknown database": (
        {"database": "nope"},
        'connection to server at "127.0.0.1", port PORT failed: FATAL:  database "nope" does not exist',
    ),
}
CASES = [
    pytest.param(kind, changes, message, id=f"{kind}: {name}")
    for kind, cases in (("mysql", MYSQL), ("postgresql", POSTGRESQL))
    for name, (changes, message) in cases.items()
]


def told(value: Any) -> Any:
    """The resolver's words are the machine's; the database's stay as they are."""
    return json.loads(re.sub(r"\[Errno -\d\] [\w ]+", "<not resolved>", as_on_linux(json.dumps(value))))


@pytest.mark.parametrize(("kind", "changes", "message"), CASES)
def test_a_refused_connection_gives_the_reason(
    kind: str, changes: dict[str, Any], message: str, pipelines: Pipelines
) -> None:
    service = service_of(kind)
    configuration = {**service.configuration, **changes}
    message = message.replace("PORT", str(configuration["port"]))
    password = str(service.configuration[PASSWORDS[kind]])

    body = {"name": "Database", "type": kind, "configuration": configuration}
    tested = pipelines.sandbox.http.post("/api/connections/test", json={"type": kind, "configuration": configuration})
    made = pipelines.sandbox.http.post("/api/connections", json=body)
    assert (tested.status_code, made.status_code) == (400, 422)

    pipelines.write_spec({"connections": {"Database": {"type": kind, "configuration": configuration}}})
    applied = pipelines("apply", "spec.yaml", "--yes", "--output", "json")
    assert applied.code == 4, applied.out + applied.err
    for text in (tested.text, made.text, applied.out, applied.err):
        assert password not in text
        assert WRONG not in text
    refusal = {"message": f"connection failed: {message}", "metadata": {}}
    assert told(tested.json()) == {"key": "bad_request", "status": 400, **refusal}
    assert told(made.json()) == {"key": "unprocessable_entity", "status": 422, **refusal}
    outcomes = [(one["address"], one["status"], told(one["message"])) for one in applied.json["outcomes"]]
    assert outcomes == [("connections/Database", "failed", f"The service answered 422: connection failed: {message}")]
    assert pipelines.sandbox.http.get("/api/connections").json()["data"] == []


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_a_connection_is_tested(kind: str, pipelines: Pipelines) -> None:
    configuration = service_of(kind).configuration
    answer = pipelines.sandbox.http.post("/api/connections/test", json={"type": kind, "configuration": configuration})
    assert answer.status_code == 200


def test_a_refresh_finds_out_that_a_connection_is_unhealthy_and_that_it_is_well_again(pipelines: Pipelines) -> None:
    """Nobody has looked when it was made without validation."""
    http, configuration = pipelines.sandbox.http, service_of("mysql").configuration
    body = {"name": "Database", "type": "mysql", "configuration": {**configuration, "passwd": WRONG}}
    path = f"/api/connections/{http.post('/api/connections', json={**body, 'validate': False}).json()['data']['id']}"
    reason = f"connection failed: {MYSQL['bad password'][1]}"
    assert http.get(path).json()["data"]["status"] == "healthy"
    refused = http.post(f"{path}/schemas/refresh")
    assert (refused.status_code, refused.json()["message"]) == (400, reason)
    found = http.get(path).json()["data"]
    assert (found["status"], found["status_error"]) == ("unhealthy", reason)
    repaired = http.put(path, json={**body, "configuration": configuration}).raise_for_status().json()["data"]
    assert (repaired["status"], "status_error" in repaired) == ("healthy", False)
    assert http.post(f"{path}/schemas/refresh").status_code == 202
