"""A recorded run that is repeated with a lost connection at each of its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.effort import THOROUGH
from tests.resilience.support import (
    ONE,
    State,
    WorkspaceBackup,
    differences,
    faults,
    requests,
    state,
    statuses,
)
from tests.workspace import Result, Sandbox, Workspace

LONG_AFTER = 400  # requests


@dataclass(frozen=True)
class RecordedRun:
    """A workspace to start from, what to run there, and the state in which an undisturbed run ends."""

    kept: WorkspaceBackup
    run: Callable[[], Result]
    end: State
    methods: tuple[str, ...]


def record_run(applier: Workspace, sandbox: Sandbox, folder: Path, *arguments: str) -> RecordedRun:
    kept = WorkspaceBackup(sandbox, folder)
    width = () if THOROUGH else ONE

    def run() -> Result:
        return applier(*arguments, "--yes", "--quiet", "-o", "json", *width)

    sandbox.clear("requests")
    assert run().code == 0
    methods = tuple(one["method"] for one in requests(sandbox))
    return RecordedRun(kept, run, state(sandbox), methods)


def interruptions(recorded_run: RecordedRun, every: int = 1) -> Iterator[tuple[int, str]]:
    """Yield each request, before and after it acts; for a GET both are the same."""
    moments = [
        (number, when)
        for number, method in enumerate(recorded_run.methods, 1)
        for when in ("before", "after")
        if THOROUGH or when == "before" or method != "GET"
    ]
    for number, when in moments[:: 1 if THOROUGH else every]:
        recorded_run.kept.restore()
        yield number, when


def assert_report_is_true(result: Result, sandbox: Sandbox) -> None:
    """Assert that what is reported as done is live, or deleted, and that nothing else was created."""
    live = {one["id"] for kind in ("connections", "models", "syncs") for one in sandbox.get(f"/api/{kind}")}
    told = result.json.get("outcomes") or []
    last = {one["id"] or one["address"]: one for one in told}  # a delete may follow a step that frees the name
    done = [one for one in last.values() if one["status"] == "done"]
    assert [one for one in done if (one["id"] in live) is (one["action"] == "delete")] == []
    untried = {one["address"] for one in told if one["status"] in ("skipped", "not started")}
    created = {one["address"] for one in result.json.get("changes", ()) if one["action"] == "create"}
    assert untried & created & set(state(sandbox).objects) == set()


def interrupt_and_run_again(recorded_run: RecordedRun, sandbox: Sandbox, *, every: int = 1) -> Iterator[None]:
    """For each request: lose the connection from there on; another run comes to the same state."""
    for number, when in interruptions(recorded_run, every):
        dead = {"kind": "status", "status": 403, "nth": list(range(number + 1, number + LONG_AFTER))}
        with faults(sandbox, {"kind": "drop", "when": when, "nth": number}, dead):
            cut = recorded_run.run()
        assert (number, when, cut.code) == (number, when, 4 if "outcomes" in cut.json else 1)
        assert_report_is_true(cut, sandbox)
        again = recorded_run.run()
        assert (number, when, again.code, again.err) == (number, when, 0, "")
        assert (number, when, differences(state(sandbox), recorded_run.end)) == (number, when, [])
        yield


def lose_single_answers(recorded_run: RecordedRun, sandbox: Sandbox, *, every: int = 1) -> Iterator[None]:
    """For each request: lose its answer; the same run recovers."""
    for number, when in interruptions(recorded_run, every):
        with faults(sandbox, {"kind": "drop", "when": when, "nth": number}):
            done = recorded_run.run()
        assert (number, when, done.code, set(statuses(done).values())) == (number, when, 0, {"done"})
        assert (number, when, differences(state(sandbox), recorded_run.end)) == (number, when, [])
        yield
