"""Quirks 1 to 12: connections."""

from __future__ import annotations

from typing import Any

import pytest

from applier import pipeline
from applier.plan import PlanOptions
from applier.plan.secret_digests import SecretDigests
from tests.kinds.workspace import SOURCE, Workspace, spec

PATH = "/api/connections"


def source(**configuration: Any) -> dict[str, Any]:
    return spec(source={"configuration": {**SOURCE["configuration"], **configuration}})


def test_1_masked_secrets_are_no_difference_and_never_sent(live: Workspace) -> None:
    live.steady(spec())
    assert live.find(PATH, "Source")["configuration"]["passwd"] == "********"
    live.steady(source(hostname="other"))
    (sent,) = live.requests("PUT", PATH)
    assert sent["configuration"]["passwd"] == "correct horse battery staple"


def test_2_a_changed_secret_alone_is_not_seen(live: Workspace) -> None:
    live.steady(spec())
    assert live.changes(source(passwd="${env:OTHER}")) == {}


def test_2_an_emptied_secret_is_told_once_and_as_that(live: Workspace) -> None:
    """Digests of what was applied tell of a secret that is hidden; that one is emptied is no secret."""
    kept = source(ssh_private_key="${env:OTHER}")
    prepared = live.plan(kept)
    outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
    digests = pipeline.new_secret_digests(SecretDigests(b"key"), prepared, outcomes)
    emptied, _ = live.load(source(ssh_private_key="", passwd="${env:OTHER}"))
    planned = pipeline.plan(emptied, live.client(), digests=digests).plan
    (change,) = planned.changes
    assert [(one.label, one.before, one.after) for one in change.fields] == [
        ("configuration.ssh_private_key", "(sensitive)", ""),
        ("configuration.passwd", "(sensitive)", "(sensitive)"),
    ]
    pushed = pipeline.plan(emptied, live.client(), options=PlanOptions(push_secrets=("*Source",))).plan
    assert [one.label for one in pushed.changes[0].fields] == [one.label for one in change.fields]
    assert pipeline.plan(emptied, live.client()).plan.unknown_secrets == 2
    assert planned.unknown_secrets == 0


@pytest.mark.parametrize("omitted", ["keep", "clear"])
def test_3_an_update_sends_the_whole_configuration(make: Any, omitted: str) -> None:
    live = make(omitted_secrets=omitted)
    live.steady(spec())
    live.change(PATH, "Source", configuration={**SOURCE["configuration"], "passwd": "x", "change_detection": True})
    live.steady(source(hostname="other"))
    sent = live.requests("PUT", PATH)[-1]["configuration"]
    assert (sent["hostname"], sent["passwd"]) == ("other", "correct horse battery staple")
    assert sent["change_detection"] is True


def test_3_a_secret_that_is_not_declared_stops_the_update(live: Workspace) -> None:
    live.steady(source(ssh=True, ssh_host="gate", ssh_user="me", ssh_private_key="${env:OTHER}"))
    assert live.changes(spec()) == {}
    assert "secret-not-available" in live.problems(source(hostname="other"))


@pytest.mark.parametrize("nested", ["plain", "mask"])
def test_4_nested_secrets_are_equal_to_masks(make: Any, nested: str) -> None:
    live = make(nested_secrets=nested)
    webhook = {
        "type": "webhook",
        "configuration": {
            "url": "https://example.com",
            "auth_method": "polytomic_secret",
            "headers": [{"name": "X-Key", "value": "${env:SECRET}"}],
        },
    }
    live.steady(spec(connections={"Hook": webhook}))
    webhook["configuration"]["url"] = "https://example.org"
    live.steady(spec(connections={"Hook": webhook}))
    headers = live.requests("PUT", PATH)[-1]["configuration"]["headers"]
    assert headers == [{"name": "X-Key", "value": "correct horse battery staple"}]


def test_4_a_nested_secret_that_the_service_shows_is_not_shown_on(make: Any) -> None:
    live = make(nested_secrets="plain")
    headers = [{"name": "X-Key", "value": "${env:SECRET}"}, {"name": "X-More", "value": "${env:OTHER}"}]
    hook = {"url": "https://example.com", "auth_method": "polytomic_secret", "headers": headers}
    live.steady(spec(connections={"Hook": {"type": "webhook", "configuration": hook}}))
    hook = {**hook, "headers": [{"name": "X-Key", "value": "${env:OTHER}"}]}
    shown = [{"name": "X-Key", "value": "(sensitive)"}, {"name": "X-More", "value": "(sensitive)"}]
    changes = live.plan(spec(connections={"Hook": {"type": "webhook", "configuration": hook}})).plan.changes
    assert [(field.label, field.before, field.after) for one in changes for field in one.fields] == [
        ("configuration.headers", shown, shown[:1])
    ]


def test_5_computed_members_are_neither_compared_nor_sent(live: Workspace) -> None:
    hook = {"type": "webhook", "configuration": {"url": "https://example.com", "auth_method": "polytomic_secret"}}
    live.steady(spec(connections={"Hook": hook}))
    assert live.find(PATH, "Hook")["configuration"]["secret"]
    hook["configuration"]["url"] = "https://example.org"
    live.steady(spec(connections={"Hook": hook}))
    assert "secret" not in live.requests("PUT", PATH)[-1]["configuration"]


@pytest.mark.parametrize("filled", ["fill", "leave"])
def test_7_undeclared_and_default_members_are_no_difference(make: Any, filled: str) -> None:
    live = make(configuration_defaults=filled)
    live.steady(source(ssl=False, change_detection=False))


def test_8_and_9_what_is_never_read_is_sent_with_every_write(live: Workspace) -> None:
    live.steady(spec(source={"validate": False, "healthcheck_interval": "3h30m"}))
    configuration = {**SOURCE["configuration"], "hostname": "other"}
    live.steady(spec(source={"validate": False, "healthcheck_interval": "3h30m", "configuration": configuration}))
    for method in ("POST", "PUT"):
        body = next(one for one in live.requests(method, PATH) if one["name"] == "Source")
        assert (body["validate"], body["healthcheck_interval"]) == (False, "3h30m")
    assert all("validate" not in one for one in live.requests("POST", PATH) if one["name"] == "Warehouse")


def test_10_the_type_is_compared_by_id(live: Workspace) -> None:
    live.steady(spec())
    other = {"hostname": "db", "port": 5432, "database": "warehouse", "username": "user", "password": "${env:SECRET}"}
    assert "cannot-change" in live.problems(spec(source={"type": "postgresql", "configuration": other}))


def test_11_an_authorized_connection_is_left_alone(live: Workspace) -> None:
    live.send("POST", PATH, {"name": "CRM", "type": "hubspot", "configuration": {}})
    assert live.changes(spec(connections={"CRM": {"type": "hubspot"}})).keys() >= {"connections/Source"}
    assert "connections/CRM" not in live.changes(spec(connections={"CRM": {"type": "hubspot"}}))


@pytest.mark.parametrize("shown", ["hidden", "shown"])
def test_46_policies_by_name_less_those_of_the_service(make: Any, shown: str) -> None:
    live = make(builtin_policies=shown)
    live.send("POST", "/api/permissions/policies", {"name": "Ours", "policy_actions": []})
    live.send("POST", "/api/permissions/policies", {"name": "Theirs", "policy_actions": []})
    everywhere = {"source": {"policies": ["Ours"]}, "model": {"policies": ["Ours"]}, "sync": {"policies": ["Ours"]}}
    live.steady(spec(**everywhere))
    assert live.changes(spec()) == {}
    other = {name: {"policies": ["Theirs"]} for name in everywhere}
    assert set(map(tuple, live.changes(spec(**other)).values())) == {("policies",)}
    live.steady(spec(**other))
    none = {name: {"policies": []} for name in everywhere}
    live.steady(spec(**none))
    live.steady(spec(**other))
    live.steady(spec(source={"configuration": {**SOURCE["configuration"], "hostname": "other"}}))
    names = {one["id"]: one["name"] for one in live.send("GET", "/api/permissions/policies")}
    assert "Theirs" in [names[id] for id in live.find(PATH, "Source")["policies"]]
