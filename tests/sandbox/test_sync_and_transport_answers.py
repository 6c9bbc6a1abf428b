"""Syncs and the wire: what is filled, what stays away, what is sent as nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V1, V2, GuideObjects, create
from tests.sandbox.services import connect, into

UNSET = {
    "fields": {"new", "override_value", "sync_mode", "encryption_enabled"},
    "schedule": {"hour", "minute", "day_of_week", "day_of_month", "month", "job_id", "connection_id", "run_after"},
    "target": {"create", "new_name", "filter_logic"},
}


@pytest.mark.behaviour("unset-members")
def test_some_members_are_filled_and_others_stay_away(workspace: GuideObjects) -> None:
    filters = [{"field": workspace.source("age"), "function": "IsNotNull"}]
    sync = workspace.sync(mode="update", identity=workspace.identity(), filters=filters)
    filled = {"only_enrich_updates", "skip_initial_backfill", "organization_id", "model_ids", "policies"}
    assert filled <= set(sync)
    assert {"object", "configuration"} <= set(sync["target"])
    assert {"new_field", "remote_field_type_id"} <= set(sync["identity"])
    assert sync["schedule"]["run_after_success_only"] is False
    assert sync["filters"][0]["label"] == "A"
    assert not UNSET["fields"] & set(sync["fields"][0])
    assert not UNSET["schedule"] & set(sync["schedule"])
    assert not UNSET["target"] & set(sync["target"])
    assert "value" not in sync["filters"][0]
    assert "filter_logic" not in sync


@pytest.mark.behaviour("encryption-passphrase")
@pytest.mark.parametrize("version", [V1, V2])
def test_the_passphrase_is_never_shown(workspace: GuideObjects, version: str) -> None:
    headers = {"X-Polytomic-Version": version}
    body = workspace.sync_body(encryption_passphrase="hush")
    sync = workspace.api.post("/api/syncs", json=body, headers=headers)
    path = f"/api/syncs/{sync.json()['data']['id']}"
    answers = [sync, workspace.api.get(path, headers=headers), workspace.api.put(path, json=body, headers=headers)]
    answers.append(workspace.api.get("/api/syncs", headers=headers))
    assert not [answer for answer in answers if "passphrase" in answer.text or "hush" in answer.text]
    assert "hush" not in str(workspace.api.get("/_sandbox/requests").json())


@pytest.mark.behaviour("pseudo-targets")
def test_pseudo_values_are_no_objects(workspace: GuideObjects) -> None:
    contacts = {"connection_id": workspace.snowflake, "object": "__pt_new_target"}
    assert workspace.api.post("/api/syncs", json=workspace.sync_body(target=contacts)).status_code == 400
    sync = workspace.sync(target={**contacts, "new_name": "CUSTOMERS.FRESH", "search_values": {"sent": "ignored"}})
    assert sync["target"]["object"] == "CUSTOMERS.FRESH"
    assert sync["target"]["search_values"] == {"schema": "CUSTOMERS", "table": "CUSTOMERS.FRESH"}
    assert "new_name" not in sync["target"]
    objects = workspace.api.get(f"/api/connections/{workspace.snowflake}/modelsync/targetobjects").json()["data"]
    assert not [entry for entry in objects if entry["id"].startswith("__pt")]


@pytest.mark.behaviour("value-types")
@pytest.mark.parametrize("value", ["x", "010", True, False, 10, 10.5, [1, "a"], {"a": None}])
def test_values_keep_their_type(workspace: GuideObjects, value: Any) -> None:
    filters = [{"field": workspace.source("age"), "function": "Equality", "value": value}]
    overrides = [{"field": workspace.source("age"), "function": "Equality", "value": value, "override": value}]
    sync = workspace.sync(filters=filters, overrides=overrides)
    read = workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]
    found = [read["filters"][0]["value"], read["overrides"][0]["value"], read["overrides"][0]["override"]]
    assert [(type(one), one) for one in found] == [(type(value), value)] * 3


@pytest.mark.behaviour("schedule-members")
def test_parts_of_another_frequency_do_not_linger(workspace: GuideObjects) -> None:
    sync = workspace.sync(schedule={"frequency": "daily", "hour": "8", "minute": "0"})
    body = workspace.sync_body(schedule={"frequency": "manual"})
    replaced = workspace.api.put(f"/api/syncs/{sync['id']}", json=body).json()["data"]
    assert replaced["schedule"] == {"frequency": "manual", "run_after_success_only": False}


@pytest.mark.behaviour("active")
def test_leaving_active_out_switches_off(workspace: GuideObjects) -> None:
    sync = workspace.sync(active=True)
    path = f"/api/syncs/{sync['id']}"
    assert workspace.api.put(path, json=workspace.sync_body()).json()["data"]["active"] is False
    activated = workspace.api.post(f"{path}/activate", json={"active": True}).json()["data"]
    assert activated == {"id": sync["id"], "active": True}
    workspace.api.put("/_sandbox/switches", json={"active_default": "true"}).raise_for_status()
    assert workspace.sync(name="on")["active"] is True


@pytest.mark.behaviour("source-field-names")
def test_fields_are_referred_to_by_name(workspace: GuideObjects) -> None:
    salesforce = connect(workspace.api, "salesforce")
    body = into(workspace, salesforce, "Contact", "create", LastName="last_name")
    body["identity"] = workspace.identity(target="Email")
    assert workspace.api.post("/api/syncs", json=body).status_code == 200
    by_label = {**body, "fields": [{**body["fields"][0], "target": "Last Name"}]}
    assert workspace.api.post("/api/syncs", json=by_label).status_code == 400, "targets go by id, not by label"
    model = workspace.api.get(f"/api/models/{workspace.model}").json()["data"]
    by_id = {"source": workspace.source(model["fields"][0]["id"]), "target": "LastName"}
    assert workspace.api.post("/api/syncs", json={**body, "fields": [by_id]}).status_code == 400
    narrowed = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    workspace.api.put(f"/api/models/{workspace.model}", json={**narrowed, "fields": ["email"]}).raise_for_status()
    assert workspace.api.post("/api/syncs", json=body).status_code == 400, "the model has no such field any more"


@pytest.mark.behaviour("empty-bodies-and-explicit-nulls")
def test_absent_null_and_empty_bodies_are_distinguished(workspace: GuideObjects) -> None:
    sync = workspace.sync(active=True, filters=[{"field": workspace.source("age"), "function": "IsNotNull"}])
    path = f"/api/syncs/{sync['id']}"
    for empty in (None, [], "absent"):
        body = workspace.sync_body() if empty == "absent" else workspace.sync_body(filters=empty)
        assert workspace.api.put(path, json=body).json()["data"]["filters"] == []
    kind = {"content-type": "application/json"}
    workspace.api.post(f"{path}/activate", json={"active": True}).raise_for_status()
    for content in (b"", b"{}", b"null"):
        assert workspace.api.post(f"{path}/cancel", content=content, headers=kind).status_code == 200
    assert workspace.api.post(f"{path}/executions", content=b"", headers=kind).status_code == 200


@pytest.mark.behaviour("missing-envelopes")
def test_some_answers_have_no_envelope_or_no_body(workspace: GuideObjects) -> None:
    api = workspace.api
    assert "properties" in api.get("/api/connection_types/mysql").json()
    assert set(api.get("/api/notifications/global-error-subscribers").json()) == {"emails"}
    sync = workspace.sync()
    configuration = {"type": "mysql", "configuration": {"hostname": "h", "account": "a", "passwd": "p", "port": 1}}
    empty = [
        api.delete(f"/api/syncs/{sync['id']}"),
        api.delete(f"/api/models/{workspace.model}"),
        api.delete(f"/api/connections/{workspace.mysql}"),
        api.post("/api/connections/test", json=configuration),
    ]
    assert [(answer.status_code, answer.content) for answer in empty] == [(200, b"")] * 4
    assert api.delete(f"/api/syncs/{sync['id']}").status_code == 404


@pytest.mark.behaviour("shadowed-ids")
def test_literal_segments_come_before_ids(api: httpx.Client) -> None:
    assert "schedule_options" in api.get("/api/syncs/schedules").json()["data"]
    assert api.get("/api/bulk/syncs/status", params={"all": "true"}).status_code == 200
    assert api.post("/api/connections/test", json={}).json()["message"] == "type is required"
    slash = api.get("/api/connections/", follow_redirects=False)
    assert slash.status_code == 404, "a path with a trailing slash is not found"
    assert create(api, "/api/permissions/roles", {"name": "R"})["name"] == "R"
