"""The schemas of a bulk sync: which are waited for, selected, changed and added."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from applier.sandbox import seed
from tests.sandbox.bulk_syncs import NEWER, body, enabled_schemas
from tests.sandbox.conftest import Server, Workspace, create


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
