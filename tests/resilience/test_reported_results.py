"""The report of an apply that does not go as planned names exactly what was done."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cli.test_apply import edit
from tests.resilience.projects import BEFORE, CONNECTIONS, EXAMPLE_SPEC
from tests.resilience.support import ONE, assert_plan_is_empty, faults, requests, state, statuses
from tests.system import ENDING, send_interrupt
from tests.workspace import Sandbox, Workspace

SPEC = "spec.yaml"
SYNC = "syncs/MySQL to Snowflake Sync"
PATIENCE = 60.0  # seconds; nothing takes so long, however busy the machine is
MANY = (
    CONNECTIONS
    + "models:\n"
    + "".join(
        f"  Model {number:02}: {{connection: MySQL, configuration: {{table: company.teams}}}}\n" for number in range(20)
    )
)


def wait_for_fault(sandbox: Sandbox, times: int = 1) -> None:
    """Until something has gone wrong as wanted."""
    deadline = time.monotonic() + PATIENCE
    while sum(one["fired"] for one in sandbox.get("/_sandbox/faults")) < times and time.monotonic() < deadline:
        time.sleep(0.01)


@contextmanager
def meanwhile(sandbox: Sandbox, delayed: dict[str, Any], **members: Any) -> Iterator[None]:
    """Somebody edits the sync in Polytomic while the request is held, which goes on when the edit is done."""

    def work() -> None:
        wait_for_fault(sandbox)
        edit(sandbox, **members)
        sandbox.clear("faults")

    with faults(sandbox, {"kind": "delay", "delay": PATIENCE, **delayed}):
        other = threading.Thread(target=work)
        other.start()
        yield
        other.join()


@pytest.fixture
def changed(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("frequency: continuous", "frequency: manual"))
    sandbox.clear("requests")


def test_a_value_that_the_service_changes_is_not_converged(changed: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Written, and when it is read again something else is there."""
    with meanwhile(
        sandbox, {"method": "GET", "path": "/api/syncs/*-*", "nth": 2}, schedule={"frequency": "continuous"}
    ):
        applied = applier("apply", SPEC, "--yes", "-q")
    assert (applied.code, applied.out.splitlines()[-3:]) == (
        4,
        [
            f"~ {SYNC}  updated",
            "    not converged: schedule.frequency: live continuous, declared manual",
            "Partly applied: 1 updated, 1 not converged.",
        ],
    )
    assert applier("apply", SPEC, "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def test_an_edit_right_before_the_write_is_a_conflict(changed: None, applier: Workspace, sandbox: Sandbox) -> None:
    first = {"method": "GET", "path": "/api/syncs/*-*", "nth": 1}
    with meanwhile(sandbox, first, schedule={"frequency": "hourly", "minute": "5"}):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, statuses(applied)) == (4, {SYNC: "conflict"})
    assert [one["body"]["schedule"]["frequency"] for one in requests(sandbox) if one["method"] == "PUT"] == ["hourly"]


def test_an_edit_to_the_declared_value_is_no_conflict(changed: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Another run of the same files was faster; nothing is overwritten."""
    with meanwhile(sandbox, {"method": "GET", "path": "/api/syncs/*-*", "nth": 1}, schedule={"frequency": "manual"}):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, statuses(applied)) == (0, {SYNC: "done"})
    assert_plan_is_empty(applier, SPEC)


def test_an_activation_by_another_run_is_no_conflict(applier: Workspace, sandbox: Sandbox) -> None:
    """The other run has made the sync; this one planned before the other had activated it, and comes after."""
    applier.write(SPEC, EXAMPLE_SPEC.replace("active: true", "active: false"))
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC)
    with meanwhile(sandbox, {"method": "GET", "path": "/api/syncs/*-*", "nth": 1}, active=True):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, statuses(applied)) == (0, {SYNC: "done"})
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize(
    "more",
    [{"sync_all_records": True}, {"mode": "append"}],
    ids=["a field that the files leave out", "a declared field"],
)
def test_an_edit_beyond_the_declared_value_is_a_conflict(
    changed: None, applier: Workspace, sandbox: Sandbox, more: dict[str, Any]
) -> None:
    edited = {"schedule": {"frequency": "manual"}, **more}
    with meanwhile(sandbox, {"method": "GET", "path": "/api/syncs/*-*", "nth": 1}, **edited):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, statuses(applied)) == (4, {SYNC: "conflict"})
    assert sum(one["method"] == "PUT" for one in requests(sandbox)) == 1


def test_an_edit_after_the_plan_makes_it_stale(changed: None, applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("plan", SPEC, "--out", "plan.json").code == 0
    edit(sandbox, schedule={"frequency": "hourly", "minute": "5"})
    sandbox.clear("requests")
    applied = applier("apply", "plan.json", "--yes", "-o", "json")
    assert (applied.code, [one["code"] for one in applied.json["diagnostics"]]) == (1, ["stale-plan"])
    assert sandbox.writes() == []


def test_fail_fast_starts_nothing_more(applier: Workspace, sandbox: Sandbox) -> None:
    """Of many that could go at once, those under way end; the others are not started, and told so."""
    applier.write(SPEC, MANY)
    refusal = {"method": "POST", "path": "/api/models", "status": 403, "body": {"message": "no"}}
    with faults(sandbox, refusal):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json", "--fail-fast", "--parallelism", "3")
    told = statuses(applied)
    tried = [one for one in requests(sandbox) if (one["method"], one["path"]) == ("POST", "/api/models")]
    assert applied.code == 4
    failed = sum(status == "failed" for status in told.values())
    assert failed == len(tried) <= 3
    assert sum(status == "not started" for status in told.values()) == 20 - failed
    assert state(sandbox).addresses == ["connections/MySQL", "connections/Warehouse"]


def test_without_fail_fast_everything_possible_is_applied(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, MANY)
    refusal = {"method": "POST", "path": "/api/models", "status": 403, "nth": 1}
    with faults(sandbox, refusal):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, sorted(statuses(applied).values())) == (4, ["done"] * 21 + ["failed"])


def test_the_result_file_is_the_json_report(applier: Workspace, sandbox: Sandbox) -> None:
    """The same document as `-o json` would give, whatever is printed and however it ended."""
    applier.write(SPEC, BEFORE)
    refusal = {"method": "POST", "path": "/api/models", "status": 403, "body": {"message": "no"}}
    with faults(sandbox, refusal):
        applied = applier("apply", SPEC, "--yes", "--result", "result.json", *ONE)
    result = json.loads((applier.folder / "result.json").read_text("utf-8"))
    assert (applied.code, result["exit_code"]) == (4, 4)
    assert {one["address"]: one["status"] for one in result["outcomes"]} == {
        "connections/MySQL": "done",
        "connections/Warehouse": "done",
        "models/Customers": "failed",
        "models/Old accounts": "failed",
        "models/Teams": "failed",
        "syncs/Companies": "skipped",
        "syncs/Contacts": "skipped",
        "syncs/Leftover": "skipped",
    }
    again = applier("apply", SPEC, "--yes", "--result", "no/such/folder.json")
    assert (again.code, "Cannot write no/such/folder.json" in again.err) == (1, True)
    assert "Customers" not in sandbox.names()["models"]  # told before anything was done
    assert applier("apply", SPEC, "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def start_apply(applier: Workspace, sandbox: Sandbox, *arguments: str) -> subprocess.Popen[str]:
    """An apply of many models, three at a time, of which the first three are held."""
    applier.write(SPEC, MANY)
    sandbox.fault(kind="delay", method="POST", path="/api/models", delay=2 * PATIENCE)
    process = applier.start("apply", SPEC, "--yes", "--parallelism", "3", *arguments)
    wait_for_fault(sandbox, 3)
    return process


@pytest.mark.parametrize("by", ENDING[:2])
def test_one_interrupt_lets_started_changes_end(applier: Workspace, sandbox: Sandbox, by: signal.Signals) -> None:
    """What is under way ends and is told; nothing more is started, however much is waiting. CI ends jobs by SIGTERM."""
    process = start_apply(applier, sandbox, "--result", "result.json", "-o", "json", "-q")
    process.send_signal(by)
    time.sleep(0.5)  # for the signal to arrive
    sandbox.clear("faults")
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    told = json.loads(out)
    assert told == json.loads((applier.folder / "result.json").read_text("utf-8"))
    assert (told["stopped"], told["exit_code"]) == ("interrupted", 130)
    ended = {one["address"]: one["status"] for one in told["outcomes"]}
    assert sorted(ended.values()) == ["done"] * 5 + ["not started"] * 17
    assert [address for address, status in ended.items() if status == "done"] == state(sandbox).addresses
    assert applier("apply", SPEC, "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def test_two_interrupts_end_the_apply_at_once(applier: Workspace, sandbox: Sandbox) -> None:
    """At once, and another run goes on all the same."""
    process = start_apply(applier, sandbox)
    send_interrupt(process)
    time.sleep(0.5)  # or both would count as one
    send_interrupt(process)
    process.communicate(timeout=PATIENCE)  # long before those under way have ended
    assert process.returncode == 130
    sandbox.clear("faults")
    assert applier("apply", SPEC, "--yes").code == 0
    assert state(sandbox).twice == []
    assert_plan_is_empty(applier, SPEC)
