"""Roles and policies: built-in ones stay, policies answer with every action, objects show the built-in policy."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import MYSQL, V2, GuideObjects, create

ROLES = "/api/permissions/roles"
POLICIES = "/api/permissions/policies"
ACTIONS = {"apply_policy", "create", "delete", "edit", "read", "sync_to", "trigger"}


def test_built_in_roles_stay_as_they_are(api: httpx.Client) -> None:
    roles = api.get(ROLES).json()["data"]
    assert {role["name"]: role["system"] for role in roles} == dict.fromkeys(
        ("Admin", "Editor", "Member", "Sync Editor", "Viewer"), True
    )
    path = f"{ROLES}/{roles[0]['id']}"
    assert api.get(path).json()["data"] == roles[0]
    assert api.put(path, json={"name": "Boss"}).status_code == 403
    assert api.delete(path).status_code == 403
    api.put("/_sandbox/switches", json={"system_permissions": "400"}).raise_for_status()
    assert api.delete(path).status_code == 400


def test_roles_of_ones_own_come_and_go(api: httpx.Client) -> None:
    role = create(api, ROLES, {"name": "Auditor"})
    assert role["system"] is False
    path = f"{ROLES}/{role['id']}"
    assert api.put(path, json={"name": "Checker"}).json()["data"] == {**role, "name": "Checker"}
    policy = create(api, POLICIES, {"name": "P", "policy_actions": [{"action": "read", "role_ids": [role["id"]]}]})
    assert api.delete(path).status_code == 200
    assert api.get(path).status_code == 404
    left = api.get(f"{POLICIES}/{policy['id']}").json()["data"]["policy_actions"]
    assert [role["id"]] in [action["role_ids"] for action in left], "a policy keeps the id of a role that is gone"
    assert api.post(ROLES, json={}).status_code == 400


@pytest.mark.behaviour("policy-actions")
def test_a_policy_answers_with_actions_that_were_not_sent(api: httpx.Client) -> None:
    admin = api.get(ROLES).json()["data"][0]["id"]
    sent = {"name": "Readers", "policy_actions": [{"action": "read", "role_ids": [admin]}, {"action": "trigger"}]}
    policy = create(api, POLICIES, sent)
    bound = {action["action"]: action["role_ids"] for action in policy["policy_actions"]}
    assert set(bound) == ACTIONS
    assert bound["read"] == [admin]
    assert bound["edit"] == bound["trigger"] == []
    path = f"{POLICIES}/{policy['id']}"
    body = {"name": "Readers", "policy_actions": [{"action": "edit", "role_ids": [admin]}]}
    put = api.put(path, json=body).json()["data"]["policy_actions"]
    assert {action["action"] for action in put if action["role_ids"]} == {"edit"}, "a PUT replaces all bindings"
    api.put("/_sandbox/switches", json={"policy_actions": "sent"}).raise_for_status()
    assert [action["action"] for action in api.get(path).json()["data"]["policy_actions"]] == ["edit"]
    api.put("/_sandbox/switches", json={"policy_edit_action": "update"}).raise_for_status()
    assert api.put(path, json=body).status_code == 400
    assert api.delete(path).status_code == 200
    assert api.get(path).status_code == 404


@pytest.mark.behaviour("system-attached-policies")
@pytest.mark.parametrize("version", [None, V2])
def test_built_in_policies_appear_on_objects(workspace: GuideObjects, version: str | None) -> None:
    api = workspace.api
    headers = {"X-Polytomic-Version": version} if version else {}
    builtin = {policy["name"]: policy["id"] for policy in api.get(POLICIES).json()["data"] if policy["system"]}
    assert set(builtin) == {"Connections", "Models", "Syncs", "Bulk Syncs"}
    own = create(api, POLICIES, {"name": "Own"})["id"]
    api.put("/_sandbox/switches", json={"builtin_policies": "shown"}).raise_for_status()
    sync = api.post("/api/syncs", json=workspace.sync_body(policies=[own]), headers=headers).json()["data"]
    assert sync["policies"] == [builtin["Syncs"], own]
    put = api.put(f"/api/syncs/{sync['id']}", json=workspace.sync_body(policies=sync["policies"]), headers=headers)
    assert put.json()["data"]["policies"] == sync["policies"]
    connection = create(api, "/api/connections", {**MYSQL, "name": "Another"})
    assert connection["policies"] == [builtin["Connections"]]


def test_built_in_policies_take_other_roles_and_nothing_else(api: httpx.Client) -> None:
    policy = next(policy for policy in api.get(POLICIES).json()["data"] if policy["name"] == "Models")
    path, admin = f"{POLICIES}/{policy['id']}", api.get(ROLES).json()["data"][0]["id"]
    body = {"name": "Models", "policy_actions": [{"action": "edit", "role_ids": [admin]}]}
    put = api.put(path, json=body).json()["data"]
    assert {action["action"]: action["role_ids"] for action in put["policy_actions"] if action["role_ids"]} == {
        "edit": [admin]
    }
    assert {**put, "policy_actions": []} == {**policy, "policy_actions": []}
    assert api.get(path).json()["data"] == put
    listed = api.get(POLICIES).json()["data"]
    assert [policy["name"] for policy in listed] == ["Connections", "Models", "Syncs", "Bulk Syncs"]
    assert put in listed
    events = api.get("/api/events", params={"type": "policy.updated"}).json()["data"]
    assert [event["event"]["changed"] for event in events] == [["policy_actions"]]
    refused = api.put(path, json={**body, "name": "Other"})
    assert (refused.status_code, refused.json()["message"]) == (403, "Models is built in and stays as it is")
    assert api.delete(path).status_code == 403
    api.put("/_sandbox/switches", json={"system_policies": "refuse"}).raise_for_status()
    assert api.put(path, json=body).status_code == 403


def test_a_policy_names_roles_that_exist_or_that_it_has_named_before(api: httpx.Client) -> None:
    role = create(api, ROLES, {"name": "R"})["id"]
    body = {"name": "P", "policy_actions": [{"action": "read", "role_ids": [role]}]}
    policy = create(api, POLICIES, body)["id"]
    api.delete(f"{ROLES}/{role}").raise_for_status()
    assert api.put(f"{POLICIES}/{policy}", json=body).status_code == 200
    refused = api.post(POLICIES, json=body)
    assert (refused.status_code, refused.json()["message"]) == (400, f"policy_actions: role {role} does not exist")
    for value, status in (("404", 404), ("store", 200)):
        api.put("/_sandbox/switches", json={"unknown_roles": value}).raise_for_status()
        assert api.post(POLICIES, json=body).status_code == status


def test_an_empty_organization_is_the_callers_own(api: httpx.Client) -> None:
    own = api.get("/api/me").json()["data"]["organization_id"]
    for path in (ROLES, POLICIES):
        created = create(api, path, {"name": "X", "organization_id": ""})
        assert created["organization_id"] == own
        assert api.put(f"{path}/{created['id']}", json={"name": "Y", "organization_id": ""}).status_code == 200
        other = {"name": "X", "organization_id": "99999999-9999-4999-8999-999999999999"}
        assert api.post(path, json=other).status_code == 403
        assert api.post(path, json={"name": "X", "organization_id": "x"}).status_code == 403


def test_a_policy_in_use_is_deleted_and_objects_keep_its_id(workspace: GuideObjects) -> None:
    policy = create(workspace.api, POLICIES, {"name": "P"})["id"]
    sync = workspace.sync(policies=[policy])
    assert workspace.api.delete(f"{POLICIES}/{policy}").status_code == 200
    assert workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]["policies"] == [policy]


def test_custom_permissions_may_be_no_part_of_the_plan(api: httpx.Client) -> None:
    api.put("/_sandbox/switches", json={"custom_permissions": "refuse"}).raise_for_status()
    assert api.post(ROLES, json={"name": "R"}).status_code == 403
    assert api.post(POLICIES, json={"name": "P"}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"name": "P", "policy_actions": [{}]}, {"name": "P", "policy_actions": "read"}])
def test_an_invalid_policy_is_refused(api: httpx.Client, body: dict[str, object]) -> None:
    assert api.post(POLICIES, json=body).status_code == 400


def test_half_a_character_is_no_name(api: httpx.Client) -> None:
    kind = {"Content-Type": "application/json"}
    assert api.post(ROLES, content=b'{"name": "\\ud83d"}', headers=kind).status_code == 400
    assert api.post(ROLES, content=b'{"name": "\\ud83d\\ude00"}', headers=kind).json()["data"]["name"] == "\U0001f600"
