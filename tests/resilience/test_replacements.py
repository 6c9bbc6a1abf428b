"""A change that no update can make: a new object, then its dependents, then the old one, also after interruptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.interrupted_runs import RecordedRun, interrupt_and_run_again, lose_single_answers, record_run
from tests.resilience.projects import CONNECTIONS
from tests.resilience.support import assert_plan_is_empty, create_by_hand, faults, state
from tests.workspace import Sandbox, Workspace

SPEC = "spec.yaml"
USERS = """\
models:
  Customers: {connection: MySQL, configuration: {table: company.customers}}
  Back: {connection: Warehouse, configuration: {table: %s}}
syncs:
  Contacts:
    mode: append
    model: Customers
    target: {connection: Warehouse, object: %s}
    fields: {%s}
    schedule: {frequency: manual}
"""
SNOWFLAKE = CONNECTIONS + USERS % ("CUSTOMERS.CONTACTS", "CUSTOMERS.CONTACTS", "EMAIL: email")
OTHER = """\
  Warehouse:
    type: mysql
    configuration: {hostname: other, port: 3306, dbname: company, account: user, passwd: "${env:OTHER:-secret}"}
"""
MYSQL = (
    CONNECTIONS[: CONNECTIONS.index("  Warehouse:")]
    + OTHER
    + USERS % ("company.teams", "company.customers", "id: id, email: email")
)
REPLACE = ("apply", SPEC, "--allow-replace", "--force")


@pytest.fixture
def before(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, SNOWFLAKE)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, MYSQL)
    sandbox.clear("requests")


@pytest.fixture
def recorded_run(before: None, applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> RecordedRun:
    return record_run(applier, sandbox, tmp_path, *REPLACE)


def test_a_replacement_has_to_be_allowed(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    refused = applier("apply", SPEC, "--yes")
    assert (refused.code, "[cannot-change]" in refused.err, sandbox.writes()) == (1, True, [])


def test_dependents_are_moved_to_the_replacement(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    old = sandbox.named("connections", "Warehouse")["id"]
    applied = applier(*REPLACE, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "! connections/Warehouse  replaced",
            "~ models/Back  updated",
            "~ syncs/Contacts  updated",
            "- connections/Warehouse (old)  deleted",
            "> connections/Warehouse (replacement)  renamed",
        ],
    )
    new = sandbox.named("connections", "Warehouse")
    assert new["id"] != old
    assert new["type"]["id"] == "mysql"
    assert sandbox.named("models", "Back")["connection_id"] == new["id"]
    assert sandbox.named("syncs", "Contacts")["target"]["connection_id"] == new["id"]
    assert_plan_is_empty(applier, SPEC)


def test_unmanaged_dependents_block_a_replacement(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    create_by_hand(sandbox, "models", "Back", name="By hand")
    sandbox.clear("requests")
    refused = applier(*REPLACE, "--yes")
    assert (refused.code, 'is in use by the live model "By hand"' in refused.err, sandbox.writes()) == (1, True, [])
    assert "  hint: declare it, so that it moves to the new object, delete or change it first, or keep" in refused.err


@pytest.mark.parametrize(
    ("more", "options"),
    [("removed: {syncs: [Contacts], models: [Back]}\n", ()), ('owns: {syncs: ["*"], models: ["*"]}\n', ("--prune",))],
    ids=["removed", "pruned"],
)
def test_dependents_deleted_in_the_same_run_do_not_block(
    before: None, applier: Workspace, sandbox: Sandbox, more: str, options: tuple[str, ...]
) -> None:
    applier.write(SPEC, MYSQL[: MYSQL.index("  Back:")] + more)
    applied = applier(*REPLACE, *options, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "! connections/Warehouse  replaced",
            "- syncs/Contacts  deleted",
            "- models/Back  deleted",
            "- connections/Warehouse (old)  deleted",
            "> connections/Warehouse (replacement)  renamed",
        ],
    )
    assert state(sandbox).addresses == ["connections/MySQL", "connections/Warehouse", "models/Customers"]
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize(("limit", "code"), [(3, 0), (2, 3)])
def test_a_replacement_counts_once_against_the_limits(
    before: None, applier: Workspace, sandbox: Sandbox, limit: int, code: int
) -> None:
    """The connection, the model and the sync, however many steps that takes."""
    applier.write(SPEC, f"limits: {{updates: {limit}}}\n{MYSQL}")
    applied = applier("apply", SPEC, "--allow-replace", "--yes")
    assert applied.code == code
    assert code == 0 or "The plan has 3 updates, but limits.updates allows 2." in applied.err


def test_an_interrupted_replacement_converges(recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in interrupt_and_run_again(recorded_run, sandbox, every=3):
        assert_plan_is_empty(applier, SPEC)


def test_a_single_lost_answer_is_recovered(recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in lose_single_answers(recorded_run, sandbox, every=6):
        assert_plan_is_empty(applier, SPEC)


def test_an_owned_replacement_is_not_pruned(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    """All is inside `owns`: what an interrupted replacement has left is gone on with, not deleted under its users."""
    applier.write(SPEC, MYSQL + 'owns: {connections: ["*"], models: ["*"], syncs: ["*"]}\n')
    with faults(sandbox, {"status": 403, "method": "DELETE"}):
        assert applier(*REPLACE, "--yes", "--prune").code == 4
    assert state(sandbox).addresses == [
        "connections/MySQL",
        "connections/Warehouse",
        "connections/Warehouse (replacement)",
        "models/Back",
        "models/Customers",
        "syncs/Contacts",
    ]
    assert applier(*REPLACE, "--yes", "--prune").code == 0
    assert state(sandbox).addresses == [
        "connections/MySQL",
        "connections/Warehouse",
        "models/Back",
        "models/Customers",
        "syncs/Contacts",
    ]
    assert_plan_is_empty(applier, SPEC)
