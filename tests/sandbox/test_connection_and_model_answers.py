"""Connections and models: what comes back is not what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.sandbox.inprocess import transport
from tests.sandbox.conftest import MYSQL, V1, V2, GuideObjects, create

MASK = "********"
CONFIGURATION: dict[str, Any] = MYSQL["configuration"]


@pytest.mark.behaviour("masked-secrets")
@pytest.mark.parametrize("version", [V1, V2])
def test_secrets_are_masked_in_every_answer(api: httpx.Client, version: str) -> None:
    headers = {"X-Polytomic-Version": version}
    created = api.post("/api/connections", json=MYSQL, headers=headers).json()["data"]
    path = f"/api/connections/{created['id']}"
    answers = [
        created,
        api.get(path, headers=headers).json()["data"],
        api.get("/api/connections", headers=headers).json()["data"][0],
        api.put(path, json=MYSQL, headers=headers).json()["data"],
    ]
    assert [answer["configuration"]["passwd"] for answer in answers] == [MASK] * 4
    assert "ssh_private_key" not in created["configuration"], "a secret that is not set has no mask"


@pytest.mark.behaviour("secret-changes")
def test_a_changed_secret_is_not_visible(api: httpx.Client) -> None:
    path = f"/api/connections/{create(api, '/api/connections', MYSQL)['id']}"
    before = api.get(path).json()["data"]
    changed = {**MYSQL, "configuration": {**CONFIGURATION, "passwd": "other"}}
    api.put(path, json=changed).raise_for_status()
    after = api.get(path).json()["data"]
    assert {**after, "updated_at": None} == {**before, "updated_at": None}


@pytest.mark.behaviour("nested-secrets")
def test_nested_secrets_are_not_marked(api: httpx.Client) -> None:
    basic = {"username": "u", "password": "hush"}
    configuration = {"url": "https://x.example", "auth": {"basic": basic}}
    created = create(api, "/api/connections", {"name": "A", "type": "api", "configuration": configuration})
    assert created["configuration"]["auth"]["basic"] == basic
    api.put("/_sandbox/switches", json={"nested_secrets": "mask"}).raise_for_status()
    shown = api.get(f"/api/connections/{created['id']}").json()["data"]
    assert shown["configuration"]["auth"]["basic"] == {"username": "u", "password": MASK}


@pytest.mark.behaviour("computed-settings")
def test_computed_members_are_the_services_own(api: httpx.Client) -> None:
    configuration = {"region": "us-east-1", "auth_mode": "access_key_and_secret", "aws_user": "mine"}
    body = {"name": "D", "type": "dynamodb", "configuration": configuration}
    created = api.post("/api/connections", json=body)
    assert created.status_code == 200, created.text
    first = created.json()["data"]
    assert first["configuration"]["aws_user"] not in (None, "mine")
    again = api.put(f"/api/connections/{first['id']}", json=body).json()["data"]
    assert again["configuration"]["aws_user"] == first["configuration"]["aws_user"]


@pytest.mark.behaviour("hidden-settings")
def test_hidden_members_have_no_effect_unless_the_api_takes_them(api: httpx.Client) -> None:
    configuration = {"oauth_refresh_token": "x", "oauth_token_expiry": "2030-01-01T00:00:00Z"}
    created = create(api, "/api/connections", {"name": "G", "type": "googleads", "configuration": configuration})
    assert created["configuration"]["oauth_refresh_token"] == MASK
    assert "oauth_token_expiry" not in created["configuration"]


@pytest.mark.behaviour("filled-settings")
def test_defaults_are_filled_in_unless_switched(api: httpx.Client) -> None:
    filled = create(api, "/api/connections", MYSQL)["configuration"]
    assert (filled["ssl"], filled["ssh_user"], filled["ssh_port"]) == (True, "root", 22)
    api.put("/_sandbox/switches", json={"configuration_defaults": "leave"}).raise_for_status()
    plain = create(api, "/api/connections", {**MYSQL, "name": "plain"})["configuration"]
    assert set(plain) == set(CONFIGURATION)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[httpx.Client]:
    """A sandbox that opens the databases that its connections name."""
    running = transport(tmp_path, databases="live")
    with httpx.Client(transport=running, base_url="http://sandbox", headers={"X-Polytomic-Version": V1}) as client:
        yield client


@pytest.mark.behaviour("reachability-check")
def test_an_unreachable_database_is_refused_unless_validation_is_off(live: httpx.Client) -> None:
    body = {**MYSQL, "configuration": {**CONFIGURATION, "hostname": "127.0.0.1", "port": 1}}
    refused = live.post("/api/connections", json=body)
    assert (refused.status_code, "connection failed" in refused.json()["message"]) == (422, True)
    assert live.get("/api/connections").json()["data"] == []
    connection = create(live, "/api/connections", {**body, "validate": False})
    path = f"/api/connections/{connection['id']}"
    assert live.put(path, json=body).status_code == 422
    assert live.put(path, json={**body, "validate": False}).status_code == 200
    live.put("/_sandbox/switches", json={"unreachable_status": "400"}).raise_for_status()
    assert live.put(path, json=body).status_code == 400


@pytest.mark.behaviour("write-only-connection-members")
def test_some_members_can_only_be_written(api: httpx.Client) -> None:
    written = {"validate": True, "healthcheck_interval": "3h30m", "redirect_url": "https://x.example"}
    created = create(api, "/api/connections", {**MYSQL, **written})
    assert created["healthcheck_interval"] == "3h30m"
    assert not {"validate", "redirect_url", "reconnect"} & set(created)
    read = api.get(f"/api/connections/{created['id']}").json()["data"]
    assert not {"validate", "redirect_url", "reconnect", "healthcheck_interval"} & set(read)


@pytest.mark.behaviour("connection-type")
def test_the_type_is_sent_as_a_word_and_returned_as_an_object(api: httpx.Client) -> None:
    created = create(api, "/api/connections", MYSQL)
    assert (created["type"]["id"], created["type"]["name"]) == ("mysql", "MySQL")
    assert "created_at" not in created
    path = f"/api/connections/{created['id']}"
    assert api.put(path, json={**MYSQL, "type": "postgresql"}).status_code == 400
    api.put("/_sandbox/switches", json={"connection_type_change": "ignore"}).raise_for_status()
    assert api.put(path, json={**MYSQL, "type": "postgresql"}).json()["data"]["type"]["id"] == "mysql"


@pytest.mark.behaviour("model-configuration")
def test_the_configuration_of_a_model_comes_back_completed(workspace: GuideObjects) -> None:
    model = workspace.api.get(f"/api/models/{workspace.model}").json()["data"]
    unused = {"query": "", "view": "", "tracking_columns": None}
    assert model["configuration"] == {"table": "company.customers", **unused}


@pytest.mark.behaviour("model-fields")
def test_model_fields_are_sent_as_names_and_returned_as_objects(workspace: GuideObjects) -> None:
    configuration = {"table": "company.customers"}
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": configuration, "fields": ["email", "age"]}
    model = create(workspace.api, "/api/models", body)
    assert {field["name"] for field in model["fields"]} == {"email", "age"}
    path = f"/api/models/{model['id']}"
    whole = workspace.api.put(path, json={**body, "fields": None}).json()["data"]
    assert len(whole["fields"]) == 6, "leaving them out chooses all"


@pytest.mark.behaviour("empty-values-of-models")
def test_empty_and_absent_are_the_same(workspace: GuideObjects) -> None:
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    empty: dict[str, Any] = {"identifier": "", "tracking_columns": [], "relations": None, "labels": []}
    told = [create(workspace.api, "/api/models", one) for one in (body, {**body, **empty})]
    names = ("identifier", "tracking_columns", "relations", "labels")
    assert [told[0][name] for name in names] == [told[1][name] for name in names] == ["", [], [], []]


@pytest.mark.behaviour("thin-model-lists")
def test_entries_of_the_list_may_be_thin(workspace: GuideObjects) -> None:
    assert "fields" in workspace.api.get("/api/models").json()["data"][0]
    workspace.api.put("/_sandbox/switches", json={"model_list_fields": "without"}).raise_for_status()
    assert "fields" not in workspace.api.get("/api/models").json()["data"][0]
    assert "fields" in workspace.api.get(f"/api/models/{workspace.model}").json()["data"]


@pytest.mark.behaviour("zero-values")
def test_a_zero_time_stands_for_never(workspace: GuideObjects) -> None:
    path = f"/api/connections/{workspace.snowflake}/modelsync/target/fields?target=CUSTOMERS.CONTACTS"
    assert workspace.api.get(path).json()["data"]["refreshed_at"] == "0001-01-01T00:00:00Z"


@pytest.mark.behaviour("incomplete-type-data")
def test_type_data_is_neither_closed_nor_complete(api: httpx.Client) -> None:
    assert not api.get("/api/connection_types/intercom").json().get("properties")
    create(api, "/api/connections", {"name": "I", "type": "intercom", "configuration": {"undeclared": 1}})
    surprised = {**MYSQL, "configuration": {**CONFIGURATION, "undeclared": {"a": 1}}}
    assert create(api, "/api/connections", surprised)["configuration"]["undeclared"] == {"a": 1}
    without = {name: value for name, value in CONFIGURATION.items() if name != "account"}
    assert api.post("/api/connections", json={**MYSQL, "name": "x", "configuration": without}).status_code == 400
