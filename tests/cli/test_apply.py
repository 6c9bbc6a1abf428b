"""Failures during an apply: refused and failing writes, lost answers, edits by others, as whole outputs."""

from __future__ import annotations

from typing import Any

from tests.cli.test_golden import SPEC, Start
from tests.cli.test_selection import ALL
from tests.workspace import EXAMPLE, KEY, Sandbox, Workspace

ONE = ("--parallelism", "1")


def created(sandbox: Sandbox) -> list[str]:
    return [body["name"] for method, path, body in sandbox.writes() if method == "POST" and path.count("/") == 2]


def test_a_failure_skips_only_its_dependents(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    sandbox.fault(method="POST", path="/api/models", status=422, body={"message": "no more models today"})
    told = transcript("partly")
    told.run("apply", "spec.yaml", "--yes", "-o", "json", "-q", *ONE)
    assert sandbox.names() == {**ALL, "models": [], "syncs": []}
    sandbox.clear("faults")
    told.say("Another apply goes on.")
    told.run("apply", "spec.yaml", "--yes", *ONE)
    assert sandbox.names() == ALL
    told.run("plan", "spec.yaml", "--detailed-exitcode")


def test_one_at_a_time_is_the_order_of_the_plan(applier: Workspace, sandbox: Sandbox) -> None:
    """Also where a later one could go earlier: the example's sync waits for one model, the one before it for both."""
    model = "  Teams:\n    connection: MySQL Connection\n    configuration: {table: company.teams}\n"
    fields = "{EMAIL: email, LAST_NAME: {model: Teams, field: name}}"
    sync = (
        "  Both:\n    mode: append\n    model: Customer Model\n    schedule: {frequency: manual}\n"
        f"    target: {{connection: Snowflake Connection, object: CUSTOMERS.CONTACTS}}\n    fields: {fields}\n"
    )
    applier.write("spec.yaml", SPEC.replace("models:\n", f"models:\n{model}") + sync)
    planned = applier("plan", "spec.yaml", "-o", "json")
    assert applier("apply", "spec.yaml", "--yes", *ONE).code == 0
    assert created(sandbox) == [one["name"] for one in planned.json["changes"]]
    assert created(sandbox)[-4:] == ["Customer Model", "Teams", "Both", "MySQL to Snowflake Sync"]


def test_a_temporary_server_error_is_retried(applier: Workspace, sandbox: Sandbox) -> None:
    sandbox.fault(method="GET", path="/api/connections", status=503, times=1)
    sandbox.fault(method="POST", path="/api/models", status=500, times=1)
    sandbox.fault(method="POST", path="/api/syncs", status=429, retry_after=0, times=2)
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    assert sandbox.names() == ALL


def test_a_lost_answer_creates_no_duplicate(applier: Workspace, sandbox: Sandbox) -> None:
    for path in ("/api/connections", "/api/models", "/api/syncs"):
        sandbox.fault(kind="drop", when="after", method="POST", path=path, times=1)
    applied = applier("apply", str(EXAMPLE), "--yes")
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 4 created.")
    assert sandbox.names() == ALL


def test_a_failed_answer_after_a_create_creates_no_duplicate(applier: Workspace, sandbox: Sandbox) -> None:
    for path in ("/api/connections", "/api/models", "/api/syncs"):
        sandbox.fault(kind="status", when="after", method="POST", path=path, status=502, times=1)
    applied = applier("apply", str(EXAMPLE), "--yes")
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 4 created.")
    assert sandbox.names() == ALL
    assert sorted(set(created(sandbox))) == sorted(name for names in ALL.values() for name in names)


def test_answers_of_something_else(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    """A proxy's login page, half an answer, a list where an object belongs."""
    applier.write("spec.yaml", SPEC)
    told = transcript("error_odd_answers")
    for fault in ({"kind": "garbage"}, {"kind": "truncate"}, {"status": 418, "body": "<html>  <b>I am a\nteapot</b>"}):
        sandbox.fault(method="GET", path="/api/models", **fault)
        told.say(f"The answer is spoilt: {fault}")
        told.run("plan", "spec.yaml", "--timeout", "1")
        sandbox.clear("faults")


def test_verbose_logs_requests_without_secrets(applier: Workspace, sandbox: Sandbox) -> None:
    applied = applier("apply", str(EXAMPLE), "--yes", "-v", MYSQL_PASSWORD="hunter2-in-the-environment")
    assert applied.code == 0
    assert [word for word in ("hunter2", "secret-password", KEY) if word in applied.out + applied.err] == []


def edit(sandbox: Sandbox, **members: Any) -> None:
    """Somebody else changes the sync."""
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")
    target = {name: sync["target"][name] for name in ("connection_id", "object")}
    kept = {name: sync[name] for name in ("name", "mode", "active", "fields", "schedule")}
    sandbox.put(f"/api/syncs/{sync['id']}", {**kept, "target": target, **members})
