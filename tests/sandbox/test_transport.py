"""What every request goes through: keys, versions, error bodies, idempotency keys, the request log."""

from __future__ import annotations

import base64
import threading

import httpx
import pytest

from tests.sandbox.conftest import KEY, MYSQL, V1, V2, GuideObjects, Server


@pytest.mark.behaviour("error-bodies")
def test_a_missing_or_wrong_key_is_refused_in_the_shape_of_the_version(server: Server, api: httpx.Client) -> None:
    for key in (None, "wrong"):
        with server.client(key=key) as client:
            answer = client.get("/api/me")
            assert answer.status_code == 401
            assert set(answer.json()) == {"code", "context", "error", "status"}
    with server.client(version=V2, key="wrong") as client:
        assert client.get("/api/me").json()["status"] == 401
        assert client.get("/_sandbox/requests").status_code == 401


def test_every_endpoint_needs_the_key(server: Server, api: httpx.Client) -> None:
    """Those of the sandbox itself, too: the log of requests has secrets, and a reset deletes everything."""
    described = api.get("/_sandbox/openapi.json").json()["paths"]
    endpoints = [(method.upper(), path) for path, methods in described.items() for method in methods]
    assert {path for _, path in endpoints} >= {"/_sandbox/requests", "/_sandbox/reset", "/_sandbox/faults", "/api/me"}
    for key in (None, "wrong"):
        with server.client(key=key) as client:
            for method, path in [*endpoints, ("GET", "/nothing"), ("GET", "/_sandbox/openapi.json")]:
                assert client.request(method, path.replace("{", "").replace("}", "")).status_code == 401, (method, path)


def test_the_basic_form_names_the_organization(server: Server, api: httpx.Client) -> None:
    organization = api.get("/api/me").json()["data"]["organization_id"]
    for named, status in ((organization, 200), ("99999999-9999-4999-8999-999999999999", 403)):
        basic = base64.b64encode(f"{named}:{KEY}".encode()).decode()
        assert api.get("/api/me", headers={"Authorization": f"Basic {basic}"}).status_code == status


@pytest.mark.behaviour("version-header")
def test_the_version_is_echoed_and_unknown_ones_are_refused(server: Server, api: httpx.Client) -> None:
    assert api.get("/api/me").headers["x-polytomic-version"] == V1
    assert api.get("/api/me", headers={"X-Polytomic-Version": V2}).headers["x-polytomic-version"] == V2
    assert api.get("/api/me", headers={"X-Polytomic-Version": "1999-01-01"}).status_code == 400
    with server.client(version=None) as client:
        assert client.get("/api/me").headers["x-polytomic-version"] == V2
        api.put("/_sandbox/switches", json={"default_version": V1}).raise_for_status()
        assert client.get("/api/me").headers["x-polytomic-version"] == V1


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/api/nothing", None, 404),
        ("GET", "/api/connections/", None, 404),
        ("PATCH", "/api/connections", None, 405),
        ("OPTIONS", "/api/connections", None, 405),
        ("TRACE", "/api/nothing", None, 404),
        ("GET", "/api/connections/11111111-1111-4111-8111-111111111111", None, 404),
        ("GET", "/api/syncs/no-uuid", None, 404),
        ("GET", "/_sandbox/requests?after=" + "9" * 5000, None, 400),
        ("GET", "/_sandbox/requests?after=\u00b2", None, 400),
        ("POST", "/api/connections", b"{", 400),
        ("POST", "/api/connections", b"[]", 400),
        ("POST", "/api/connections", b'{"a":' * 900 + b"1" + b"}" * 900, 400),
        ("POST", "/api/connections", b'{"configuration":' + b"[" * 900 + b"]" * 900 + b"}", 400),
        ("POST", "/api/connections", b"", 400),
        ("POST", "/api/connections", b'{"name": 5, "type": "mysql", "configuration": {}}', 400),
        ("POST", "/api/syncs", b'{"name": "S"}', 400),
    ],
)
def test_errors_have_one_body(api: httpx.Client, method: str, path: str, content: bytes | None, status: int) -> None:
    answer = api.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert set(answer.json()) == {"key", "message", "metadata", "status"}
    assert answer.json()["status"] == status
    assert answer.headers["x-polytomic-version"] == V1


def test_an_idempotency_key_replays_success(api: httpx.Client) -> None:
    headers = {"Idempotency-Key": "0123-abcd_EFGH"}
    first = api.post("/api/connections", json=MYSQL, headers=headers)
    second = api.post("/api/connections", json=MYSQL, headers=headers)
    assert first.json() == second.json()
    assert second.headers["content-type"] == "application/json"
    assert len(api.get("/api/connections").json()["data"]) == 1


@pytest.mark.behaviour("idempotency-keys")
def test_an_idempotency_key_replays_errors(api: httpx.Client) -> None:
    headers = {"Idempotency-Key": "first-outcome-counts"}
    refused = api.post("/api/connections", json={**MYSQL, "type": "no_such_type"}, headers=headers)
    repeated = api.post("/api/connections", json=MYSQL, headers=headers)
    assert refused.status_code == repeated.status_code == 400
    assert refused.json() == repeated.json()
    assert api.get("/api/connections").json()["data"] == []


@pytest.mark.parametrize("key", ["short", "with spaces in it", "x" * 256])
def test_a_malformed_idempotency_key_is_refused(api: httpx.Client, key: str) -> None:
    assert api.post("/api/connections", json=MYSQL, headers={"Idempotency-Key": key}).status_code == 400


def test_an_idempotency_key_in_flight_is_a_conflict(server: Server, api: httpx.Client) -> None:
    """Many at once: one acts, the others get its outcome or are told to wait."""
    answers: list[httpx.Response] = []

    def send() -> None:
        with server.client() as client:
            answers.append(client.post("/api/connections", json=MYSQL, headers={"Idempotency-Key": "many-at-once"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.text for answer in answers if answer.status_code == 200}) == 1
    assert len(api.get("/api/connections").json()["data"]) == 1


def test_the_request_log_shows_secrets_on_request_only(workspace: GuideObjects) -> None:
    api = workspace.api
    logged = api.get("/_sandbox/requests", params={"method": "POST", "path": "/api/connections"}).json()["data"]
    assert [request["path"] for request in logged] == ["/api/connections"] * 2
    assert logged[0]["body"]["configuration"]["passwd"] == "********"
    assert logged[0]["headers"]["x-polytomic-version"] == V1
    revealed = api.get("/_sandbox/requests", params={"reveal": "true", "method": "POST"}).json()["data"]
    assert revealed[0]["body"] == MYSQL
    body = {"name": "MySQL Connection", "configuration": {**MYSQL["configuration"], "passwd": "other"}}  # type: ignore[dict-item]
    api.put(f"/api/connections/{workspace.mysql}", json=body).raise_for_status()
    put = api.get("/_sandbox/requests", params={"method": "PUT"}).json()["data"]
    assert put[0]["body"]["configuration"]["passwd"] == "********"
    api.delete("/_sandbox/requests").raise_for_status()
    assert api.get("/_sandbox/requests").json()["data"] == []


def test_the_request_log_keeps_no_bodies_of_strangers(server: Server, api: httpx.Client) -> None:
    with server.client(key="wrong") as client:
        client.post("/api/connections", json=MYSQL)
    [logged] = api.get("/_sandbox/requests?reveal=1").json()["data"]
    assert (logged["method"], logged["path"], logged["status"]) == ("POST", "/api/connections", 401)
    assert logged["body"] is None


def test_switches_are_listed_and_checked(api: httpx.Client) -> None:
    listed = api.get("/_sandbox/switches").json()["data"]
    assert all(switch["value"] == switch["default"] in switch["values"] for switch in listed)
    assert all(switch["description"] for switch in listed)
    assert api.put("/_sandbox/switches", json={"no_such_switch": "x"}).status_code == 400
    assert api.put("/_sandbox/switches", json={"active_default": "maybe"}).status_code == 400
    changed = api.put("/_sandbox/switches", json={"active_default": "true"}).json()["data"]
    assert {switch["name"]: switch["value"] for switch in changed}["active_default"] == "true"
