"""Roles, policies and webhooks: what is the service's own, what an update keeps, and what has no name."""

from __future__ import annotations

from typing import Any

import pytest

from applier import pipeline
from tests.kinds.workspace import V1, V2, InProcessWorkspace, spec

ROLES, POLICIES, WEBHOOKS = "/api/permissions/roles", "/api/permissions/policies", "/api/webhooks"
HOOK = {"endpoint": "https://alerts.example.com/one", "secret": "${env:SECRET}"}
FINANCE = {"actions": {"read": ["Analysts"], "edit": ["Analysts", "Admin"]}}


def access(**sections: Any) -> dict[str, Any]:
    return {"roles": {"Analysts": {}}, "policies": {"Finance": FINANCE}, **sections}


def roles_of(live: InProcessWorkspace, policy: str) -> dict[str, list[str]]:
    """The names of the roles that may perform each action."""
    names = {one["id"]: one["name"] for one in live.send("GET", ROLES)}
    entries = live.find(POLICIES, policy)["policy_actions"]
    return {one["action"]: sorted(names[role] for role in one["role_ids"]) for one in entries if one["role_ids"]}


def test_objects_are_put_under_a_policy_of_the_same_spec(live: InProcessWorkspace) -> None:
    document = {**access(), **spec(sync={"policies": ["Finance"]}, source={"policies": ["Finance"]})}
    order = [one.address for one in live.plan(document).plan.changes]
    assert order.index("roles/Analysts") < order.index("policies/Finance") < order.index("connections/Source")
    live.steady(document)
    policy = live.find(POLICIES, "Finance")
    assert policy["id"] in live.find("/api/syncs", "Sync")["policies"]
    assert roles_of(live, "Finance") == {"read": ["Analysts"], "edit": ["Admin", "Analysts"]}


@pytest.mark.behaviour("policy-actions")
def test_an_update_keeps_the_roles_of_actions_that_are_not_declared(live: InProcessWorkspace) -> None:
    live.steady(access())
    fewer = access(policies={"Finance": {"actions": {"read": ["Analysts", "Viewer"]}}})
    assert live.changes(fewer) == {"policies/Finance": ["actions.read"]}
    live.steady(fewer)
    assert roles_of(live, "Finance") == {"read": ["Analysts", "Viewer"], "edit": ["Admin", "Analysts"]}
    live.steady(access(policies={"Finance": {"actions": {"edit": []}}}))
    assert roles_of(live, "Finance") == {"read": ["Analysts", "Viewer"]}
    live.steady(access(policies={"Finance": {}}))


@pytest.mark.behaviour("policy-actions")
@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("actions", ["all", "sent"])
@pytest.mark.parametrize("order", ["sent", "reversed"])
def test_an_action_without_roles_is_as_good_as_absent(make: Any, version: str, actions: str, order: str) -> None:
    live = make(version, policy_actions=actions, list_order=order)
    live.steady(access(policies={"Finance": {"actions": {**FINANCE["actions"], "delete": []}}}))


def test_a_role_of_the_service_cannot_be_managed(live: InProcessWorkspace) -> None:
    assert live.problems({"roles": {"Admin": {}}}) == ["system-object"]
    live.steady({"roles": {"Admin": {"managed": False}}})
    assert live.problems({"roles": {"Boss": {}}, "moved": {"roles": {"Admin": "Boss"}}}) == ["system-object"]
    assert "system-object" in live.problems({"removed": {"roles": ["Admin"]}})


def test_a_policy_of_the_service_keeps_its_name_and_stays(live: InProcessWorkspace) -> None:
    document = {"policies": {"Models": {"actions": {"edit": ["Admin"]}}}}
    live.steady(document)
    assert roles_of(live, "Models")["edit"] == ["Admin"]
    loaded, _ = live.load(document)
    destroy = pipeline.plan_destroy(loaded, live.client()).plan
    assert [one.code for one in destroy.diagnostics] == ["system-object"]
    assert live.problems({"policies": {"Mine": {}}, "moved": {"policies": {"Models": "Mine"}}}) == ["system-object"]


def test_owns_ignores_system_objects(live: InProcessWorkspace) -> None:
    plan = live.plan({"owns": {"roles": ["*"], "policies": ["*"]}}).plan
    assert plan.unmanaged == ()


def test_a_role_or_policy_in_use_is_not_deleted(live: InProcessWorkspace) -> None:
    live.steady(access())
    assert live.problems({"policies": {"Finance": FINANCE}, "removed": {"roles": ["Analysts"]}}) == ["still-used"]
    live.steady({**access(), **spec(source={"policies": ["Finance"]})})
    assert live.problems({"roles": {"Analysts": {}}, "removed": {"policies": ["Finance"]}}) == ["still-used"]


def test_a_webhook_is_found_by_its_endpoint(live: InProcessWorkspace) -> None:
    live.send("POST", WEBHOOKS, {"endpoint": HOOK["endpoint"], "secret": "theirs"})
    assert live.changes({"webhooks": {"Alerts": HOOK}}) == {}
    assert live.changes({"webhooks": {"By any label": HOOK}}) == {}


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("secrets", ["mask", "plain"])
def test_another_endpoint_is_an_update_with_the_secret(make: Any, version: str, secrets: str) -> None:
    live = make(version, webhook_secrets=secrets)
    live.steady({"webhooks": {"Alerts": HOOK}})
    other = {**HOOK, "endpoint": "https://alerts.example.com/other"}
    assert live.changes({"webhooks": {"Alerts": other}}) == {"webhooks/Alerts": ["endpoint"]}
    live.steady({"webhooks": {"Alerts": other}})
    (sent,) = live.requests("PUT", WEBHOOKS)
    assert sent == {**other, "secret": "correct horse battery staple"}
    assert len(live.send("GET", WEBHOOKS)) == 1


def test_a_webhook_is_enabled_and_disabled_by_endpoints_of_their_own(live: InProcessWorkspace) -> None:
    live.steady({"webhooks": {"Alerts": {**HOOK, "enabled": False}}})
    (hook,) = live.send("GET", WEBHOOKS)
    assert hook["disabled"] is True
    live.steady({"webhooks": {"Alerts": HOOK}})
    assert live.send("GET", WEBHOOKS)[0]["disabled"] is True
    live.steady({"webhooks": {"Alerts": {**HOOK, "enabled": True}}})
    assert live.send("GET", WEBHOOKS)[0]["disabled"] is False
    assert live.requests("PUT", WEBHOOKS) == []
    assert live.requests("POST", f"{WEBHOOKS}/{hook['id']}") == [None, None]


def test_two_webhooks_are_refused(live: InProcessWorkspace) -> None:
    _, problems = live.load({"webhooks": {"One": HOOK, "Other": {**HOOK, "endpoint": "https://other.example.com"}}})
    assert [one.code for one in problems] == ["only-one"]


def test_lists_that_a_spec_does_not_need_are_not_read(live: InProcessWorkspace) -> None:
    live.apply(spec())
    live.plan({**spec(), "owns": {"models": ["*"]}})
    asked = [path for method, path, _ in live.door.seen if method == "GET"]
    assert not {ROLES, POLICIES, WEBHOOKS} & {*asked}
    live.plan({**spec(), "removed": {"roles": ["Nobody"]}})
    asked = [path for method, path, _ in live.door.seen if method == "GET"]
    assert {ROLES, POLICIES} <= {*asked}
