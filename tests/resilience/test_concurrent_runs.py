"""Two runs on one workspace at once: no duplicates, no lost updates, and true reports."""

from __future__ import annotations

import time

import pytest

from tests.effort import scale
from tests.resilience.projects import AFTER, BEFORE
from tests.resilience.support import WorkspaceBackup, assert_plan_is_empty, differences, faults, state
from tests.workspace import Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
PATIENCE = 60.0


def both(applier: Workspace, *arguments: str, later: float = 0.0) -> list[tuple[int, str, str]]:
    """Two processes, the second `later` seconds after the first: exit code, stdout, stderr of each."""
    started = [applier.start(*arguments)]
    time.sleep(later)
    started.append(applier.start(*arguments))
    told = [one.communicate(timeout=PATIENCE) for one in started]
    return [(one.returncode, *streams) for one, streams in zip(started, told, strict=True)]


@pytest.mark.parametrize("number", range(scale(6, 20)))
def test_two_runs_create_no_duplicates(applier: Workspace, sandbox: Sandbox, number: int) -> None:
    """The later one plans while the earlier one has some objects made, some half made and some not yet."""
    applier.write(SPEC, BEFORE)
    ended = both(applier, "apply", SPEC, "--yes", later=number * 0.1)
    assert ([code for code, _, _ in ended], state(sandbox).twice) == ([0, 0], []), ended
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("number", range(scale(2, 20)))
def test_two_runs_create_no_duplicates_on_a_slow_service(applier: Workspace, sandbox: Sandbox, number: int) -> None:
    """Both ask for the same object while neither is answered."""
    applier.write(SPEC, BEFORE)
    with faults(sandbox, {"kind": "delay", "when": "after", "method": "POST", "delay": 0.3}):
        ended = both(applier, "apply", SPEC, "--yes")
    assert ([code for code, _, _ in ended], state(sandbox).twice) == ([0, 0], []), ended
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("number", range(scale(2, 20)))
def test_two_throttled_runs_create_no_duplicates(applier: Workspace, sandbox: Sandbox, number: int) -> None:
    applier.write(SPEC, BEFORE)
    throttled = {"kind": "status", "status": 429, "retry_after": 0, "share": 0.4, "seed": number, "method": "POST"}
    with faults(sandbox, throttled):
        ended = both(applier, "apply", SPEC, "--yes")
    assert ([code for code, _, _ in ended], state(sandbox).twice) == ([0, 0], []), ended
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("number", range(scale(3, 20)))
def test_two_runs_update_the_same_objects(applier: Workspace, sandbox: Sandbox, tmp_path: object, number: int) -> None:
    """One may refuse to overwrite what the other has written meanwhile; then it says so and exits 4."""
    applier.write(SPEC, BEFORE)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, AFTER)
    kept = WorkspaceBackup(sandbox, applier.folder)
    assert applier("apply", SPEC, "--yes", "--force").code == 0
    end = state(sandbox)
    kept.restore()
    ended = both(applier, "apply", SPEC, "--yes", "--force")
    for code, out, _ in ended:
        assert code == (4 if "conflict" in out else 0), ended
    assert min(code for code, _, _ in ended) in (0, 4)
    again = applier("apply", SPEC, "--yes", "--force")
    assert (again.code, differences(state(sandbox), end)) == (0, [])
    assert_plan_is_empty(applier, SPEC)
