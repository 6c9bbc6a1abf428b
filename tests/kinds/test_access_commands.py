"""Roles, policies and webhooks on the command line: what a delete leaves, what adopt refuses, what a typo says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.workspace import Sandbox, Workspace

SPEC = """\
version: 1
roles: {R: {}}
policies: {P: {actions: {read: [R]}}}
connections:
  Db:
    type: mysql
    configuration: {hostname: db, port: 3306, dbname: company, account: user, passwd: "${env:SECRET}"}
    policies: [P]
webhooks:
  Ops: {endpoint: "https://alerts.example.com/one", secret: "${env:SECRET}"}
"""


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    workspace = Workspace.local(tmp_path, SECRET="correct horse")
    workspace.write("spec.yaml", SPEC)
    assert workspace("apply", "spec.yaml", "--yes", "-q").code == 0
    return workspace


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


@pytest.mark.parametrize(
    ("target", "place", "noun", "user"),
    [("roles/R", "2:9", 'role "R"', 'policy "P"'), ("policies/P", "3:12", 'policy "P"', 'connection "Db"')],
)
def test_a_delete_of_an_attachment_does_not_delete_what_it_is_attached_to(
    applier: Workspace, target: str, place: str, noun: str, user: str
) -> None:
    destroyed = applier("destroy", "spec.yaml", "-t", target, "--yes", "-q")
    assert (destroyed.code, without_ids(destroyed.err)) == (
        1,
        (
            f"spec.yaml:{place}: error: The {noun} is in use by the live {user} (ID), which is not deleted. "
            "[still-used]\n"
            f"  hint: remove the {noun.partition(' ')[0]} from the dependent first, or keep this one with --exclude\n"
        ),
    )
    kind, name = target.split("/")
    applier.write("removed.yaml", f"version: 1\nremoved: {{{kind}: [{name}]}}\n")
    assert applier("apply", "removed.yaml", "--force-delete", "--yes", "-q").code == 1
    assert applier("plan", "spec.yaml", "--detailed-exitcode", "-q").code == 0


def test_adopt_does_not_declare_the_only_webhook_twice(applier: Workspace) -> None:
    adopted = applier("adopt", "webhooks/https://alerts.example.com/one", "--file", "spec.yaml")
    assert (adopted.code, adopted.err) == (
        1,
        (
            "error: spec.yaml declares webhooks already, and an organization has one. Nothing was added. [not-added]\n"
            "  hint: change the declaration, or use pull\n"
        ),
    )
    assert applier.read("spec.yaml") == SPEC


def test_adopt_says_why_an_object_of_the_service_is_not_added(applier: Workspace) -> None:
    adopted = applier("adopt", "roles/Admin", "--file", "new.yaml")
    assert (adopted.code, adopted.err) == (
        1,
        (
            "error: roles/Admin cannot be exported. Nothing was added. [not-added]\n"
            "  hint: the service's own objects are not exported; declare it with managed: false\n"
        ),
    )


@pytest.mark.parametrize("body", ["managed: false", 'managed: false, endpoint: "https://alerts.example.com/one"'])
def test_an_unmanaged_webhook_is_found(applier: Workspace, body: str) -> None:
    applier.write("other.yaml", f"version: 1\nwebhooks: {{Alerts: {{{body}}}}}\n")
    planned = applier("plan", "other.yaml", "-q")
    assert (planned.code, planned.out, planned.err) == (0, "Nothing to do.\n", "")


def test_an_unmanaged_webhook_with_another_endpoint_is_not_found(applier: Workspace) -> None:
    applier.write("other.yaml", 'version: 1\nwebhooks: {Alerts: {managed: false, endpoint: "https://x.example"}}\n')
    planned = applier("plan", "other.yaml", "-q")
    assert (planned.code, planned.err) == (
        1,
        (
            'other.yaml:2:12: error: The webhook "Alerts" has "managed: false", but no live webhook has this endpoint. '
            "[not-live]\n  hint: create it in Polytomic, or declare the webhook in full\n"
        ),
    )


def test_a_managed_webhook_beside_an_unmanaged_one_is_one_too_many(applier: Workspace) -> None:
    applier.write("other.yaml", SPEC + "  Alerts: {managed: false}\n")
    validated = applier("validate", "other.yaml", "-q")
    assert (validated.code, validated.err.splitlines()[0]) == (
        1,
        (
            "other.yaml:11:3: error: webhooks/Alerts and webhooks/Ops are both declared: an organization has one "
            "webhook. [only-one]"
        ),
    )


def test_a_misspelled_action_is_pointed_out_and_another_one_is_sent(applier: Workspace) -> None:
    applier.write("other.yaml", "version: 1\npolicies: {P: {actions: {raed: [], approve: []}}}\n")
    validated = applier("validate", "other.yaml")
    assert (validated.code, validated.err) == (
        0,
        (
            'other.yaml:2:26: warning: "raed" of policies/P is not a known action. It is sent unchanged. '
            '[unknown-setting]\n  hint: did you mean "read"?\n'
        ),
    )


def test_several_policies_have_their_plural(applier: Workspace) -> None:
    applier.write("other.yaml", "version: 1\npolicies: {A: {}, B: {}}\n")
    assert applier("validate", "other.yaml", "-q").out == "Valid: 2 policies in 1 file.\n"


def test_a_list_that_the_key_may_not_read_is_named(applier: Workspace) -> None:
    with Sandbox.serve(applier.folder / "data") as sandbox:
        sandbox.fault(method="GET", path="/api/permissions/roles", status=403, times=1)
        planned = Workspace.on(sandbox, applier.folder, SECRET="correct horse")("plan", "spec.yaml", "-q")
    assert (planned.code, planned.err.splitlines()[0]) == (
        1,
        "error: Cannot list roles. The service answered 403: injected fault 403 [service]",
    )


def test_a_pull_keeps_an_action_that_lost_its_roles(applier: Workspace) -> None:
    with Sandbox.serve(applier.folder / "data") as sandbox:
        served = Workspace.on(sandbox, applier.folder, SECRET="correct horse")
        policy = next(one for one in sandbox.get("/api/permissions/policies") if one["name"] == "P")
        sandbox.put(f"/api/permissions/policies/{policy['id']}", {"name": "P", "policy_actions": []})
        assert served("pull", "--path", "spec.yaml", "-q").code == 0
        assert "policies: {P: {actions: {read: []}}}" in served.read("spec.yaml")
        assert served.is_up_to_date("spec.yaml")


def test_a_removed_webhook_is_named_by_its_endpoint(applier: Workspace) -> None:
    applier.write("removed.yaml", "version: 1\nremoved: {webhooks: [Ops]}\n")
    planned = applier("plan", "removed.yaml")
    assert (planned.code, planned.err.splitlines()[-2:]) == (
        0,
        [
            'removed.yaml:2:22: warning: No live webhook has the endpoint "Ops", which removed names. [no-effect]',
            "  hint: write the endpoint: a webhook has no name",
        ],
    )
    applier.write("removed.yaml", 'version: 1\nremoved: {webhooks: ["https://alerts.example.com/one"]}\n')
    assert applier("apply", "removed.yaml", "--yes", "-q").out.splitlines()[-1] == "Applied: 1 deleted."
