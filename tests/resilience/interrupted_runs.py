"""A run from one state to another, to be cut anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.effort import THOROUGH
from tests.resilience.support import (
    ONE,
    Kept,
    State,
    differences,
    faults,
    requests,
    state,
    statuses,
)
from tests.workspace import Result, Sandbox, Workspace

LONG_AFTER = 400  # requests


@dataclass(frozen=True)
class Journey:
    """A workspace to start from, what to run there, and the state in which an undisturbed run ends."""

    kept: Kept
    run: Callable[[], Result]
    end: State
    methods: tuple[str, ...]


def journey_from_here(applier: Workspace, sandbox: Sandbox, folder: Path, *arguments: str) -> Journey:
    kept = Kept(sandbox, folder)
    width = () if THOROUGH else ONE

    def run() -> Result:
        return applier(*arguments, "--yes", "--quiet", "-o", "json", *width)

    sandbox.clear("requests")
    assert run().code == 0
    methods = tuple(one["method"] for one in requests(sandbox))
    return Journey(kept, run, state(sandbox), methods)


def cuts(journey: Journey, every: int = 1) -> Iterator[tuple[int, str]]:
    """Each request, before and after it acts; a look that is lost is the same both ways."""
    moments = [
        (number, when)
        for number, method in enumerate(journey.methods, 1)
        for when in ("before", "after")
        if THOROUGH or when == "before" or method != "GET"
    ]
    for number, when in moments[:: 1 if THOROUGH else every]:
        journey.kept.put_back()
        yield number, when


def honest(result: Result, sandbox: Sandbox) -> None:
    """What is told as done is there, or gone; what was not tried is not there."""
    live = {one["id"] for kind in ("connections", "models", "syncs") for one in sandbox.get(f"/api/{kind}")}
    told = result.json.get("outcomes") or []
    done = [one for one in told if one["status"] == "done"]
    assert [one for one in done if (one["id"] in live) is (one["action"] == "delete")] == []
    untried = {one["address"] for one in told if one["status"] in ("skipped", "not started")}
    created = {one["address"] for one in result.json.get("changes", ()) if one["action"] == "create"}
    assert untried & created & set(state(sandbox).objects) == set()


def cut_and_run_again(journey: Journey, sandbox: Sandbox, *, every: int = 1) -> Iterator[None]:
    """For each cut: nothing is answered any more from that request on; then another run comes to the same end."""
    for number, when in cuts(journey, every):
        dead = {"kind": "status", "status": 403, "nth": list(range(number + 1, number + LONG_AFTER))}
        with faults(sandbox, {"kind": "drop", "when": when, "nth": number}, dead):
            cut = journey.run()
        assert (number, when, cut.code) == (number, when, 4 if "outcomes" in cut.json else 1)
        honest(cut, sandbox)
        again = journey.run()
        assert (number, when, again.code, again.err) == (number, when, 0, "")
        assert (number, when, differences(state(sandbox), journey.end)) == (number, when, [])
        yield


def cut_and_healed(journey: Journey, sandbox: Sandbox, *, every: int = 1) -> Iterator[None]:
    """For each cut: a single lost answer is made up for in the same run."""
    for number, when in cuts(journey, every):
        with faults(sandbox, {"kind": "drop", "when": when, "nth": number}):
            done = journey.run()
        assert (number, when, done.code, set(statuses(done).values())) == (number, when, 0, {"done"})
        assert (number, when, differences(state(sandbox), journey.end)) == (number, when, [])
        yield
