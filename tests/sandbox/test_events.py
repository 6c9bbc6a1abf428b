"""Events of runs and changes, with who and when; and the list of those who hear of errors."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import MYSQL, GuideObjects, create

SUBSCRIBERS = "/api/notifications/global-error-subscribers"


def events(api: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/events", params={"limit": 100, **params}).json()["data"]
    return found


def test_every_change_is_an_event_with_actor_and_time(api: httpx.Client) -> None:
    me = api.get("/api/me").json()["data"]
    id = create(api, "/api/connections", MYSQL)["id"]
    api.put(f"/api/connections/{id}", json={**MYSQL, "name": "Renamed"}).raise_for_status()
    api.put(f"/api/connections/{id}", json={**MYSQL, "name": "Renamed"}).raise_for_status()
    api.delete(f"/api/connections/{id}").raise_for_status()
    found = events(api)
    assert [event["type"] for event in found] == ["connection.deleted", "connection.updated", "connection.created"]
    assert [event["event"]["name"] for event in found] == ["Renamed", "Renamed", MYSQL["name"]]
    assert found[1]["event"]["changed"] == ["name"]
    for event in found:
        assert event["event"]["id"] == id
        assert event["event"]["actor"]["id"] == me["id"]
        assert event["organization_id"] == me["organization_id"]
        assert event["created_at"].endswith("Z")
    assert "secret" not in str(found)


def test_a_refused_change_is_no_event(api: httpx.Client) -> None:
    create(api, "/api/connections", MYSQL)
    assert api.post("/api/connections", json=MYSQL).status_code == 422
    assert len(events(api)) == 1


def test_a_forced_delete_is_an_event_for_everything_it_deletes(workspace: GuideObjects) -> None:
    workspace.sync()
    workspace.api.delete(f"/api/connections/{workspace.mysql}", params={"force": "true"}).raise_for_status()
    gone = [event["type"] for event in events(workspace.api) if event["type"].endswith("deleted")]
    assert gone == ["connection.deleted", "model.deleted", "sync.deleted"]


def test_runs_are_events_of_the_documented_types(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    execution = workspace.run(sync)
    deadline = time.monotonic() + 30
    while not (ended := events(workspace.api, type="sync.completed")) and time.monotonic() < deadline:
        time.sleep(0.02)
    ran = {
        "execution_id": execution["id"],
        "organization_id": sync["organization_id"],
        "sync_id": sync["id"],
        "sync_name": sync["name"],
        "target_connection_id": workspace.snowflake,
    }
    assert ended[0]["event"] == {
        **ran,
        "status": "completed",
        "record_count": 3,
        "inserted_count": 3,
        "updated_count": 0,
        "upserted_count": 0,
        "error_count": 0,
        "warning_count": 0,
    }
    assert [event["event"] for event in events(workspace.api, type="sync.running")] == [ran]
    workspace.api.delete(f"/api/models/{workspace.model}").raise_for_status()
    failed = workspace.run(sync)
    while not (ended := events(workspace.api, type="sync.failed")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ended[0]["event"] == {**ran, "execution_id": failed["id"], "error": failed["errors"][0]}
    types = workspace.api.get("/api/events_types").json()["data"]
    assert {"sync.running", "bulk_sync.completed_with_error", "connection.created"} <= set(types)


def test_the_window_the_limit_and_the_switch(workspace: GuideObjects) -> None:
    api = workspace.api
    for number in range(12):
        create(api, "/api/connections", {**MYSQL, "name": f"C {number}", "validate": False})
    answer = api.get("/api/events").json()
    assert len(answer["data"]) == 10
    assert set(answer) == {"data"}
    assert len(events(api, ending_before=answer["data"][-1]["created_at"])) == 5
    middle = answer["data"][4]["created_at"]
    assert len(events(api, starting_after=middle)) == 4
    assert len(events(api, ending_before=middle)) == 10
    assert api.get("/api/events", params={"starting_after": "yesterday"}).status_code == 422
    assert events(api, type="no.such") == []
    api.put("/_sandbox/switches", json={"change_events": "unlisted"}).raise_for_status()
    assert events(api) == []


def test_global_error_subscribers_are_replaced_and_have_no_envelope(api: httpx.Client) -> None:
    """The answer has no `data` envelope."""
    assert api.get(SUBSCRIBERS).json() == {"emails": []}
    sent = {"emails": ["a@example.com", "b@example.com", "a@example.com"]}
    assert api.put(SUBSCRIBERS, json=sent).json() == {"emails": ["a@example.com", "b@example.com"]}
    assert api.put(SUBSCRIBERS, json={"emails": []}).json() == api.get(SUBSCRIBERS).json() == {"emails": []}
    assert api.post(SUBSCRIBERS, json=sent).status_code == 405


@pytest.mark.parametrize("emails", ["a@example.com", [1], ["nobody"]])
def test_subscribers_are_addresses(api: httpx.Client, emails: object) -> None:
    assert api.put(SUBSCRIBERS, json={"emails": emails}).status_code == 400
