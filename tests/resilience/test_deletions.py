"""Deletions: what is pruned or destroyed, which dependents go along, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resilience.projects import CONNECTIONS, SYNC
from tests.resilience.support import ONE, assert_plan_is_empty, create_by_hand, faults, requests, state
from tests.workspace import Sandbox, Workspace

SPEC = "spec.yaml"
CONTACTS = (SYNC % "Customers").removeprefix("syncs:\n")
CUSTOMERS = "  Customers: {connection: MySQL, configuration: {table: company.customers}}\n"
TEAMS = "  Teams: {connection: MySQL, configuration: {table: company.teams}}\n"
WHOLE = f"{CONNECTIONS}models:\n{CUSTOMERS}{TEAMS}syncs:\n{CONTACTS}"


@pytest.fixture(autouse=True)
def applied(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, WHOLE)
    assert applier("apply", SPEC, "--yes").code == 0
    sandbox.clear("requests")


def codes(result: Any) -> list[str]:
    return [one["code"] for one in result.json["diagnostics"] if one["severity"] == "error"]


def deleted_paths(sandbox: Sandbox) -> list[str]:
    return [path for method, path, _ in sandbox.writes() if method == "DELETE"]


def changes_of(result: Any) -> list[tuple[str, str, list[str]]]:
    return [(one["action"], one["address"], one["waits_for"]) for one in result.json["changes"]]


def test_prune_deletes_owned_objects_only(applier: Workspace, sandbox: Sandbox) -> None:
    for name in ("tmp one", "tmp two", "precious"):
        create_by_hand(sandbox, "models", "Teams", name=name)
    applier.write(SPEC, WHOLE + 'owns: {models: ["tmp *"]}\n')
    assert applier("plan", SPEC, "-o", "json").json["unmanaged"] != []
    assert changes_of(applier("plan", SPEC, "--prune", "-o", "json")) == [
        ("delete", "models/tmp one", []),
        ("delete", "models/tmp two", []),
    ]
    assert applier("apply", SPEC, "--prune", "--yes").code == 0
    assert sandbox.names()["models"] == ["Customers", "Teams", "precious"]
    assert_plan_is_empty(applier, SPEC, "--prune")


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (("-x", "syncs/*"), ["Customers", "Teams"]),
        (("-t", "models/*"), ["Customers", "Teams"]),
        (("-t", "syncs/*"), ["Customers", "Teams", "tmp one", "tmp two"]),
        (("-x", "models/tmp t*"), ["Customers", "Teams", "tmp two"]),
    ],
)
def test_prune_obeys_target_and_exclude(
    applier: Workspace, sandbox: Sandbox, choice: tuple[str, ...], left: list[str]
) -> None:
    for name in ("tmp one", "tmp two"):
        create_by_hand(sandbox, "models", "Teams", name=name)
    applier.write(SPEC, WHOLE + 'owns: {models: ["tmp *"]}\n')
    assert applier("apply", SPEC, "--prune", "--yes", *choice).code == 0
    assert sandbox.names()["models"] == left


def test_unmanaged_objects_of_one_name_are_both_pruned(applier: Workspace, sandbox: Sandbox) -> None:
    """Both go, and both are told."""
    for _ in range(2):
        create_by_hand(sandbox, "models", "Teams", name="tmp")
    applier.write(SPEC, WHOLE + 'owns: {models: ["tmp*"]}\n')
    applied = applier("apply", SPEC, "--prune", "--yes")
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 2 deleted.")
    assert sandbox.names()["models"] == ["Customers", "Teams"]


def test_models_in_a_cycle_are_pruned(applier: Workspace, sandbox: Sandbox) -> None:
    one = create_by_hand(sandbox, "models", "Teams", name="tmp one")
    two = create_by_hand(sandbox, "models", "Teams", name="tmp two")
    for mine, other, name in ((one, two, "tmp one"), (two, one, "tmp two")):
        live = sandbox.get(f"/api/models/{mine}")
        body = {"connection_id": live["connection_id"], "configuration": {"table": "company.teams"}}
        relation = {"to": {"model_id": other, "field": "id"}, "from": "id"}
        sandbox.put(f"/api/models/{mine}", {**body, "name": name, "relations": [relation]})
    applier.write(SPEC, WHOLE + 'owns: {models: ["tmp*"]}\n')
    applied = applier("apply", SPEC, "--prune", "--yes")
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 2 deleted.")
    assert sandbox.names()["models"] == ["Customers", "Teams"]


def test_force_delete_lists_dependents(applier: Workspace, sandbox: Sandbox) -> None:
    create_by_hand(sandbox, "syncs", "Contacts", name="By hand")
    applier.write(SPEC, f"{CONNECTIONS}models:\n{TEAMS}removed: {{models: [Customers], syncs: [Contacts]}}\n")
    refused = applier("apply", SPEC, "--yes", "-o", "json", *ONE)
    assert (refused.code, codes(refused), deleted_paths(sandbox)) == (1, ["still-used"], [])
    assert 'is in use by the live sync "By hand"' in refused.json["diagnostics"][0]["detail"]
    assert changes_of(applier("plan", SPEC, "--force-delete", "-o", "json")) == [
        ("delete", "syncs/By hand", []),
        ("delete", "syncs/Contacts", []),
        ("delete", "models/Customers", ["syncs/By hand", "syncs/Contacts"]),
    ]
    assert (applier("apply", SPEC, "--force-delete", "--yes").code, deleted_paths(sandbox)) == (
        3,
        [],
    )  # no sync is left
    assert applier("apply", SPEC, "--force-delete", "--force", "--yes").code == 0
    assert state(sandbox).addresses == ["connections/MySQL", "connections/Warehouse", "models/Teams"]
    assert [one["query"] for one in requests(sandbox) if one["method"] == "DELETE"] == [[], [], []]


def test_force_delete_keeps_dependents_that_move(applier: Workspace, sandbox: Sandbox) -> None:
    """The sync is given another model in the same run: it is no victim."""
    moved = CONTACTS.replace("model: Customers", "model: People")
    people = CUSTOMERS.replace("Customers", "People")
    applier.write(SPEC, f"{CONNECTIONS}models:\n{TEAMS}{people}syncs:\n{moved}removed: {{models: [Customers]}}\n")
    assert changes_of(applier("plan", SPEC, "--force-delete", "-o", "json")) == [
        ("create", "models/People", []),
        ("update", "syncs/Contacts", ["models/People"]),
        ("delete", "models/Customers", ["syncs/Contacts"]),
    ]
    assert applier("apply", SPEC, "--force-delete", "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def test_force_delete_keeps_declared_dependents(applier: Workspace, sandbox: Sandbox) -> None:
    """The spec says both: the model goes, and its sync stays. That cannot be."""
    applier.write(SPEC, f"{CONNECTIONS}models:\n{TEAMS}syncs:\n{CONTACTS}removed: {{models: [Customers]}}\n")
    for forced in ((), ("--force-delete",)):
        refused = applier("apply", SPEC, "--yes", "-o", "json", *forced)
        assert (refused.code, "still-used" in codes(refused), deleted_paths(sandbox)) == (1, True, [])


def test_dependencies_of_excluded_resources_are_kept(applier: Workspace, sandbox: Sandbox) -> None:
    """The sync would move to another model, but is excluded: the old model has to stay."""
    moved = CONTACTS.replace("model: Customers", "model: People")
    people = CUSTOMERS.replace("Customers", "People")
    applier.write(SPEC, f"{CONNECTIONS}models:\n{TEAMS}{people}syncs:\n{moved}removed: {{models: [Customers]}}\n")
    refused = applier("apply", SPEC, "--yes", "-o", "json", "-x", "syncs/*")
    assert (refused.code, codes(refused), deleted_paths(sandbox)) == (1, ["still-used"], [])


def test_an_absent_object_counts_as_deleted(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, f"{CONNECTIONS}models:\n{CUSTOMERS}removed: {{models: [Teams], syncs: [Contacts]}}\n")
    missing = {"status": 404, "method": "DELETE", "body": {"message": "not found"}}
    with faults(sandbox, missing):
        applied = applier("apply", SPEC, "--yes")
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 2 deleted.")


def test_an_object_edited_since_the_plan_is_not_deleted(applier: Workspace, sandbox: Sandbox) -> None:
    """Somebody works on it while the plan waits for its turn: the model before it takes its time."""
    sync = sandbox.named("syncs", "Contacts")
    applier.write(
        SPEC, f"{CONNECTIONS}models:\n{CUSTOMERS}{TEAMS}removed: {{syncs: [Contacts]}}\n".replace("3306", "3307")
    )
    with faults(sandbox, {"kind": "delay", "method": "PUT", "path": "/api/connections/*", "delay": 60}):
        process = applier.start("apply", SPEC, "--yes", *ONE)
        while not any(one["fired"] for one in sandbox.get("/_sandbox/faults")):
            pass
        body = {key: sync[key] for key in ("mode", "fields", "active")}
        target = {key: sync["target"][key] for key in ("connection_id", "object")}
        edited = {**body, "target": target, "name": "Contacts", "schedule": {"frequency": "continuous"}}
        sandbox.put(f"/api/syncs/{sync['id']}", edited)
        sandbox.clear("faults")
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, "after the plan was made; not deleted." in out) == (4, True), out
    assert sandbox.names()["syncs"] == ["Contacts"]


def test_destroy_deletes_declared_resources_only(applier: Workspace, sandbox: Sandbox) -> None:
    create_by_hand(sandbox, "models", "Teams", name="precious")
    refused = applier("destroy", SPEC, "--yes", "-o", "json")
    assert (refused.code, codes(refused), deleted_paths(sandbox)) == (1, ["still-used"], [])
    partly = applier("destroy", SPEC, "--yes", "-x", "connections/MySQL")
    assert partly.code == 0
    assert state(sandbox).addresses == ["connections/MySQL", "models/precious"]
    assert applier("destroy", SPEC, "--yes", "--force-delete").code == 0
    assert state(sandbox).addresses == []
