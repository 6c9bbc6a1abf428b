"""Webhooks, roles and policies come out of an export, and a plan of it is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from applier.export import Export, ExportOptions, export_workspace
from applier.spec.documents.write import dump_yaml
from tests.export.support import (
    apply_plan,
    assert_export_then_plan_is_empty,
    comparable,
    differences,
    export,
    plan_export,
)
from tests.export.test_command import applier_for
from tests.export.test_pull_then_plan_has_only_reported_differences import pull_and_plan
from tests.export.written_specs import WrittenSpec
from tests.kinds.workspace import ENVIRONMENT, InProcessWorkspace, spec

ENDPOINT = "https://alerts.example.com/polytomic?team=data"
ROLES, POLICIES = "/api/permissions/roles", "/api/permissions/policies"
ACCESS = {
    "roles": {"Analysts": {}, "Operators": {}},
    "policies": {"Finance": {"actions": {"read": ["Analysts", "Operators"], "edit": ["Admin", "Operators"]}}},
    "webhooks": {"Alerts": {"endpoint": ENDPOINT, "secret": "${env:SECRET}", "enabled": False}},
}


def sections(made: Export) -> dict[str, Any]:
    return {kind: body for kind, body in yaml.safe_load(made.text).items() if kind in ACCESS}


def test_access_is_exported_as_a_person_would_write_it(live: InProcessWorkspace) -> None:
    live.steady(spec(**ACCESS, sync={"policies": ["Finance"]}))
    made = assert_export_then_plan_is_empty(live)
    assert sections(made) == {
        "roles": {"Analysts": {}, "Operators": {}},
        "policies": {"Finance": {"actions": {"read": ["Analysts", "Operators"], "edit": ["Admin", "Operators"]}}},
        "webhooks": {
            ENDPOINT: {
                "endpoint": ENDPOINT,
                "secret": "${env:HTTPS_ALERTS_EXAMPLE_COM_POLYTOMIC_TEAM_DATA_SECRET}",
                "enabled": False,
            }
        },
    }
    assert ENVIRONMENT["SECRET"] not in "".join([*made.files.values(), made.text])


def test_an_export_makes_the_same_in_an_empty_workspace(make: Any) -> None:
    live, other = make("2025-09-18"), make("2025-09-18")
    live.steady(spec(**ACCESS))
    apply_plan(other, plan_export(other, export(live)))
    assert dict(export(other).files) == dict(export(live).files)
    assert comparable(other) == comparable(live)


def test_system_objects_are_exported_only_where_names_are_ambiguous(live: InProcessWorkspace) -> None:
    finance = {"Finance": {"actions": {"edit": ["Admin"]}}}
    live.apply(spec(roles={"Admins": {}, "Admin": {"managed": False}}, policies=finance))
    made = assert_export_then_plan_is_empty(live)
    assert sections(made) == {"roles": {"Admin": {"managed": False}, "Admins": {}}, "policies": finance}


def test_names_that_are_not_unique_get_ids(live: InProcessWorkspace) -> None:
    ids = sorted(live.send("POST", ROLES, {"name": "Admin"})["id"] for _ in range(2))
    bindings = [{"action": "read", "role_ids": ids}]
    for name in ("Team", "Team"):
        live.send("POST", POLICIES, {"name": name, "policy_actions": bindings})
    made = assert_export_then_plan_is_empty(live)
    assert [one for one in sections(made)["roles"] if "managed" not in sections(made)["roles"][one]] == [
        f"Admin ({one})" for one in ids
    ]
    assert len(sections(made)["policies"]) == 2


def test_a_role_that_is_gone_leaves_its_action_out(live: InProcessWorkspace) -> None:
    live.apply(spec(**ACCESS))
    gone = str(next(one["id"] for one in live.send("GET", ROLES) if one["name"] == "Analysts"))
    live.send("DELETE", f"{ROLES}/{gone}")
    made = export_workspace(live.client(), ExportOptions(), 4)
    assert [(one.detail, one.hint) for one in made.diagnostics] == [
        (
            (
                f"Role {gone} does not exist. 1 object refers to it and is exported without actions.read: "
                "policies/Finance."
            ),
            "remove the reference in Polytomic",
        )
    ]
    assert sections(made)["policies"] == {"Finance": {"actions": {"edit": ["Admin", "Operators"]}}}
    assert differences(plan_export(live, made)) == {}


def test_a_key_that_may_not_list_them_exports_the_rest(live: InProcessWorkspace) -> None:
    live.apply(spec(**ACCESS, sync={"policies": ["Finance"]}))
    for path in (ROLES, POLICIES, "/api/webhooks"):
        live.fault(path=path, status=403, body={"message": "only administrators"})
    made = export_workspace(live.client(), ExportOptions(), 4)
    assert (sections(made), "policies" in made.text, made.count) == ({}, False, 4)
    assert [one.detail for one in made.diagnostics] == [
        f"The API key cannot list {kind}. Neither they nor references to them are exported."
        for kind in ("roles", "policies", "webhooks")
    ]


def test_a_webhook_is_adopted(make: Any, tmp_path: Path) -> None:
    live = make("2024-02-08")
    live.apply(spec(**ACCESS))
    applier = applier_for(live, tmp_path / "project")
    done = applier("adopt", f"webhooks/{ENDPOINT}", "--file", "spec.yaml")
    assert (done.code, done.err.splitlines()[0]) == (0, f"added webhooks/{ENDPOINT} to spec.yaml")
    assert yaml.safe_load((applier.folder / "spec.yaml").read_text("utf-8"))["webhooks"].keys() == {ENDPOINT}


def test_edits_are_pulled(live: InProcessWorkspace) -> None:
    live.apply(spec(**ACCESS))
    analysts, operators = (live.find(ROLES, name)["id"] for name in ("Analysts", "Operators"))
    bindings = [{"action": "read", "role_ids": [operators]}, {"action": "edit", "role_ids": [operators, analysts]}]
    live.change(POLICIES, "Finance", policy_actions=bindings)
    (webhook,) = live.send("GET", "/api/webhooks")
    live.send("PUT", f"/api/webhooks/{webhook['id']}", {"endpoint": "https://other.example.com", "secret": "x"})
    live.send("POST", f"/api/webhooks/{webhook['id']}/enable")
    (live.folder / "project").mkdir()
    file = live.folder / "project" / "spec.yaml"
    file.write_text(dump_yaml({**spec(**ACCESS), "environments": {"dev": {}}}), "utf-8")
    pulled, remaining = pull_and_plan(live, WrittenSpec(file.parent))
    assert (pulled.left, remaining) == ((), set())
    assert yaml.safe_load(file.read_text("utf-8")) == spec(
        roles=ACCESS["roles"],
        policies={"Finance": {"actions": {"read": ["Operators"], "edit": ["Operators", "Analysts"]}}},
        webhooks={"Alerts": {**ACCESS["webhooks"]["Alerts"], "endpoint": "https://other.example.com", "enabled": True}},
        environments={"dev": {}},
    )
