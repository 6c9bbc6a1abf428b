"""Bulk syncs in both versions: what is filled, replaced and refused, and what a run copies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.sandbox import seed
from tests.sandbox.conftest import V2, Server, Workspace, create

TERMINAL = ("completed", "failed", "canceled", "interrupted", "errors")
NEWER = {"X-Polytomic-Version": V2}


def body(workspace: Workspace, **members: Any) -> dict[str, Any]:
    return {
        "name": "Copy",
        "source_connection_id": workspace.mysql,
        "destination_connection_id": workspace.snowflake,
        "destination_configuration": {"schema": "COPIES"},
        "schedule": {"frequency": "manual"},
        "mode": "replicate",
        "active": True,
        **members,
    }


def newer_body(workspace: Workspace, **members: Any) -> dict[str, Any]:
    older = body(workspace, **{"default_schedule": {"frequency": "manual"}, **members})
    del older["schedule"]
    return older


@pytest.fixture
def bulk(workspace: Workspace) -> Workspace:
    """A workspace whose connections' schemas are known."""
    workspace.api.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    return workspace


@pytest.fixture
def newer(server: Server, bulk: Workspace) -> Iterator[httpx.Client]:
    with server.client(version=V2) as client:
        yield client


def run(api: httpx.Client, sync: str, **options: Any) -> dict[str, Any]:
    started = create(api, f"/api/bulk/syncs/{sync}/executions", options)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, Any] = api.get(f"/api/bulk/syncs/{sync}/executions/{started['id']}").json()["data"]
        if found["status"] in TERMINAL:
            return found
        time.sleep(0.02)
    raise AssertionError("the execution did not end")


def enabled_schemas(api: httpx.Client, sync: str, value: str = "true") -> list[str]:
    answer = api.get(f"/api/bulk/syncs/{sync}/schemas", params={"filters[enabled]": value}).json()["data"]
    return [schema["id"] for schema in answer]


def test_quirk_58_a_bulk_sync_waits_for_the_schemas_of_a_new_source(workspace: Workspace) -> None:
    """The first call after the connection was made is refused; what was refused once is let through."""
    first, second = (workspace.api.post("/api/bulk/syncs", json=body(workspace)) for _ in range(2))
    assert first.status_code == 422
    assert "cache refresh in progress" in first.json()["message"]
    assert second.status_code == 200


@pytest.mark.parametrize(("status", "text"), [("422", "cache refresh in progress"), ("400", "did not provide any")])
def test_quirk_58_a_refresh_ends_the_waiting(workspace: Workspace, status: str, text: str) -> None:
    api = workspace.api
    api.put("/_sandbox/switches", json={"schema_cache_refusals": "5", "schema_cache_refusal": status})
    schemas = f"/api/connections/{workspace.mysql}/schemas"
    assert api.get(f"{schemas}/status").json()["data"]["cache_status"] == "refreshing"
    refused = api.post("/api/bulk/syncs", json=body(workspace))
    assert (refused.status_code, text in refused.json()["message"]) == (int(status), True)
    accepted = api.post(f"{schemas}/refresh")
    assert (accepted.status_code, accepted.content) == (202, b"")
    location = accepted.headers["location"]
    assert api.get(location).json()["data"]["cache_status"] == "refreshing"
    while api.get(location).json()["data"]["cache_status"] != "fresh":
        time.sleep(0.02)
    assert api.get(location).json()["data"]["last_refresh_finished"]
    assert create(api, "/api/bulk/syncs", body(workspace))["id"]


def test_quirk_59_defaults_are_filled_and_come_back(bulk: Workspace) -> None:
    sent = body(bulk, schedule={"frequency": "daily", "hour": "2", "minute": "0"})
    for name in ("mode", "active"):
        del sent[name]
    made_of_it = create(bulk.api, "/api/bulk/syncs", sent)
    assert made_of_it["destination_configuration"] == {"schema": "COPIES", "mirror_deletes": False}
    assert made_of_it["schedule"]["hour"] == "2"
    assert made_of_it["schedule"]["day_of_week"] == ""
    filled = {
        "mode": "replicate",
        "active": False,
        "automatically_add_new_objects": "none",
        "automatically_add_new_fields": "all",
        "normalize_names": "enabled",
        "disable_record_timestamps": False,
        "data_cutoff_timestamp": None,
        "discover": False,
    }
    assert {name: made_of_it[name] for name in filled} == filled
    assert not {"schemas", "schedules", "multi"} & set(made_of_it)
    assert bulk.api.get(f"/api/bulk/syncs/{made_of_it['id']}").json()["data"] == made_of_it


def test_a_put_replaces_everything_but_the_choice_of_schemas(bulk: Workspace) -> None:
    sent = body(bulk, schemas=["company.teams"], normalize_names="disabled", concurrency_limit=3)
    id = create(bulk.api, "/api/bulk/syncs", sent)["id"]
    answer = bulk.api.put(f"/api/bulk/syncs/{id}", json=body(bulk, name="Renamed", schemas=["company.accounts"]))
    replaced = answer.json()["data"]
    assert (replaced["name"], replaced["normalize_names"], replaced["concurrency_limit"]) == (
        "Renamed",
        "enabled",
        None,
    )
    assert enabled_schemas(bulk.api, id) == ["company.teams"], "version 2024-02-08 chooses schemas elsewhere"
    bulk.api.put(f"/api/bulk/syncs/{id}", json=newer_body(bulk), headers=NEWER).raise_for_status()
    assert enabled_schemas(bulk.api, id) == ["company.teams"], "no schemas: unchanged"
    chosen = newer_body(bulk, schemas=["company.accounts"])
    bulk.api.put(f"/api/bulk/syncs/{id}", json=chosen, headers=NEWER).raise_for_status()
    assert enabled_schemas(bulk.api, id) == ["company.accounts"], "present: exactly these"
    bulk.api.put("/_sandbox/switches", json={"bulk_update_schemas": "replace"}).raise_for_status()
    bulk.api.put(f"/api/bulk/syncs/{id}", json=body(bulk, schemas=["company.customers"])).raise_for_status()
    assert enabled_schemas(bulk.api, id) == ["company.customers"]


def test_quirk_60_schemas_are_read_apart_and_the_list_has_no_fields(bulk: Workspace) -> None:
    fields = ["id", {"id": "email", "obfuscate": True}, {"id": "age", "enabled": False}]
    schema = {"id": "company.customers", "fields": fields}
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=["company.teams", schema]))["id"]
    listed = bulk.api.get(f"/api/bulk/syncs/{id}/schemas").json()["data"]
    assert {one["id"]: one["enabled"] for one in listed} == {
        "company.accounts": False,
        "company.customers": True,
        "company.teams": True,
    }
    assert not any({"fields", "filters"} & set(one) for one in listed)
    assert enabled_schemas(bulk.api, id, "false") == ["company.accounts"]
    one = bulk.api.get(f"/api/bulk/syncs/{id}/schemas/company.customers").json()["data"]
    told = {field["id"]: (field["enabled"], field["obfuscated"]) for field in one["fields"]}
    assert told["email"] == (True, True)
    assert told["age"] == told["last_name"] == (False, False)
    assert (one["output_name"], one["user_output_name"]) == ("customers", None)
    assert "history_enabled" not in one
    put = {"user_output_name": "people", "fields": [{"id": "email", "obfuscated": True, "enabled": True}]}
    path = f"/api/bulk/syncs/{id}/schemas/company.customers"
    assert bulk.api.put(path, json=put, headers=NEWER).json()["data"]["output_name"] == "people"


def test_quirk_61_leaving_out_the_fields_chooses_all_of_them(bulk: Workspace) -> None:
    schema = {"id": "company.customers", "fields": ["id"], "tracking_field": "id"}
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=[schema]))["id"]
    path = f"/api/bulk/syncs/{id}/schemas"

    def chosen() -> list[str]:
        one = bulk.api.get(f"{path}/company.customers").json()["data"]
        return [field["id"] for field in one["fields"] if field["enabled"]]

    assert chosen() == ["id"]
    patched = bulk.api.patch(path, json={"schemas": [{"id": "company.customers"}, {"id": "company.teams"}]})
    assert patched.status_code == 200
    assert len(chosen()) == 6
    assert enabled_schemas(bulk.api, id) == ["company.customers"], "the others stay as they are"
    assert bulk.api.get(f"{path}/company.customers").json()["data"]["tracking_field"] == "id"
    bulk.api.put(f"{path}/company.customers", json={"enabled": True, "fields": []}).raise_for_status()
    assert len(chosen()) == 6
    assert bulk.api.get(f"{path}/company.customers").json()["data"]["tracking_field"] is None
    assert bulk.api.patch(path, json={"schemas": [{"id": "company.nothing"}]}).status_code == 404
    assert bulk.api.get(f"{path}/company.nothing").status_code == 404


def test_quirk_61_new_objects_join_when_the_sync_says_so(bulk: Workspace) -> None:
    ids = [
        create(bulk.api, "/api/bulk/syncs", body(bulk, automatically_add_new_objects=joins))["id"]
        for joins in ("none", "all")
    ]
    target = {"connection_id": bulk.mysql, "create": {"name": "company.added"}}
    bulk.sync(target=target)
    assert ["company.added" in enabled_schemas(bulk.api, id) for id in ids] == [False, True]


def test_quirk_62_one_schedule_in_one_version_is_several_in_the_other(bulk: Workspace, newer: httpx.Client) -> None:
    items = [
        {"item": "incrementalFields", "schedule": {"frequency": "hourly", "minute": "5"}},
        {"item": "nonincrementalFields", "schedule": {"frequency": "daily", "hour": "3", "minute": "0"}},
    ]
    multi = {"frequency": "multi", "multi": {"type": "mixed", "schedules": items}}
    bulk.api.put("/_sandbox/switches", json={"bulk_defaults": "leave"}).raise_for_status()
    older = create(bulk.api, "/api/bulk/syncs", body(bulk, schedule=multi))
    assert older["schedule"] == multi
    seen = newer.get(f"/api/bulk/syncs/{older['id']}").json()["data"]
    assert "schedule" not in seen
    assert seen["default_schedule"]["frequency"] == "hourly"
    assert seen["default_schedule"]["created_by"]["type"] == "user"
    assert [one["selective_mode"] for one in seen["additional_schedules"]] == ["nonincrementalFields"]
    kept = {"default_schedule": {"frequency": "continuous"}, "additional_schedules": seen["additional_schedules"]}
    put = newer.put(f"/api/bulk/syncs/{older['id']}", json=newer_body(bulk, **kept)).json()["data"]
    assert put["default_schedule"]["id"] == seen["default_schedule"]["id"]
    assert put["additional_schedules"][0]["id"] == seen["additional_schedules"][0]["id"]
    assert [item["item"] for item in bulk.api.get(f"/api/bulk/syncs/{older['id']}").json()["data"]["schedule"]["multi"][
        "schedules"
    ]] == ["none", "nonincrementalFields"]  # fmt: skip


def test_quirk_62_the_schedules_by_themselves_are_camel_case_without_an_id(
    bulk: Workspace, newer: httpx.Client
) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk))["id"]
    path = f"/api/bulk/syncs/{id}/schedules"
    sent = {"frequency": "weekly", "dayOfWeek": "monday", "hour": "1", "minute": "2", "selectiveMode": "none"}
    added = create(bulk.api, path, {"schedule": sent})
    assert "id" not in added
    assert {name: added[name] for name in sent} == sent
    assert (added["isDefault"], added["syncId"], added["syncMode"]) == (False, id, "normal")
    assert [one["isDefault"] for one in bulk.api.get(path).json()["data"]] == [True, False]
    seen = newer.get(f"/api/bulk/syncs/{id}").json()["data"]
    default, additional = seen["default_schedule"]["id"], seen["additional_schedules"][0]["id"]
    put = bulk.api.put(f"{path}/{additional}", json={"schedule": {"frequency": "manual"}}).json()["data"]
    assert (put["frequency"], put["hour"]) == ("manual", "")
    assert bulk.api.get(f"{path}/{additional}").json()["data"] == put
    assert bulk.api.delete(f"{path}/{default}").status_code == 400
    assert bulk.api.delete(f"{path}/{additional}").status_code == 200
    assert bulk.api.get(f"{path}/{additional}").status_code == 404
    bulk.api.put("/_sandbox/switches", json={"bulk_schedule_ids": "present"}).raise_for_status()
    assert bulk.api.get(path).json()["data"][0]["id"] == default


def test_a_run_copies_the_chosen_tables(bulk: Workspace) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk))["id"]
    for _ in range(2):
        execution = run(bulk.api, id)
        assert (execution["status"], execution["record_count"], execution["error_count"]) == ("completed", 6, 0)
        counts = {schema["schema"]: schema["record_count"] for schema in execution["schemas"]}
        assert counts == {"company.accounts": 2, "company.customers": 3, "company.teams": 1}
        rows = bulk.rows("COPIES.customers")
        assert (rows[0]["id"], rows[0]["email"], rows[0]["age"]) == (1, "ada@example.com", 36)
        assert len(rows) == 3
    executions = bulk.api.get(f"/api/bulk/syncs/{id}/executions", params={"limit": 1}).json()
    assert len(executions["data"]) == 1
    assert executions["pagination"]["next_page_token"]
    assert bulk.api.get(f"/api/bulk/syncs/{id}/status").json()["data"]["last_execution"]["id"] == execution["id"]


def test_fields_are_named_hidden_and_filtered(bulk: Workspace) -> None:
    fields = ["id", {"id": "email", "obfuscate": True}, {"id": "first_name", "user_output_name": "given_name"}]
    filters = [{"field_id": "age", "function": "GreaterThan", "value": 40}]
    schema = {"id": "company.customers", "fields": fields, "filters": filters, "user_output_name": "grown_ups"}
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=[schema]))["id"]
    assert run(bulk.api, id)["record_count"] == 2
    rows = bulk.rows("COPIES.grown_ups")
    assert [row["given_name"] for row in rows] == ["Alan", "Grace"]
    assert set(rows[0]) == {"id", "email", "given_name"}
    assert all(len(row["email"]) == 64 for row in rows)


@pytest.mark.parametrize(("mode", "left"), [("replicate", 1), ("snapshot", 1), ("append", 2)])
def test_every_mode_leaves_what_it_says(bulk: Workspace, newer: httpx.Client, mode: str, left: int) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode=mode, schemas=["company.teams"]))["id"]
    for _ in range(2):
        assert run(newer, id)["status"] == "completed"
    assert len(bulk.rows("COPIES.teams")) == left
    assert run(newer, id, resync_mode="rebuild")["is_resync"] is True
    assert len(bulk.rows("COPIES.teams")) == 1


def test_a_test_run_writes_nothing_and_a_part_is_a_part(bulk: Workspace) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk))["id"]
    tested = run(bulk.api, id, test=True, schemas=["company.teams"])
    assert (tested["is_test"], tested["is_partial"], tested["record_count"]) == (True, True, 1)
    found = bulk.api.get(f"/api/connections/{bulk.snowflake}/bulksync/source").json()["data"]["schemas"]
    assert "COPIES.teams" not in [schema["id"] for schema in found]
    path = f"/api/bulk/syncs/{id}/executions"
    for wrong in ({"test": True, "resync_mode": "resync"}, {"schemas": ["company.no"]}, {"resync_mode": "x"}):
        assert bulk.api.post(path, json=wrong).status_code == 400
    assert bulk.api.post(path, json={"resync": True}, headers=NEWER).status_code == 400


@pytest.mark.parametrize(("mode", "left"), [("append", [36, 41, 85, 90]), ("replicate", [36, 41, 85, 90])])
def test_only_what_came_since_is_fetched_when_asked_for(
    bulk: Workspace, newer: httpx.Client, server: Server, tmp_path: Path, mode: str, left: list[int]
) -> None:
    schema = {"id": "company.customers", "tracking_field": "age"}
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode=mode, schemas=[schema]))["id"]
    assert run(newer, id, fetch_mode="none")["record_count"] == 0
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 3, "the first has nothing to begin at"
    assert run(newer, id, fetch_mode="incremental", test=True)["record_count"] == 0
    more = tmp_path / "mysql/company/customers.csv"
    more.parent.mkdir(parents=True)
    more.write_text(
        "id,email,first_name,last_name,age,account_id\n1,a@b.c,A,B,7,1\n4,edsger@b.c,Edsger,D,90,1\n", "utf-8"
    )
    seed(tmp_path, server.data)
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 1
    assert sorted(row["age"] for row in bulk.rows("COPIES.customers")) == left
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 0
    full = run(newer, id)
    assert (full["fetch_mode"], full["record_count"]) == ("full", 2)
    assert run(newer, id, fetch_mode="incremental", resync_mode="rebuild")["record_count"] == 2
    assert sorted(row["age"] for row in bulk.rows("COPIES.customers")) == [7, 90]


def test_a_table_that_is_written_anew_is_always_fetched_whole(bulk: Workspace, newer: httpx.Client) -> None:
    schema = {"id": "company.customers", "tracking_field": "age"}
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode="snapshot", schemas=[schema]))["id"]
    assert [run(newer, id, fetch_mode="incremental")["record_count"] for _ in range(2)] == [3, 3]


def test_new_objects_join_by_whether_they_have_a_time_to_track(bulk: Workspace, server: Server, tmp_path: Path) -> None:
    words = ("all", "onlyIncremental", "onlyNonIncremental", "none")
    ids = {
        word: create(bulk.api, "/api/bulk/syncs", body(bulk, automatically_add_new_objects=word))["id"]
        for word in words
    }
    before = set(enabled_schemas(bulk.api, ids["none"]))
    (tmp_path / "mysql/company").mkdir(parents=True)
    (tmp_path / "mysql/company/visits.csv").write_text("id,seen_at\n1,2026-01-01 10:00:00\n", "utf-8")
    (tmp_path / "mysql/company/colours.csv").write_text("id,name\n1,blue\n", "utf-8")
    seed(tmp_path, server.data)
    assert {word: sorted(set(enabled_schemas(bulk.api, ids[word])) - before) for word in words} == {
        "all": ["company.colours", "company.visits"],
        "onlyIncremental": ["company.visits"],
        "onlyNonIncremental": ["company.colours"],
        "none": [],
    }


def test_a_failing_table_fails_the_run_and_says_why(bulk: Workspace) -> None:
    create(bulk.api, "/api/syncs", bulk.sync_body(name="S"))
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, destination_configuration={"schema": "a.b.c.d"}))["id"]
    execution = run(bulk.api, id)
    assert execution["status"] == "failed"
    assert "too many parts" in execution["status_message"]
    assert {schema["status"] for schema in execution["schemas"]} == {"failed"}


def test_activation_starts_and_statuses(bulk: Workspace) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, active=False))["id"]
    path = f"/api/bulk/syncs/{id}"
    assert bulk.api.post(f"{path}/executions").status_code == 400
    assert bulk.api.post(f"{path}/activate", json={"active": True}).json()["data"] == {"id": id, "active": True}
    run(bulk.api, id)
    for params in ({"all": "true"}, {"active": "true"}, {"sync_id": id}):
        summary = bulk.api.get("/api/bulk/syncs/status", params=params).json()["data"]
        assert [(one["sync_id"], one["status"], len(one["schemas"])) for one in summary] == [(id, "completed", 3)]
    missing = {"sync_id": "99999999-9999-4999-8999-999999999999"}
    assert bulk.api.get("/api/bulk/syncs/status", params=missing).status_code == 404
    assert bulk.api.post(f"{path}/cancel").json()["data"]["message"]
    assert bulk.api.get("/api/bulk/syncs", params={"active": "false"}).json()["data"] == []
    assert bulk.api.delete(path).status_code == 200
    assert bulk.api.get(path).status_code == 404


def test_a_connection_tells_what_bulk_syncs_can_do_with_it(bulk: Workspace, newer: httpx.Client) -> None:
    path = f"/api/connections/{bulk.mysql}/bulksync/source"
    source = bulk.api.get(path).json()["data"]
    assert [schema["id"] for schema in source["schemas"]] == ["company.accounts", "company.customers", "company.teams"]
    assert source["schemas"][0]["fields"] == []
    full = newer.get(path, params={"include_fields": "true"}).json()["data"]
    assert [field["id"] for field in full["schemas"][0]["fields"]] == ["id", "name"]
    assert "supports_namespaces" in full["capabilities"]
    target = f"/api/connections/{bulk.snowflake}/bulksync/target"
    modes = [[mode["id"] for mode in client.get(target).json()["data"]["modes"]] for client in (bulk.api, newer)]
    assert modes == [["replicate", "snapshot"], ["replicate", "snapshot", "append"]]


@pytest.mark.parametrize(
    "members",
    [
        {"schedule": None},
        {"schedule": {"frequency": "sometimes"}},
        {"schedule": {"frequency": "hourly"}},
        {"schedule": {"frequency": "multi"}},
        {"mode": "append"},
        {"mode": "mirror"},
        {"automatically_add_new_fields": "some"},
        {"schemas": ["company.nothing"]},
        {"schemas": [{"id": "company.teams", "fields": ["nothing"]}]},
        {"schemas": [5]},
        {"data_cutoff_timestamp": "yesterday"},
        {"source_connection_id": "99999999-9999-4999-8999-999999999999"},
        {"destination_configuration": None},
    ],
)
def test_what_makes_no_sense_is_refused(bulk: Workspace, members: dict[str, Any]) -> None:
    answer = bulk.api.post("/api/bulk/syncs", json=body(bulk, **members))
    assert answer.status_code == 400, answer.text
    assert bulk.api.get("/api/bulk/syncs").json()["data"] == []


@pytest.mark.parametrize("by", ["cancel", "executions", "activate"])
def test_a_run_is_canceled_and_by_deactivating_too(bulk: Workspace, tmp_path: Path, server: Server, by: str) -> None:
    folder = tmp_path / "mysql" / "company"
    folder.mkdir(parents=True)
    (folder / "many.csv").write_text("n\n" + "\n".join(map(str, range(60_000))), "utf-8")
    seed(tmp_path, server.data)
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=["company.many"]))["id"]
    path = f"/api/bulk/syncs/{id}"
    execution = f"{path}/executions/{create(bulk.api, f'{path}/executions', {})['id']}"
    assert bulk.api.post(f"{path}/executions").status_code == 409
    ways = {"cancel": f"{path}/cancel", "executions": f"{execution}/cancel", "activate": f"{path}/activate"}
    bulk.api.post(ways[by], json={"active": False} if by == "activate" else None).raise_for_status()
    deadline = time.monotonic() + 20
    while (status := bulk.api.get(execution).json()["data"])["status"] not in TERMINAL:
        assert time.monotonic() < deadline
    assert status["status"] == "canceled"
    assert status["schemas"][0]["status"] == "canceled"


def test_one_schema_is_left_out_and_the_others_go_on(bulk: Workspace, tmp_path: Path, server: Server) -> None:
    folder = tmp_path / "mysql" / "company"
    folder.mkdir(parents=True)
    (folder / "a_many.csv").write_text("n\n" + "\n".join(map(str, range(30_000))), "utf-8")
    seed(tmp_path, server.data)
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=["company.a_many", "company.teams"]))["id"]
    path = f"/api/bulk/syncs/{id}"
    execution = f"{path}/executions/{create(bulk.api, f'{path}/executions', {})['id']}"
    assert bulk.api.post(f"{path}/schemas/company.nothing/cancel").status_code == 404
    assert bulk.api.post(f"{path}/schemas/company.teams/cancel").json()["data"]["message"]
    deadline = time.monotonic() + 20
    while (found := bulk.api.get(execution).json()["data"])["status"] not in TERMINAL:
        assert time.monotonic() < deadline
    assert found["status"] == "completed"
    assert [schema["status"] for schema in found["schemas"]] == ["completed", "canceled"]
    assert found["record_count"] == 30_000


def test_the_list_may_come_in_pages(bulk: Workspace, newer: httpx.Client) -> None:
    for number in range(3):
        create(newer, "/api/bulk/syncs", newer_body(bulk, name=f"B {number}"))
    assert "pagination" not in newer.get("/api/bulk/syncs", params={"limit": 2}).json()
    newer.put("/_sandbox/switches", json={"bulk_list": "paged"}).raise_for_status()
    first = newer.get("/api/bulk/syncs", params={"limit": 2}).json()
    token = first["pagination"]["next_page_token"]
    second = newer.get("/api/bulk/syncs", params={"limit": 2, "page_token": token}).json()
    assert [sync["name"] for sync in (*first["data"], *second["data"])] == ["B 2", "B 1", "B 0"]
    assert len(bulk.api.get("/api/bulk/syncs").json()["data"]) == 3


def test_a_connection_knows_the_bulk_syncs_that_need_it(bulk: Workspace) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk))["id"]
    refused = bulk.api.delete(f"/api/connections/{bulk.snowflake}")
    assert refused.status_code == 422
    assert refused.json()["metadata"]["used_by"] == [{"type": "bulk sync", "name": "Copy", "id": id}]
    after = {"frequency": "runafter", "run_after": {"bulk_sync_ids": [id]}}
    assert bulk.sync(schedule=after)["schedule"]["run_after"]["bulk_sync_ids"] == [id]
    bulk.api.delete(f"/api/connections/{bulk.snowflake}", params={"force": "true"}).raise_for_status()
    assert bulk.api.get(f"/api/bulk/syncs/{id}").status_code == 404


def test_error_handling_exists_in_the_newer_version(bulk: Workspace, newer: httpx.Client) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk))["id"]
    path = f"/api/bulk/syncs/{id}/error-handling"
    assert newer.get(path).json()["data"] == {"ingestion_failure_threshold": 0, "subscribers": []}
    newer.put(path, json={"subscribers": ["a@example.com"]}).raise_for_status()
    assert newer.get(path).json()["data"]["subscribers"] == ["a@example.com"]
    assert bulk.api.get(path).status_code == 404


def test_an_execution_says_what_it_did_schema_by_schema(bulk: Workspace, newer: httpx.Client) -> None:
    schemas = ["company.customers", {"id": "company.teams", "user_output_name": "a.b.c.d"}]
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, schemas=schemas))["id"]
    ran = run(newer, id)
    failure = ran["schemas"][1]["status_message"]
    execution = f"/api/bulk/syncs/{id}/executions/{ran['id']}"
    console = newer.get(f"{execution}/consolelog").json()["data"]
    assert [(entry["level"], entry["message"]) for entry in console["entries"]] == [
        ("info", "Execution created"),
        ("info", "Execution started"),
        ("info", "company.customers started"),
        ("info", "company.customers completed"),
        ("info", "company.teams started"),
        ("error", f"company.teams failed: {failure}"),
        ("error", f"Execution failed: company.teams: {failure}"),
    ]
    assert [entry["id"] for entry in console["entries"]] == ["0", "1", "2", "3", "4", "5", "6"]
    assert console["entries"][3]["payload"] == {"record_count": 3, "error_count": 0, "warning_count": 0}
    first = newer.get(f"{execution}/consolelog", params={"limit": 5}).json()["data"]
    rest = newer.get(f"{execution}/consolelog", params={"after": first["next_cursor"]}).json()["data"]
    assert first["entries"] + rest["entries"] == console["entries"]
    of_one = newer.get(f"{execution}/schemas/company.customers/consolelog").json()["data"]
    assert [entry["message"] for entry in of_one["entries"]] == [
        "company.customers started",
        "company.customers completed",
    ]
    assert newer.get(f"{execution}/schemas/company.nothing/consolelog").status_code == 404
    assert bulk.api.get(f"{execution}/consolelog").status_code == 404


def test_the_log_of_an_execution_is_fetched_by_a_link_and_exported_by_a_job(
    bulk: Workspace, newer: httpx.Client
) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, schemas=["company.teams"]))["id"]
    execution = f"/api/bulk/syncs/{id}/executions/{run(newer, id)['id']}"
    console = newer.get(f"{execution}/consolelog").json()["data"]["entries"]
    for api in (bulk.api, newer):
        logs = api.get(f"{execution}/logs").json()["data"]
        assert logs["Expires"].endswith("Z")
        (url,) = logs["URLs"]
        assert [json.loads(line) for line in httpx.get(url).text.splitlines()] == console
        assert httpx.get(f"{url}x").status_code == 401
        assert httpx.get(url.replace("-00000", "-00001")).status_code == 404
        exported = api.post(f"{execution}/logs/export").json()
        assert exported["data"] == {"url": url}
        job = f"/api/jobs/exportlogs/{exported['job']['job_id']}"
        told = [api.get(job).json()["data"] for _ in range(2)]
        assert [one["status"] for one in told] == ["running", "done"]
        assert told[1]["result"] == {"url": url}
    assert newer.get(f"/api/bulk/syncs/{id}/executions/{id}/logs").status_code == 404


def test_the_objects_of_a_service_are_copied_like_tables(bulk: Workspace) -> None:
    hubspot = create(bulk.api, "/api/connections", {"name": "HubSpot", "type": "hubspot", "configuration": {}})
    waiting = bulk.api.post("/api/bulk/syncs", json=body(bulk, source_connection_id=hubspot["id"]))
    assert waiting.status_code >= 400, "nobody has finished the authorization"
    httpx.get(hubspot["auth_url"], follow_redirects=True).raise_for_status()
    found = bulk.api.get(f"/api/connections/{hubspot['id']}/bulksync/source").json()["data"]["schemas"]
    contacts = next(schema["id"] for schema in found if "contact" in schema["id"].lower())
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, source_connection_id=hubspot["id"], schemas=[contacts]))["id"]
    execution = run(bulk.api, id)
    assert execution["status"] == "completed", execution
    assert execution["record_count"] == len(bulk.rows(f"COPIES.{execution['schemas'][0]['output_name']}")) > 0
