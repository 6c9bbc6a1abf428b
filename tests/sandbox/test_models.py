"""Models: sources, narrowed and additional fields, normalised configuration, replacement, samples."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import GuideObjects, create


def model(workspace: GuideObjects, **members: Any) -> dict[str, Any]:
    configuration = {"table": "company.customers"}
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": configuration, **members}
    return create(workspace.api, "/api/models", body)


def test_fields_are_narrowed_in_the_order_of_the_table(workspace: GuideObjects) -> None:
    created = model(workspace, fields=["last_name", "email"])
    assert [field["name"] for field in created["fields"]] == ["email", "last_name"]


@pytest.mark.behaviour("additional-fields")
def test_additional_fields_come_back_among_the_fields(workspace: GuideObjects) -> None:
    added = {"name": "score", "label": "Score", "type": "number", "example": "1"}
    created = model(workspace, additional_fields=[added])
    assert "additional_fields" not in created
    (field,) = [field for field in created["fields"] if field["user_added"]]
    assert {name: field[name] for name in ("name", "label", "type")} == {
        "name": "score",
        "label": "Score",
        "type": "number",
    }


def test_a_query_is_a_source(workspace: GuideObjects) -> None:
    created = model(workspace, configuration={"query": "SELECT email, age AS years FROM customers"})
    assert [field["name"] for field in created["fields"]] == ["email", "years"]
    assert created["configuration"]["table"] == ""
    sample = workspace.api.get(f"/api/models/{created['id']}/sample").json()["data"]
    assert sample["records"][0][created["id"]] == {"email": "ada@example.com", "years": 36}


def test_labels_are_sent_as_ids_and_returned_as_objects(workspace: GuideObjects) -> None:
    id = "11111111-1111-4111-8111-111111111111"
    assert model(workspace, labels=[id])["labels"] == [{"id": id}]


@pytest.mark.behaviour("model-replacement")
def test_a_replacement_clears_what_it_leaves_out(workspace: GuideObjects) -> None:
    created = model(workspace, identifier="email", tracking_columns=["age"], fields=["email", "age"])
    assert created["tracking_columns"] == created["configuration"]["tracking_columns"] == ["age"]
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    replaced = workspace.api.put(f"/api/models/{created['id']}", json=body).json()["data"]
    assert (replaced["identifier"], replaced["tracking_columns"], len(replaced["fields"])) == ("", [], 6)
    assert replaced["version"] == created["version"] + 1
    assert replaced["created_at"] == created["created_at"] < replaced["updated_at"]
    known = {field["name"]: field["id"] for field in created["fields"]}
    assert {field["name"]: field["id"] for field in replaced["fields"]}["email"] == known["email"]


@pytest.mark.behaviour("model-relations")
def test_relations_name_existing_models_and_fields(workspace: GuideObjects) -> None:
    accounts = model(workspace, name="Accounts", configuration={"table": "company.accounts"})
    relation = {"from": "account_id", "to": {"model_id": accounts["id"], "field": "id"}}
    assert model(workspace, relations=[relation])["relations"] == [relation]
    wrong = {"from": "account_id", "to": {"model_id": accounts["id"], "field": "nothing"}}
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    assert workspace.api.post("/api/models", json={**body, "relations": [wrong]}).status_code == 400


@pytest.mark.parametrize(
    "members",
    [
        {"configuration": {}},
        {"configuration": {"table": "company.customers", "query": "SELECT 1"}},
        {"configuration": {"table": "company.nothing"}},
        {"configuration": {"query": "SELECT nothing FROM nowhere"}},
        {"fields": ["nothing"]},
        {"identifier": "nothing"},
        {"connection_id": "11111111-1111-4111-8111-111111111111"},
        {"name": ""},
    ],
)
def test_an_invalid_model_is_refused(workspace: GuideObjects, members: dict[str, Any]) -> None:
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    assert workspace.api.post("/api/models", json={**body, **members}).status_code == 400


@pytest.mark.behaviour("model-in-use")
def test_a_model_in_use_can_be_deleted_and_breaks_its_syncs(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    assert workspace.api.delete(f"/api/models/{workspace.model}").status_code == 200
    execution = workspace.run(sync)
    assert execution["status"] == "failed"
    assert "does not exist any more" in execution["errors"][0]


def test_lists_are_ordered_by_their_last_change(workspace: GuideObjects) -> None:
    api = workspace.api
    first, second = model(workspace, name="first"), model(workspace, name="second")
    body = {"name": "first", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    api.put(f"/api/models/{first['id']}", json=body).raise_for_status()
    listed = [entry["id"] for entry in api.get("/api/models").json()["data"]]
    assert listed == [first["id"], second["id"], workspace.model]
    api.put("/_sandbox/switches", json={"model_list_fields": "without"}).raise_for_status()
    assert all("fields" not in entry for entry in api.get("/api/models").json()["data"])


@pytest.mark.parametrize("query", ["table=company.accounts", "params[table]=company.accounts"])
def test_source_fields_take_both_forms_of_query(workspace: GuideObjects, query: str) -> None:
    answer = workspace.api.get(f"/api/connections/{workspace.mysql}/modelsync/source/fields?{query}")
    assert [field["name"] for field in answer.json()["data"]] == ["id", "name"]


def test_source_fields_need_a_choice(workspace: GuideObjects) -> None:
    answer: httpx.Response = workspace.api.get(f"/api/connections/{workspace.mysql}/modelsync/source/fields")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["SELECT count(*) AS n FROM numbers", "SELECT n FROM numbers WHERE n < 0"])
def test_a_query_without_an_end_is_ended(workspace: GuideObjects, query: str) -> None:
    """Whether it is the fields that are never known or the sample that never comes."""
    api = workspace.api
    api.put("/_sandbox/switches", json={"query_seconds": "1"}).raise_for_status()
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)"
    body = {"name": "Endless", "connection_id": workspace.mysql, "configuration": {"query": f"{numbers} {query}"}}
    answer = api.post("/api/models", json=body)
    if answer.status_code == 200:
        answer = api.get(f"/api/models/{answer.json()['data']['id']}/sample")
    assert answer.status_code == 400
    assert answer.json()["message"] == "the query did not come to an end within 1 s"
    assert api.get(f"/api/models/{workspace.model}/sample").status_code == 200
