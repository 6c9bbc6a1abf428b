"""A run that is killed at a random moment: another run comes to the same result."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.effort import scale
from tests.resilience.projects import AFTER, BEFORE
from tests.resilience.support import WorkspaceBackup, assert_plan_is_empty, differences, requests, state
from tests.system import was_killed
from tests.workspace import Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
PATIENCE = 20.0


def wait_for_request(sandbox: Sandbox, number: int) -> None:
    """Until so many requests have been answered; looked up in the file, which is faster than asking."""
    deadline = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(sandbox.data / "sandbox.sqlite3", timeout=30)) as live:
        while live.execute("SELECT count(*) FROM requests").fetchone()[0] < number and time.monotonic() < deadline:
            time.sleep(0.001)


def test_a_run_after_a_kill_converges(applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> None:
    applier.write(SPEC, BEFORE)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, AFTER)
    kept = WorkspaceBackup(sandbox, tmp_path)
    sandbox.clear("requests")
    assert applier("apply", SPEC, "--yes", "--force").code == 0
    end, length = state(sandbox), len(requests(sandbox))
    killed = 0
    for number in range(scale(8, 100)):
        dice = random.Random(number)
        kept.restore()
        process = applier.start("apply", SPEC, "--yes", "--force")
        wait_for_request(sandbox, dice.randint(1, length - 12))
        time.sleep(dice.uniform(0, 0.01))
        process.kill()
        process.communicate(timeout=PATIENCE)
        killed += was_killed(process)
        again = applier("apply", SPEC, "--yes", "--force")
        assert (number, again.code, again.err.count("failed")) == (number, 0, 0)
        assert (number, differences(state(sandbox), end)) == (number, [])
        assert_plan_is_empty(applier, SPEC)
    assert killed > 0


@pytest.mark.parametrize("number", range(scale(2, 20)))
def test_a_killed_first_apply_converges(applier: Workspace, sandbox: Sandbox, tmp_path: Path, number: int) -> None:
    """Creates: what the killed run has under way may still act while the next one looks."""
    applier.write(SPEC, BEFORE)
    process = applier.start("apply", SPEC, "--yes")
    dice = random.Random(number)
    sandbox.fault(kind="delay", method="POST", delay=0.3)
    wait_for_request(sandbox, 5 + dice.randint(0, 8))
    time.sleep(dice.uniform(0, 0.3))
    process.kill()
    process.communicate(timeout=PATIENCE)
    again = applier("apply", SPEC, "--yes")
    sandbox.clear("faults")
    assert (again.code, state(sandbox).twice) == (0, [])
    assert_plan_is_empty(applier, SPEC)
