"""A run whose connection is lost at any request: another run comes to the same result, without duplicates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.interrupted_runs import RecordedRun, interrupt_and_run_again, lose_single_answers, record_run
from tests.resilience.projects import AFTER, BEFORE, CYCLE, EXAMPLE_SPEC
from tests.resilience.support import assert_plan_is_empty
from tests.workspace import Sandbox, Workspace

pytestmark = pytest.mark.extended

MANY = 20  # requests; of more, every third is cut unless all is to be thorough
SPEC = "spec.yaml"


FROM_NOTHING = {"example": EXAMPLE_SPEC, "cycle": CYCLE}


@pytest.fixture(params=[*FROM_NOTHING, "everything at once"])
def recorded_run(request: pytest.FixtureRequest, applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> RecordedRun:
    if request.param == "everything at once":
        applier.write(SPEC, BEFORE)
        assert applier("apply", SPEC, "--yes", "--quiet").code == 0
    applier.write(SPEC, FROM_NOTHING.get(request.param, AFTER))
    return record_run(applier, sandbox, tmp_path, "apply", SPEC, "--force")


def test_a_run_after_a_lost_connection_converges(
    recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox
) -> None:
    for _ in interrupt_and_run_again(recorded_run, sandbox, every=1 if len(recorded_run.methods) < MANY else 3):
        assert_plan_is_empty(applier, SPEC)


def test_a_single_lost_answer_is_recovered(recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in lose_single_answers(recorded_run, sandbox, every=3 if len(recorded_run.methods) < MANY else 6):
        assert_plan_is_empty(applier, SPEC)


def test_an_interrupted_destroy_converges(applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> None:
    applier.write(SPEC, BEFORE)
    assert applier("apply", SPEC, "--yes", "--quiet").code == 0
    recorded_run = record_run(applier, sandbox, tmp_path, "destroy", SPEC)
    assert recorded_run.end.objects == {}
    for _ in interrupt_and_run_again(recorded_run, sandbox, every=4):
        pass
