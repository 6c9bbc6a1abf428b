"""A part of the spec, and what the spec shares with the rest of the workspace."""

from __future__ import annotations

import pytest

from tests.cli.test_golden import SPEC, Start
from tests.workspace import EXAMPLE, Sandbox, Workspace, sums

EMPTY: dict[str, list[str]] = {"connections": [], "models": [], "syncs": []}
ALL = {
    "connections": ["MySQL Connection", "Snowflake Connection"],
    "models": ["Customer Model"],
    "syncs": ["MySQL to Snowflake Sync"],
}
TEAMS = """\
connections:
  Snowflake Connection: {managed: false}
models:
  Teams: {connection: MySQL Connection, configuration: {table: company.teams}}
syncs:
  Teams:
    mode: append
    model: Teams
    target: {connection: Snowflake Connection, object: TEAMS.MEMBERS}
    fields: {FULL_NAME: name}
    schedule: {frequency: runafter, run_after: {syncs: [MySQL to Snowflake Sync]}}
"""


@pytest.mark.parametrize(
    ("choice", "live"),
    [
        (["--target", "syncs/*"], ALL),
        (["-t", "models/Customer Model"], {**EMPTY, "connections": ["MySQL Connection"], "models": ["Customer Model"]}),
        (["-t", "connections/*"], {**EMPTY, "connections": ALL["connections"]}),
        (["-x", "syncs/*"], {**ALL, "syncs": []}),
        (["-t", "models/*", "-t", "connections/Snow*"], {**ALL, "syncs": []}),
        (["-t", "*", "-x", "models/*", "-x", "syncs/*"], {**EMPTY, "connections": ALL["connections"]}),
    ],
)
def test_a_target_includes_its_dependencies(
    applier: Workspace, sandbox: Sandbox, choice: list[str], live: dict[str, list[str]]
) -> None:
    assert applier("apply", str(EXAMPLE), "--yes", *choice).code == 0
    assert sandbox.names() == live


def test_globs_come_from_the_environment_too(applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), APPLIER_YES="1", APPLIER_TARGET="connections/MySQL*").code == 0
    assert sandbox.names() == {**EMPTY, "connections": ["MySQL Connection"]}


def test_destroying_a_target_includes_its_dependents(applier: Workspace, sandbox: Sandbox) -> None:
    applier("apply", str(EXAMPLE), "--yes")
    assert applier("destroy", str(EXAMPLE), "--yes", "--target", "models/*").code == 0
    assert sandbox.names() == {**EMPTY, "connections": ALL["connections"]}


def test_destroying_without_the_dependents_is_refused(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applier("apply", str(EXAMPLE), "--yes")
    sandbox.clear("requests")
    applier.write("spec.yaml", SPEC)
    told = transcript("destroy_excluded")
    told.run("destroy", "spec.yaml", "--yes", "--exclude", "syncs/*")
    assert (sandbox.names(), sandbox.writes()) == (ALL, [])


def test_dependents_are_deleted_first(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("a.yaml", SPEC)
    applier.write("b.yaml", TEAMS.replace("connections:\n  Snowflake Connection: {managed: false}\n", ""))
    assert applier("apply", "--yes").code == 0
    ids = {
        f"{kind}/{name}": f"/api/{kind}/{sandbox.named(kind, name)['id']}"
        for kind, names in sandbox.names().items()
        for name in names
    }
    sandbox.clear("requests")
    assert applier("destroy", "--yes", "--parallelism", "1").code == 0
    assert sandbox.writes() == [
        ("DELETE", ids[address], None)
        for address in (
            "syncs/Teams",
            "syncs/MySQL to Snowflake Sync",
            "models/Teams",
            "models/Customer Model",
            "connections/Snowflake Connection",
            "connections/MySQL Connection",
        )
    ]
    assert sandbox.names() == EMPTY


def test_resources_in_use_are_not_destroyed(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    applier.write("teams.yaml", TEAMS)
    assert applier("apply", "spec.yaml", "--yes").code == 0
    assert applier("apply", "teams.yaml", "--yes").code == 0
    before = sandbox.names()
    sandbox.clear("requests")
    told = transcript("destroy_used")
    told.run("destroy", "spec.yaml", "--yes")
    assert (sandbox.names(), sandbox.writes()) == (before, [])


def test_a_user_that_the_listing_missed_is_named_by_the_service(
    transcript: Start, applier: Workspace, sandbox: Sandbox
) -> None:
    """A connection is used by something that applier does not look at; the service's own words are shown."""
    applier.write("spec.yaml", SPEC)
    applier("apply", "spec.yaml", "--yes", "-t", "connections/MySQL*")
    message = {"message": "cannot delete: connection in use", "metadata": {"used_by": [
        {"type": "bulk_sync", "name": "Replica", "id": "0d1c7e0e-8f5b-4bd4-9b0a-1e5fb2b2a0aa"}]}}  # fmt: skip
    sandbox.fault(method="DELETE", path="/api/connections/*", status=422, body=message)
    told = transcript("destroy_refused")
    told.run("destroy", "spec.yaml", "--yes", "-o", "text")


def test_unmanaged_objects_are_referred_to_and_never_written(
    transcript: Start, applier: Workspace, sandbox: Sandbox
) -> None:
    applier("apply", str(EXAMPLE), "--yes")
    told = transcript("unmanaged")
    told.file("teams.yaml", TEAMS)
    told.run("apply", "teams.yaml", "--yes", "--parallelism", "1")
    told.run("plan", "teams.yaml")
    told.run("drift", "teams.yaml", "-o", "json")
    sandbox.clear("requests")
    told.run("destroy", "teams.yaml", "--yes", "--parallelism", "1")
    assert [method for method, _, _ in sandbox.writes()] == ["DELETE", "DELETE"]
    assert sandbox.names() == ALL


def test_a_likely_name_that_is_live_is_no_mistake(applier: Workspace, sandbox: Sandbox) -> None:
    """ "MySQL Connection 2" is near to a declared name, but it exists."""
    applier("apply", str(EXAMPLE), "--yes")
    mysql = sandbox.named("connections", "MySQL Connection")
    configuration = {**mysql["configuration"], "passwd": "another"}
    sandbox.post("/api/connections", {"name": "MySQL Connection 2", "type": "mysql", "configuration": configuration})
    applier.write("spec.yaml", SPEC.replace("connection: MySQL Connection\n", "connection: MySQL Connection 2\n"))
    planned = applier("plan", "spec.yaml")
    assert (planned.code, planned.out.splitlines()[:2], planned.err) == (
        0,
        ["~ models/Customer Model  spec.yaml:35", "    connection  MySQL Connection → MySQL Connection 2"],
        "",
    )
    assert sums(planned.out) == ["Plan: 1 to update (1 model); 3 resources unchanged."]


@pytest.mark.parametrize("options", [["--out", "saved"], ["--detailed-exitcode"]])
def test_an_explanation_is_no_plan(applier: Workspace, options: list[str]) -> None:
    refused = applier("plan", str(EXAMPLE), "--explain", "models/Customer Model", *options)
    said = "Error: --explain shows one resource: use --out and --detailed-exitcode without it\n"
    assert (refused.code, refused.out, refused.err.endswith(said)) == (1, "", True)
    assert not (applier.folder / "saved").exists()


def test_a_sync_is_suggested_by_its_address(applier: Workspace) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    refused = applier("status", "syncs/MySQL to Snowflake sync")
    said = 'error: Live sync "syncs/MySQL to Snowflake sync" not found. [no-such-sync]'
    assert refused.err.splitlines() == [said, '  hint: did you mean "syncs/MySQL to Snowflake Sync"?']
