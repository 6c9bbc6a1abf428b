"""Connections: secrets, defaults, full replacement, duplicates, types, tests, deletion while in use."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import MYSQL, GuideObjects, create

CONFIGURATION: dict[str, Any] = MYSQL["configuration"]  # type: ignore[assignment]


def put(api: httpx.Client, id: str, **configuration: Any) -> dict[str, Any]:
    answer = api.put(f"/api/connections/{id}", json={"name": "MySQL Connection", "configuration": configuration})
    assert answer.status_code == 200, answer.text
    replaced: dict[str, Any] = answer.json()["data"]
    return replaced


def test_reading_has_audit_members_that_writing_has_not(api: httpx.Client) -> None:
    created = create(api, "/api/connections", {**MYSQL, "healthcheck_interval": "3h30m"})
    read = api.get(f"/api/connections/{created['id']}").json()["data"]
    audit = {"created_at", "created_by", "updated_at", "updated_by"}
    assert audit <= set(read)
    assert not audit & set(created)
    assert created["healthcheck_interval"] == "3h30m"
    assert "healthcheck_interval" not in read
    assert api.get("/api/connections").json()["data"] == [read]


@pytest.mark.behaviour("connection-replacement")
def test_an_update_replaces_plain_members_and_keeps_secrets(api: httpx.Client) -> None:
    id = create(api, "/api/connections", {**MYSQL, "configuration": {**CONFIGURATION, "ssh_host": "jump"}})["id"]
    plain = {name: value for name, value in CONFIGURATION.items() if name not in ("passwd", "dbname")}
    answered = put(api, id, **plain)["configuration"]
    assert answered["passwd"] == "********"
    assert "dbname" not in answered
    assert "ssh_host" not in answered
    assert put(api, id, **{**plain, "passwd": "********"})["configuration"]["passwd"] == "********"


def test_an_update_clears_omitted_secrets_when_switched(api: httpx.Client) -> None:
    id = create(api, "/api/connections", MYSQL)["id"]
    api.put("/_sandbox/switches", json={"omitted_secrets": "clear"}).raise_for_status()
    plain = {name: value for name, value in CONFIGURATION.items() if name != "passwd"}
    answer = api.put(f"/api/connections/{id}", json={"name": "MySQL Connection", "configuration": plain})
    assert answer.status_code == 400
    assert "passwd is required" in answer.json()["message"]


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({**CONFIGURATION, "port": "3306"}, "port must be of type integer"),
        ({**CONFIGURATION, "port": True}, "port must be of type integer"),
        ({**CONFIGURATION, "ssl": "yes"}, "ssl must be of type boolean"),
        ({"hostname": "x"}, "is required"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    api: httpx.Client, configuration: dict[str, Any], message: str
) -> None:
    answer = api.post("/api/connections", json={**MYSQL, "configuration": configuration})
    assert answer.status_code == 400
    assert message in answer.json()["message"]


def test_unknown_members_are_kept_and_unknown_types_refused(api: httpx.Client) -> None:
    kept = create(api, "/api/connections", {**MYSQL, "configuration": {**CONFIGURATION, "surprise": 1}})
    assert kept["configuration"]["surprise"] == 1
    answer = api.post("/api/connections", json={**MYSQL, "name": "Other", "type": "mysqll"})
    assert (answer.status_code, answer.json()["message"]) == (400, "unknown connection type: mysqll")


@pytest.mark.behaviour("ambiguous-names")
def test_names_are_unique_unless_switched(api: httpx.Client) -> None:
    create(api, "/api/connections", MYSQL)
    assert api.post("/api/connections", json=MYSQL).status_code == 422
    api.put("/_sandbox/switches", json={"duplicate_connection_name": "allow"}).raise_for_status()
    assert api.post("/api/connections", json=MYSQL).status_code == 200


@pytest.mark.behaviour("connection-in-use")
def test_a_connection_in_use_is_deleted_only_by_force(workspace: GuideObjects) -> None:
    api, sync = workspace.api, workspace.sync()
    answer = api.delete(f"/api/connections/{workspace.mysql}", params={"force": "false"})
    assert answer.status_code == 422
    assert "connection in use" in answer.json()["message"]
    assert answer.json()["metadata"]["used_by"] == [
        {"type": "sync", "name": sync["name"], "id": sync["id"]},
        {"type": "model", "name": "Customer Model", "id": workspace.model},
    ]
    forced = api.delete(f"/api/connections/{workspace.mysql}", params={"force": "true"})
    assert (forced.status_code, forced.content) == (200, b"")
    assert api.get("/api/models").json()["data"] == api.get("/api/syncs").json()["data"] == []
    assert api.delete(f"/api/connections/{workspace.mysql}").status_code == 404


def test_the_connection_test_keeps_nothing(api: httpx.Client) -> None:
    body = {"type": "mysql", "configuration": CONFIGURATION}
    answer = api.post("/api/connections/test", json=body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.post("/api/connections/test", json={**body, "configuration": {}}).status_code == 400
    assert api.get("/api/connections").json()["data"] == []


@pytest.mark.behaviour("oauth-connections")
def test_oauth_connections_wait_for_a_person(api: httpx.Client) -> None:
    created = create(api, "/api/connections", {"name": "HubSpot", "type": "hubspot", "configuration": {}})
    assert created["auth_url"].startswith(str(api.base_url))
    assert created["saved"] is False
    assert "auth_url" not in api.get(f"/api/connections/{created['id']}").json()["data"]


def test_types_have_capabilities_and_schemas_without_envelope(api: httpx.Client) -> None:
    types = {known["id"]: known for known in api.get("/api/connection_types").json()["data"]}
    assert types["mysql"]["capabilities"]["source"] is True
    assert set(types["hubspot"]["capabilities"]) == {"source", "destination", "enrichment", "orchestration"}
    assert types["hubspot"]["use_oauth"] is True
    schema = api.get("/api/connection_types/mysql").json()
    assert schema["properties"]["passwd"]["sensitive"] is True
    assert not [name for name in schema if name.startswith("x-")]
    assert api.get("/api/connection_types/mysqll").status_code == 404


def test_the_list_of_types_has_the_form_of_each(api: httpx.Client) -> None:
    types = {known["id"]: known for known in api.get("/api/connection_types").json()["data"]}
    assert types["mysql"]["configurationForm"] == {
        "jsonschema": api.get("/api/connection_types/mysql").json(),
        "uischema": {},
    }
    assert types["mysql"]["initialConfiguration"] == {
        "port": 3306,
        "ssl": True,
        "change_detection": False,
        "ssh_port": 22,
        "ssh_user": "root",
    }
    assert types["mysql"]["envConfig"] == {}


def test_a_type_that_nobody_has_described_may_be_read_and_written(api: httpx.Client) -> None:
    types = {known["id"]: known for known in api.get("/api/connection_types").json()["data"]}
    assert types["asana"]["capabilities"] == {
        "source": True,
        "destination": True,
        "enrichment": False,
        "orchestration": False,
    }


def test_invalid_connections_of_a_type_are_refused(workspace: GuideObjects) -> None:
    api = workspace.api
    webhook = {"url": "https://example.com", "auth_method": "polytomic_secret"}
    written = create(api, "/api/connections", {"name": "W", "type": "webhook", "configuration": webhook})["id"]
    read = create(api, "/api/connections", {"name": "S", "type": "stripe", "configuration": {"api_key": "x"}})["id"]
    model = {"name": "M", "connection_id": written, "configuration": {"query": "SELECT 1"}}
    sync = workspace.sync_body(target={"connection_id": read, "object": "Customer"})
    for method, path, body, status in (
        ("GET", f"/api/connections/{written}/modelsync/source", None, 404),
        ("GET", f"/api/connections/{written}/modelsync/source/fields?query=SELECT", None, 404),
        ("GET", f"/api/connections/{written}/bulksync/source", None, 400),
        ("POST", "/api/models", model, 400),
        ("GET", f"/api/connections/{read}/modelsync/target", None, 404),
        ("GET", f"/api/connections/{read}/modelsync/targetobjects", None, 404),
        ("GET", f"/api/connections/{read}/modelsync/target/fields?target=Customer", None, 404),
        ("GET", f"/api/connections/{read}/bulksync/target", None, 400),
        ("POST", "/api/syncs", sync, 400),
    ):
        answer = api.request(method, path, json=body)
        assert answer.status_code == status, path
        assert answer.json()["message"] in (
            "Webhook connections cannot be the source of anything",
            "Stripe connections cannot be the destination of anything",
            "target: Stripe connections cannot be the destination of anything",
        )


@pytest.mark.parametrize(
    ("type", "member", "address"),
    [
        ("mysql", "hostname", "db.example.invalid"),
        ("mysql", "hostname", "DB.EXAMPLE.INVALID."),
        ("webhook", "url", "https://user@db.example.invalid:8443/hook?a=b"),
    ],
)
def test_an_invalid_host_is_not_reached(workspace: GuideObjects, type: str, member: str, address: str) -> None:
    """The embedded form of a system that is down, to rehearse what comes of it."""
    api = workspace.api
    settings = CONFIGURATION if type == "mysql" else {"auth_method": "polytomic_secret"}
    body = {"name": "Down", "type": type, "configuration": {**settings, member: address}}
    reason = f"failed to resolve host '{'DB.EXAMPLE.INVALID' if address.isupper() else 'db.example.invalid'}'"
    reason += ": Name or service not known"
    refused = api.post("/api/connections", json=body)
    assert (refused.status_code, refused.json()["message"]) == (422, f"connection failed: {reason}")
    tested = api.post("/api/connections/test", json={"type": type, "configuration": body["configuration"]})
    assert (tested.status_code, tested.json()["message"]) == (400, f"connection failed: {reason}")
    path = f"/api/connections/{create(api, '/api/connections', {**body, 'validate': False})['id']}"
    assert api.post(f"{path}/schemas/refresh").status_code == 400
    found = api.get(path).json()["data"]
    assert (found["status"], found["status_error"]) == ("unhealthy", f"connection failed: {reason}")
    if type == "mysql":
        looked = api.get(f"{path}/modelsync/source")
        assert (looked.status_code, looked.json()["message"]) == (400, reason)


def test_a_sync_whose_source_has_gone_down_fails_with_the_reason(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    body = {**MYSQL, "configuration": {**CONFIGURATION, "hostname": "db.invalid"}, "validate": False}
    workspace.api.put(f"/api/connections/{workspace.mysql}", json=body).raise_for_status()
    execution = workspace.run(sync)
    assert (execution["status"], execution["errors"]) == (
        "failed",
        ["failed to resolve host 'db.invalid': Name or service not known"],
    )
