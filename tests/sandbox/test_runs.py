"""Running syncs: every mode, filters, constants, overrides, joins; how executions are told and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from applier.sandbox import seed
from tests.sandbox.conftest import POSTGRESQL, Start, Workspace, create, wait_for_end


@pytest.fixture
def people(workspace: Workspace) -> dict[str, Any]:
    """What a sync into the PostgreSQL table of people has in common: Ada and Old are there already."""
    postgresql = create(workspace.api, "/api/connections", POSTGRESQL)["id"]
    return {
        "fields": [{"source": workspace.source("last_name"), "target": "full_name"}],
        "target": {"connection_id": postgresql, "object": "public.people"},
        "identity": workspace.identity("email", "email"),
    }


def remaining(workspace: Workspace, people: dict[str, Any]) -> dict[str, str]:
    rows = workspace.rows("public.people", people["target"]["connection_id"])
    return {row["email"]: row["full_name"] for row in rows}


NEW = {"alan@example.com": "Turing", "grace@example.com": "Hopper"}
OLD = {"ada@example.com": "Countess", "old@example.com": "Old"}
ALL = {"ada@example.com": "Lovelace", **NEW}


@pytest.mark.parametrize(
    ("mode", "expected", "counts"),
    [
        ("create", {**OLD, **NEW}, {"insert": 2, "update": 0}),
        ("update", {**OLD, "ada@example.com": "Lovelace"}, {"insert": 0, "update": 1}),
        ("updateOrCreate", {**OLD, **ALL}, {"insert": 2, "update": 1}),
        ("replace", ALL, {"insert": 3, "update": 0}),
    ],
)
def test_every_mode_with_an_identity(
    workspace: Workspace, people: dict[str, Any], mode: str, expected: dict[str, str], counts: dict[str, int]
) -> None:
    execution = workspace.run(workspace.sync(mode=mode, **people))
    assert execution["status"] == "completed", execution
    assert remaining(workspace, people) == expected
    assert {name: execution["counts"][name] for name in counts} == counts
    assert execution["counts"]["total"] == 3


def test_append_adds_every_time(workspace: Workspace) -> None:
    sync = workspace.sync(mode="append")
    for _ in range(2):
        assert workspace.run(sync)["counts"]["insert"] == 3
    assert len(workspace.rows()) == 6


def test_postgresql_offers_no_append(workspace: Workspace, people: dict[str, Any]) -> None:
    assert workspace.api.post("/api/syncs", json=workspace.sync_body(mode="append", **people)).status_code == 400


@pytest.mark.parametrize(
    ("filters", "logic", "names"),
    [
        ([("age", "GreaterThan", 40)], None, ["Alan", "Grace"]),
        ([("age", "GreaterThan", 40), ("first_name", "StringStartsWith", "G")], None, ["Grace"]),
        ([("age", "LessThan", 40), ("first_name", "Equality", "Grace")], "A OR B", ["Ada", "Grace"]),
        ([("first_name", "StringOneOf", ["Ada", "Alan"]), ("age", "Equality", 36)], "A AND NOT B", ["Alan"]),
        ([("last_name", "StringLike", "%opp%")], None, ["Grace"]),
        ([("age", "Between", [36, 41])], None, ["Ada", "Alan"]),
        ([("email", "IsNull", None)], None, []),
    ],
)
def test_filters_choose_records(
    workspace: Workspace, filters: list[tuple[str, str, Any]], logic: str | None, names: list[str]
) -> None:
    told = [
        {"field": workspace.source(field), "function": function, "value": value} for field, function, value in filters
    ]
    workspace.run(workspace.sync(filters=told, filter_logic=logic))
    assert [row["FIRST_NAME"] for row in workspace.rows()] == names


def test_constants_and_overrides_are_written(workspace: Workspace) -> None:
    sync = workspace.sync(
        fields=workspace.sync_body()["fields"][:2],
        override_fields=[{"target": "LAST_NAME", "override_value": "constant"}],
        overrides=[
            {"field": workspace.source("first_name"), "function": "Equality", "value": "Ada", "override": "Augusta"}
        ],
    )
    workspace.run(sync)
    assert [(row["FIRST_NAME"], row["LAST_NAME"]) for row in workspace.rows()] == [
        ("Augusta", "constant"),
        ("Alan", "constant"),
        ("Grace", "constant"),
    ]


def test_joined_models_are_written(workspace: Workspace) -> None:
    accounts = {"name": "A", "connection_id": workspace.mysql, "configuration": {"table": "company.accounts"}}
    account = create(workspace.api, "/api/models", accounts)["id"]
    body = {
        "name": "Customer Model",
        "connection_id": workspace.mysql,
        "configuration": {"table": "company.customers"},
        "relations": [{"from": "account_id", "to": {"model_id": account, "field": "id"}}],
    }
    workspace.api.put(f"/api/models/{workspace.model}", json=body).raise_for_status()
    fields = workspace.sync_body()["fields"][:2]
    company = {"source": {"model_id": account, "field": "name"}, "target": "LAST_NAME"}
    sync = workspace.sync(fields=[*fields, company])
    assert set(sync["model_ids"]) == {workspace.model, account}
    workspace.run(sync)
    assert [row["LAST_NAME"] for row in workspace.rows()] == ["Acme", "Globex", "Acme"]


def test_a_new_field_is_created(workspace: Workspace) -> None:
    fields = [*workspace.sync_body()["fields"], {"source": workspace.source("age"), "target": "AGE", "new": True}]
    workspace.run(workspace.sync(fields=fields))
    assert [row["AGE"] for row in workspace.rows()] == [36, 41, 85]


def test_a_start_can_name_identities_and_be_a_test(workspace: Workspace, people: dict[str, Any]) -> None:
    sync = workspace.sync(mode="updateOrCreate", **people)
    assert workspace.run(sync, test=True)["counts"] == dict.fromkeys(
        ("insert", "update", "upserts", "delete", "error", "warnings"), 0
    ) | {"total": 3}
    assert remaining(workspace, people) == OLD
    assert workspace.run(sync, identities=["alan@example.com"])["counts"]["total"] == 1


def test_an_inactive_sync_is_not_started_unless_switched(workspace: Workspace) -> None:
    path = f"/api/syncs/{workspace.sync()['id']}/executions"
    assert workspace.api.post(path).status_code == 400
    workspace.api.put("/_sandbox/switches", json={"start_inactive": "run"}).raise_for_status()
    assert workspace.api.post(path).json()["data"]["status"] == "created"


def test_a_failing_run_says_why_and_leaves_the_target_alone(workspace: Workspace) -> None:
    sync = workspace.sync(
        fields=[{"source": workspace.source("first_name"), "target": "SCORE"}],
        target={"connection_id": workspace.snowflake, "object": "TEAMS.SCORES"},
    )
    execution = workspace.run(sync)
    assert execution["status"] == "failed"
    assert "Ada" in execution["errors"][0]
    assert execution["counts"]["insert"] == 0
    assert workspace.rows("TEAMS.SCORES") == [{"SCORE": 7}]


def test_an_ended_execution_is_tried_again_or_resolved(workspace: Workspace) -> None:
    sync = workspace.sync()
    first = workspace.run(sync)
    path = f"/api/syncs/{sync['id']}/executions/{first['id']}"
    for refused in ("running", "processing", "canceling", "nonsense"):
        assert workspace.api.put(path, json={"status": refused}).status_code == 400
    again = workspace.api.put(path, json={"status": "queued"}).raise_for_status().json()["data"]
    assert again == {
        **first,
        "status": "queued",
        "started_at": None,
        "completed_at": None,
        "counts": dict.fromkeys(first["counts"], 0),
    }
    second = wait_for_end(workspace.api, sync["id"], first["id"])
    assert (second["id"], second["status"], second["counts"]["insert"]) == (first["id"], "completed", 3)
    assert second["started_at"] > first["completed_at"]
    resolved = workspace.api.put(path, json={"status": "failed"}).raise_for_status().json()["data"]
    assert resolved == {**second, "status": "failed"}
    assert workspace.run(sync)["status"] == "completed"


def test_an_execution_is_not_tried_again_beside_another(workspace: Workspace) -> None:
    sync = workspace.sync()
    first = workspace.run(sync)
    workspace.slow_down()
    path = f"/api/syncs/{sync['id']}/executions"
    second = create(workspace.api, path, {})["id"]
    for id in (first["id"], second):
        assert workspace.api.put(f"{path}/{id}", json={"status": "created"}).status_code == 409
    resolved = workspace.api.put(f"{path}/{second}", json={"status": "failed"}).raise_for_status().json()["data"]
    assert resolved["status"] == "failed"
    assert resolved["completed_at"]
    assert workspace.api.get(f"/api/syncs/{sync['id']}/status").json()["data"]["last_execution"] == resolved
    assert len(workspace.rows()) == 3


def test_executions_are_listed_newest_first_and_paged(workspace: Workspace) -> None:
    sync = workspace.sync()
    ids = [workspace.run(sync)["id"] for _ in range(3)]
    path = f"/api/syncs/{sync['id']}/executions"
    assert [execution["id"] for execution in workspace.api.get(path).json()["data"]] == ids[::-1]
    first = workspace.api.get(path, params={"ascending": "true", "limit": 2}).json()
    assert [execution["id"] for execution in first["data"]] == ids[:2]
    token = first["pagination"]["next_page_token"]
    second = workspace.api.get(path, params={"ascending": "true", "limit": 2, "page_token": token}).json()
    assert [execution["id"] for execution in second["data"]] == ids[2:]
    assert not second["pagination"]["next_page_token"]


def test_a_killed_server_leaves_its_execution_interrupted(start: Start, tmp_path: Path, tables: Path) -> None:
    slow = (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000000) "
        "SELECT n AS email FROM numbers"
    )
    seed(tables, tmp_path)
    server = start(tmp_path)
    with server.client() as api:
        mysql = create(api, "/api/connections", {**POSTGRESQL, "validate": False})["id"]
        model = create(api, "/api/models", {"name": "M", "connection_id": mysql, "configuration": {"query": slow}})[
            "id"
        ]
        workspace = Workspace(api, mysql, mysql, model)
        field = {"source": workspace.source("email"), "target": "full_name"}
        target = {"connection_id": mysql, "object": "public.people"}
        sync = workspace.sync(active=True, mode="replace", fields=[field], target=target)
        started = create(api, f"/api/syncs/{sync['id']}/executions", {})
        again = api.post(f"/api/syncs/{sync['id']}/executions")
        assert again.status_code == 409
    server.process.kill()
    server.process.communicate()
    server = start(tmp_path)
    with server.client() as api:
        execution = api.get(f"/api/syncs/{sync['id']}/executions/{started['id']}").json()["data"]
        assert execution["status"] == "interrupted"
        assert execution["completed_at"]
        people = Workspace(api, mysql, mysql, model)
        assert len(people.rows("public.people", mysql)) == 2


def test_a_running_execution_can_be_canceled(workspace: Workspace, people: dict[str, Any]) -> None:
    workspace.slow_down()
    sync = workspace.sync(active=True)
    path = f"/api/syncs/{sync['id']}"
    workspace.api.post(f"{path}/executions").raise_for_status()
    assert workspace.api.post(f"{path}/cancel").json()["data"]["message"]
    status: dict[str, Any] = {}
    while "last_execution" not in status:
        status = workspace.api.get(f"{path}/status").json()["data"]
    assert status["last_execution"]["status"] == "canceled"
    assert workspace.rows() == []


def test_an_execution_is_canceled_before_its_query_has_a_first_row(workspace: Workspace) -> None:
    """The fields of the model are known without running it, its records never come."""
    endless = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT count(*) FROM numbers"
    query = f"SELECT email, first_name, last_name FROM customers WHERE ({endless}) = 0"
    body = {"name": "M", "connection_id": workspace.mysql, "configuration": {"query": query}}
    workspace.api.put(f"/api/models/{workspace.model}", json=body).raise_for_status()
    sync = workspace.sync(active=True)
    started = create(workspace.api, f"/api/syncs/{sync['id']}/executions", {})["id"]
    path = f"/api/syncs/{sync['id']}/executions/{started}"
    while workspace.api.get(path).json()["data"]["status"] == "created":
        pass
    workspace.api.post(f"/api/syncs/{sync['id']}/cancel").raise_for_status()
    execution = wait_for_end(workspace.api, sync["id"], started)
    assert (execution["status"], execution["errors"]) == ("canceled", [])
