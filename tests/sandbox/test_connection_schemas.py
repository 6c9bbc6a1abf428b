"""What connections hold: schemas with fields, keys and records, fields of one's own, and completions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.sandbox import seed
from tests.sandbox.conftest import V2, GuideObjects, Server, create

NEWER = {"X-Polytomic-Version": V2}


@pytest.fixture
def customers(workspace: GuideObjects) -> str:
    return f"/api/connections/{workspace.mysql}/schemas/company.customers"


def fields(api: httpx.Client, path: str, **headers: str) -> dict[str, dict[str, Any]]:
    found = api.get(path, headers=headers).raise_for_status().json()["data"]["fields"]
    return {field["id"]: field for field in found}


def test_a_schema_lists_its_fields_and_records(workspace: GuideObjects, customers: str) -> None:
    schema = workspace.api.get(customers).json()["data"]
    assert (schema["id"], schema["name"]) == ("company.customers", "company.customers")
    assert fields(workspace.api, customers)["age"]["type"] == "number"
    assert "user_managed" not in schema["fields"][0]
    assert fields(workspace.api, customers, **NEWER)["age"]["user_managed"] is False
    records = workspace.api.get(f"{customers}/records").json()["data"]
    assert [record["email"] for record in records][:2] == ["ada@example.com", "alan@example.com"]
    for path in (customers.replace("customers", "nothing"), customers.replace(workspace.mysql, workspace.model)):
        assert workspace.api.get(path).status_code == 404
        assert workspace.api.get(f"{path}/records").status_code == 404


def test_records_have_the_form_of_a_sample(workspace: GuideObjects, server: Server, tmp_path: Path) -> None:
    (tmp_path / "mysql/company").mkdir(parents=True)
    (tmp_path / "mysql/company/visits.csv").write_text("id,seen_at,paid\n1,2026-01-02 10:00:00,1.50\n2,,\n", "utf-8")
    seed(tmp_path, server.data)
    records = workspace.api.get(f"/api/connections/{workspace.mysql}/schemas/company.visits/records").json()["data"]
    assert records == [
        {"id": 1, "seen_at": "2026-01-02T10:00:00", "paid": 1.5},
        {"id": 2, "seen_at": None, "paid": None},
    ]
    assert workspace.rows("company.visits", workspace.mysql) == records


def test_fields_of_ones_own_are_made_changed_and_deleted(workspace: GuideObjects, customers: str) -> None:
    api = workspace.api
    sent = {"fields": [{"field_id": "score", "label": "Score", "type": "number"}]}
    answer = api.post(f"{customers}/fields", json=sent)
    assert (answer.status_code, answer.content) == (202, b"")
    assert fields(api, customers)["score"]["type"] == "number"
    changed = api.patch(f"{customers}/fields/score", json={"label": "Points"}, headers=NEWER).json()["data"]
    assert (changed["name"], changed["type"], changed["user_managed"]) == ("Points", "number", True)
    assert api.patch(f"{customers}/fields/score", json={}).status_code == 404, "not in the older version"
    assert api.delete(f"{customers}/fields/score").status_code == 202
    assert "score" not in fields(api, customers)
    assert api.delete(f"{customers}/fields/email").status_code == 404, "the source's own fields stay"
    assert api.post(f"{customers}/fields", json={"fields": [{"field_id": "x"}]}).status_code == 400


def test_primary_keys_are_overridden_and_reset(workspace: GuideObjects, customers: str) -> None:
    api = workspace.api

    def keys() -> list[str]:
        return [id for id, field in fields(api, customers).items() if field["is_primary_key"]]

    before = keys()
    flags = [{"field_id": "id", "is_primary_key": False}, {"field_id": "email", "is_primary_key": True}]
    assert api.put(f"{customers}/primary_keys", json={"fields": flags}).status_code == 202
    assert keys() == ["email"]
    assert fields(api, customers, **NEWER)["email"]["primary_key_override"] is True
    assert api.put(f"{customers}/primary_keys", json={"fields": []}).status_code == 202
    assert keys() == before, "a PUT replaces what was said before"
    api.put(f"{customers}/primary_keys", json={"fields": flags}).raise_for_status()
    assert api.delete(f"{customers}/primary_keys").status_code == 202
    assert keys() == before
    wrong = {"fields": [{"field_id": "nothing", "is_primary_key": True}]}
    assert api.put(f"{customers}/primary_keys", json=wrong).status_code == 400


def test_only_healthy_connections_are_refreshed(workspace: GuideObjects) -> None:
    oauth = create(workspace.api, "/api/connections", {"name": "H", "type": "hubspot", "configuration": {}})["id"]
    assert workspace.api.post(f"/api/connections/{oauth}/schemas/refresh").status_code == 400
    accepted = workspace.api.post(f"/api/connections/{workspace.mysql}/schemas/refresh")
    assert accepted.status_code == 202
    assert accepted.headers["location"] == f"/api/connections/{workspace.mysql}/schemas/status"


def test_parameters_have_values_to_choose_from(workspace: GuideObjects) -> None:
    api = workspace.api
    found = api.get(f"/api/connections/{workspace.mysql}/parameter_values").json()["data"]
    assert found["dbname"] == {"allows_creation": False, "values": [{"label": "company", "value": "company"}]}
    path = "/api/connection_types/mysql/parameter_values"
    body = {"field": "dbname", "parameters": {"hostname": "localhost"}, "query": "comp"}
    assert api.post(path, json=body).json()["data"]["dbname"]["values"][0]["value"] == "company"
    stored = {"field": "dbname", "connection_id": workspace.mysql, "query": "other"}
    assert api.post(path, json=stored).json()["data"]["dbname"]["values"] == []
    assert api.post(path, json={"field": "nothing"}).status_code == 400
    assert api.post(path, json={}).status_code == 400
    assert api.post("/api/connection_types/nothing/parameter_values", json=body).status_code == 404
