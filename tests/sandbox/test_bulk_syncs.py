"""Bulk syncs and their schedules in both versions: defaults, updates, refusals and activation."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.bulk_syncs import NEWER, body, enabled_schemas, newer_body, run
from tests.sandbox.conftest import Workspace, create


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
