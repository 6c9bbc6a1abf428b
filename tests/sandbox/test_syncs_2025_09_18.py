"""Syncs as version 2025-09-18 takes and shows them, beside 2024-02-08 over the same objects."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V1, V2, Workspace, create, wait_for_end
from tests.sandbox.services import connect, into, records


def condition(workspace: Workspace, field: str = "age", **members: Any) -> dict[str, Any]:
    return {"source": workspace.source(field), "function": "GreaterThan", "value": 40, **members}


def several(workspace: Workspace, connection: str, strategy: str | None = "priority") -> dict[str, Any]:
    body = into(workspace, connection, "Contact", "updateOrCreate", LastName="last_name")
    mappings = [workspace.identity("last_name", "External_Id__c"), workspace.identity(target="Email")]
    told = {"mappings": mappings, **({"strategy": strategy} if strategy else {})}
    return {**body, "identities": told}


def test_conditions_are_labelled_by_position_and_shown_in_both_shapes(
    workspace: Workspace, newer: httpx.Client
) -> None:
    conditions = [condition(workspace), {"source": workspace.source("email"), "function": "IsNotNull"}]
    filters = {"conditions": conditions, "logic": "A or B"}
    sync = create(newer, "/api/syncs", workspace.sync_body(model_filters=filters))
    assert [one["label"] for one in sync["model_filters"]["conditions"]] == ["A", "B"]
    assert sync["model_filters"]["logic"] == sync["filter_logic"] == "A or B"
    assert sync["filters"][0]["field"] == workspace.source("age")
    assert sync["filters"][0]["field_type"] == "Model"
    assert sync["filters"][0]["field_id"]
    assert "target_filters" not in sync
    older = workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]
    assert [one["label"] for one in older["filters"]] == ["A", "B"]
    assert not {"model_filters", "target_filters", "identities", "problems"} & set(older)


def test_filters_of_the_older_version_are_shown_in_the_newer_shape(workspace: Workspace, newer: httpx.Client) -> None:
    filters = [{"field": workspace.source("age"), "function": "GreaterThan", "value": 40}]
    sync = workspace.sync(filters=filters, filter_logic="A", mode="update", identity=workspace.identity())
    read = newer.get(f"/api/syncs/{sync['id']}").json()["data"]
    assert read["model_filters"] == {"conditions": [condition(workspace, label="A")], "logic": "A"}
    assert read["identities"] == {"mappings": [read["identity"]]}


def test_own_labels_are_kept_and_run(workspace: Workspace, newer: httpx.Client) -> None:
    conditions = [
        condition(workspace, label="old"),
        {"source": workspace.source("first_name"), "function": "Equality", "value": "Ada", "label": "is_ada"},
    ]
    filters = {"conditions": conditions, "logic": "old OR is_ada"}
    sync = create(newer, "/api/syncs", workspace.sync_body(model_filters=filters))
    assert sync["model_filters"] == filters
    workspace.run(sync)
    assert len(workspace.rows()) == 3


def wrong(workspace: Workspace) -> dict[str, dict[str, Any]]:
    two = [condition(workspace), condition(workspace, "email")]
    old = {"field": workspace.source("age"), "function": "GreaterThan", "value": 41}
    return {
        "one label of two": {"conditions": [{**two[0], "label": "a"}, two[1]]},
        "label that begins with a digit": {"conditions": [{**two[0], "label": "1a"}]},
        "label that is an operator": {"conditions": [{**two[0], "label": "and"}]},
        "label that is there twice": {"conditions": [{**one, "label": "a"} for one in two]},
        "logic that leaves one out": {"conditions": two, "logic": "A"},
        "logic that names another": {"conditions": two, "logic": "A AND B AND C"},
        "label in another case": {"conditions": [{**two[0], "label": "a"}], "logic": "A"},
        "logic that cannot be read": {"conditions": two, "logic": "A AND"},
        "condition without a function": {"conditions": [{"source": workspace.source("age")}]},
        "condition without a source": {"conditions": [{"function": "IsNull"}]},
        "conditions that are none": {"conditions": "A"},
        "other filters in the old shape": {"conditions": two[:1], "old": {"filters": [old]}},
        "other logic in the old shape": {"conditions": two, "logic": "A AND B", "old": {"filter_logic": "A OR B"}},
    }


def test_filters_that_cannot_be_are_refused(workspace: Workspace, newer: httpx.Client) -> None:
    answers = {}
    for name, given in wrong(workspace).items():
        old = given.pop("old", {})
        answers[name] = newer.post("/api/syncs", json=workspace.sync_body(model_filters=given, **old)).status_code
    assert answers == dict.fromkeys(answers, 400)


def test_what_was_read_can_be_sent_back(workspace: Workspace, newer: httpx.Client) -> None:
    filters = {"conditions": [condition(workspace, label="old")], "logic": "old"}
    body = workspace.sync_body(
        mode="updateOrCreate",
        identity=workspace.identity(),
        fields=workspace.sync_body()["fields"][1:2],
        override_fields=[{"target": "LAST_NAME", "override_value": "x"}],
        model_filters=filters,
    )
    sync = create(newer, "/api/syncs", body)
    again = newer.put(f"/api/syncs/{sync['id']}", json=sync).json()["data"]
    changing = {"updated_at"}
    assert {k: v for k, v in again.items() if k not in changing} == {k: v for k, v in sync.items() if k not in changing}


def test_constants_are_apart(workspace: Workspace, newer: httpx.Client) -> None:
    fields = workspace.sync_body()["fields"]
    body = workspace.sync_body(
        fields=[fields[0], {"target": "FIRST_NAME", "override_value": "x"}],
        override_fields=[{**fields[2], "override_value": "kept"}],
    )
    sync = create(newer, "/api/syncs", body)
    assert sync["override_fields"] == [{"target": "FIRST_NAME", "override_value": "x"}]
    assert sync["fields"] == [fields[0], {**fields[2], "override_value": "kept"}]
    older = workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]
    assert [field["target"] for field in older["fields"]] == ["EMAIL", "LAST_NAME", "FIRST_NAME"]


def test_several_identities_recognise_records(workspace: Workspace, newer: httpx.Client) -> None:
    salesforce = connect(workspace.api, "salesforce")
    sync = create(newer, "/api/syncs", several(workspace, salesforce))
    assert [mapping["target"] for mapping in sync["identities"]["mappings"]] == ["External_Id__c", "Email"]
    assert sync["identity"] == sync["identities"]["mappings"][0]
    execution = workspace.run(sync)
    assert (execution["counts"]["insert"], execution["counts"]["update"]) == (2, 1)
    ada = next(row for row in records(workspace.api, salesforce, "Contact") if row["Email"] == "ada@example.com")
    assert (ada["Id"], ada["External_Id__c"]) == ("003SB0000000001", "Lovelace")
    both = create(newer, "/api/syncs", {**several(workspace, salesforce, "and"), "mode": "update", "name": "and"})
    assert workspace.run(both)["counts"]["update"] == 3


def test_a_sync_with_several_identities_is_updated_with_all_of_them(workspace: Workspace, newer: httpx.Client) -> None:
    body = several(workspace, connect(workspace.api, "salesforce"))
    sync = create(newer, "/api/syncs", body)
    path = f"/api/syncs/{sync['id']}"
    one = {**body, "identities": None, "identity": sync["identity"]}
    assert "identities is required" in newer.put(path, json=one).json()["message"]
    assert workspace.api.put(path, json=one).status_code == 400
    single = {**body, "identities": {"mappings": body["identities"]["mappings"][1:]}}
    assert len(newer.put(path, json=single).json()["data"]["identities"]["mappings"]) == 1
    assert workspace.api.put(path, json={**one, "identity": workspace.identity(target="Email")}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"strategy": None},
        {"strategy": "both"},
        {"mappings": None},
        {"mappings": [], "strategy": "and"},
    ],
)
def test_identities_that_cannot_be_are_refused(
    workspace: Workspace, newer: httpx.Client, change: dict[str, Any]
) -> None:
    body = several(workspace, connect(workspace.api, "salesforce"))
    body["identities"] = {**body["identities"], **change}
    assert newer.post("/api/syncs", json=body).status_code == 400


def test_identity_and_identities_must_agree(workspace: Workspace, newer: httpx.Client) -> None:
    body = several(workspace, connect(workspace.api, "salesforce"))
    assert newer.post("/api/syncs", json={**body, "identity": workspace.identity(target="Email")}).status_code == 400
    agreeing = body["identities"]["mappings"][0]
    assert newer.post("/api/syncs", json={**body, "identity": agreeing}).status_code == 200
    tables = workspace.sync_body(mode="update", identities=body["identities"])
    assert "only one identity" in newer.post("/api/syncs", json=tables).json()["message"]


def test_an_empty_list_removes_the_identities(workspace: Workspace, newer: httpx.Client) -> None:
    sync = create(newer, "/api/syncs", workspace.sync_body(identities={"mappings": [workspace.identity()]}))
    replaced = newer.put(f"/api/syncs/{sync['id']}", json=workspace.sync_body(identities={"mappings": []}))
    assert not {"identity", "identities"} & set(replaced.json()["data"])


def test_target_filters_have_labels_and_logic_of_their_own(workspace: Workspace, newer: httpx.Client) -> None:
    salesforce = connect(workspace.api, "salesforce")
    body = into(workspace, salesforce, "Contact", "update", LastName="last_name")
    filters = {
        "conditions": [{"field": "FirstName", "function": "Equality", "value_source": workspace.source("first_name")}],
        "logic": "A",
    }
    models = {"conditions": [condition(workspace, value=1)]}
    given = {**body, "identity": workspace.identity(target="Email"), "target_filters": filters, "model_filters": models}
    sync = create(newer, "/api/syncs", given)
    assert sync["target_filters"]["conditions"][0]["label"] == "A"
    assert sync["target"]["filter_logic"] == sync["target_filters"]["logic"] == "A"
    assert sync["filters"][1]["value_field"] == workspace.source("first_name")
    assert "value_field" not in workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]["filters"][1]
    assert workspace.run(sync)["counts"]["update"] == 1
    other = {**filters, "conditions": [{"field": "LastName", "function": "Equality", "value": "Nobody"}]}
    replaced = newer.put(f"/api/syncs/{sync['id']}", json={**given, "target_filters": other}).json()["data"]
    assert workspace.run(replaced)["counts"]["update"] == 0


def test_the_list_is_light_and_moves_while_one_pages(workspace: Workspace, newer: httpx.Client) -> None:
    ids = [workspace.sync(name=f"Sync {number}")["id"] for number in range(52)]
    first = newer.get("/api/syncs", params={"limit": 1000}).json()
    assert [entry["id"] for entry in first["data"]] == ids[:1:-1]
    assert not {"target", "fields", "filters", "identity", "policies", "overrides"} & set(first["data"][0])
    assert first["data"][0]["target_object"] == "CUSTOMERS.CONTACTS"
    time.sleep(0.001)
    workspace.api.post(f"/api/syncs/{ids[0]}/activate", json={"active": True}).raise_for_status()
    token = first["pagination"]["next_page_token"]
    second = newer.get("/api/syncs", params={"page_token": token}).json()
    assert [entry["id"] for entry in second["data"]] == [ids[2], ids[1]], "the first moved to the front meanwhile"
    assert not second["pagination"]["next_page_token"]
    assert newer.get("/api/syncs", params={"page_token": "x"}).status_code == 400
    assert len(workspace.api.get("/api/syncs").json()["data"]) == 52


def test_lists_are_paged_where_only_a_text_says_so(workspace: Workspace) -> None:
    workspace.sync()
    api = workspace.api
    api.put("/_sandbox/switches", json={"undeclared_paging": "pages"}).raise_for_status()
    for path in ("/api/syncs", "/api/models"):
        assert api.get(path).json()["pagination"] == {"next_page_token": ""}
    for number in range(51):
        workspace.sync(name=f"Sync {number}")
    page = api.get("/api/syncs").json()
    assert len(page["data"]) == 50
    assert api.get("/api/syncs", params={"page_token": page["pagination"]["next_page_token"]}).json()["data"]


def test_what_a_version_does_not_have_is_not_found(workspace: Workspace, newer: httpx.Client) -> None:
    sync = workspace.sync()
    started = workspace.run(sync)
    execution = f"/api/syncs/{sync['id']}/executions/{started['id']}"
    assert newer.get(f"/api/connections/{workspace.snowflake}/modelsync/target").status_code == 404
    assert newer.put(execution, json={"status": "failed"}).status_code == 404
    for path in (f"{execution}/consolelog", f"/api/syncs/{sync['id']}/error-handling"):
        assert workspace.api.get(path).status_code == 404
        assert newer.get(path).status_code == 200
    body = {"target": "CUSTOMERS.CONTACTS"}
    path = f"/api/connections/{workspace.snowflake}/modelsync/target/fields"
    assert newer.post(path, json=body).status_code == 200
    workspace.api.put("/_sandbox/switches", json={"target_fields_by_post": "refuse"}).raise_for_status()
    assert (newer.post(path, json=body).status_code, workspace.api.post(path, json=body).status_code) == (404, 200)


def test_error_handling_keeps_what_is_left_out(workspace: Workspace, newer: httpx.Client) -> None:
    sync = create(newer, "/api/syncs", workspace.sync_body())
    path = f"/api/syncs/{sync['id']}/error-handling"
    assert newer.get(path).json()["data"]["subscribers"] == []
    newer.put(path, json={"subscribers": ["a@b.example"], "auto_retry_record_errors": True}).raise_for_status()
    newer.put(path, json={"notify_on_record_errors": True}).raise_for_status()
    newer.put(f"/api/syncs/{sync['id']}", json=workspace.sync_body(name="again")).raise_for_status()
    assert newer.get(path).json()["data"] == {
        "subscribers": ["a@b.example"],
        "notify_on_record_errors": True,
        "warning_notifications": False,
        "auto_retry_record_errors": True,
    }
    assert newer.put(path, json={"subscribers": "a"}).status_code == 400
    assert "error_handling" not in newer.get(f"/api/syncs/{sync['id']}").json()["data"]


def test_logs_are_fetched_by_links(workspace: Workspace, newer: httpx.Client) -> None:
    postgresql = workspace.sync(mode="updateOrCreate", identity=workspace.identity())
    workspace.run(postgresql)
    filtered = [{"field": workspace.source("age"), "function": "GreaterThan", "value": 40}]
    sync = workspace.sync(mode="updateOrCreate", identity=workspace.identity(), filters=filtered)
    path = f"/api/syncs/{sync['id']}/executions/{workspace.run(sync)['id']}"
    updates = workspace.api.get(f"{path}/updates").json()["data"]
    assert len(updates["urls"]) == 1
    assert updates["expires"].endswith("Z")
    lines = httpx.get(updates["urls"][0]).text.splitlines()
    assert len(lines) == 2
    assert "Turing" in lines[0]
    assert workspace.api.get(f"{path}/inserts").json()["data"]["urls"] == []
    assert workspace.api.get(f"{path}/nothing").status_code == 400
    assert httpx.get(updates["urls"][0] + "x").status_code == 401
    name = updates["urls"][0].partition("?")[0].rpartition("/")[2]
    whole = workspace.api.get(f"{path}/updates/{name}")
    assert (whole.status_code, whole.text.splitlines()) == (200, lines)
    redirect = newer.get(f"{path}/updates/{name}")
    assert (redirect.status_code, redirect.content) == (302, b"")
    assert httpx.get(redirect.headers["location"]).text.splitlines() == lines
    assert newer.get(f"{path}/updates/other.json").status_code == 404
    index = newer.get(f"{path}/logs").json()["data"]
    assert {type: entry["count"] for type, entry in index.items()} == {"records": 2, "updates": 2}
    console = newer.get(f"{path}/consolelog", params={"limit": 2}).json()["data"]
    assert [entry["message"] for entry in console["entries"]] == ["Execution created", "Execution started"]
    rest = newer.get(f"{path}/consolelog", params={"after": console["next_cursor"]}).json()["data"]
    assert (rest["entries"][0]["message"], rest["next_cursor"]) == ("Execution completed", "")
    assert newer.get(path).json()["data"]["version"] == "1"
    assert "version" not in workspace.api.get(path).json()["data"]


def test_a_failed_run_says_why_in_its_log(workspace: Workspace) -> None:
    sync = workspace.sync()
    workspace.api.delete(f"/api/models/{workspace.model}").raise_for_status()
    execution = workspace.run(sync)
    assert execution["status"] == "failed"
    urls = workspace.api.get(f"/api/syncs/{sync['id']}/executions/{execution['id']}/errors").json()["data"]["urls"]
    assert "does not exist any more" in httpx.get(urls[0]).text


def test_an_execution_is_canceled_by_its_id(workspace: Workspace, newer: httpx.Client) -> None:
    sync = workspace.sync(active=True)
    execution = workspace.run(sync)
    path = f"/api/syncs/{sync['id']}/executions"
    assert newer.post(f"{path}/{execution['id']}/cancel").status_code == 400
    assert newer.post(f"{path}/{workspace.model}/cancel").status_code == 404
    workspace.slow_down()
    running = create(newer, path, {})["id"]
    assert newer.post(f"{path}/{running}/cancel").json()["data"] == {"message": "cancel requested"}
    assert wait_for_end(newer, sync["id"], running)["status"] == "canceled"


def test_single_records_are_synced_by_their_identities(workspace: Workspace, newer: httpx.Client) -> None:
    sync = workspace.sync(active=True)
    chosen = [[{"source": workspace.source("first_name"), "value": "Ada"}]]
    started = create(newer, f"/api/syncs/{sync['id']}/executions", {"source_identities": chosen})
    assert wait_for_end(newer, sync["id"], started["id"])["counts"]["total"] == 1
    wrong = {"source_identities": [["Ada"]]}
    assert newer.post(f"/api/syncs/{sync['id']}/executions", json=wrong).status_code == 400


def test_connections_say_more_in_the_newer_version(workspace: Workspace, newer: httpx.Client) -> None:
    connection = newer.get(f"/api/connections/{workspace.mysql}").json()["data"]
    assert connection["rate_limit"] is None
    assert connection["type"]["logo_dark_url"]
    older = workspace.api.get(f"/api/connections/{workspace.mysql}").json()["data"]
    assert "rate_limit" not in older
    assert "logo_dark_url" not in older["type"]
    for version, expected in ((V1, 4), (V2, 5)):
        answer = newer.get("/api/connection_types", headers={"X-Polytomic-Version": version})
        assert {len(known["capabilities"]) for known in answer.json()["data"]} == {expected}
