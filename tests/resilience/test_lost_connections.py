"""A run whose connection is lost at any request: another run comes to the same result, without duplicates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.interrupted_runs import Journey, cut_and_healed, cut_and_run_again, journey_from_here
from tests.resilience.projects import AFTER, BEFORE, CIRCLE, EXAMPLE_SPEC
from tests.resilience.support import nothing_left
from tests.workspace import Sandbox, Workspace

MANY = 20  # requests; of more, every third is cut unless all is to be thorough
SPEC = "spec.yaml"


FROM_NOTHING = {"example": EXAMPLE_SPEC, "circle": CIRCLE}


@pytest.fixture(params=[*FROM_NOTHING, "everything at once"])
def journey(request: pytest.FixtureRequest, applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> Journey:
    if request.param == "everything at once":
        applier.write(SPEC, BEFORE)
        assert applier("apply", SPEC, "--yes", "--quiet").code == 0
    applier.write(SPEC, FROM_NOTHING.get(request.param, AFTER))
    return journey_from_here(applier, sandbox, tmp_path, "apply", SPEC, "--force")


def test_a_run_after_a_lost_connection_converges(journey: Journey, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in cut_and_run_again(journey, sandbox, every=1 if len(journey.methods) < MANY else 3):
        nothing_left(applier, SPEC)


def test_a_single_lost_answer_is_recovered(journey: Journey, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in cut_and_healed(journey, sandbox, every=3 if len(journey.methods) < MANY else 6):
        nothing_left(applier, SPEC)


def test_an_interrupted_destroy_converges(applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> None:
    applier.write(SPEC, BEFORE)
    assert applier("apply", SPEC, "--yes", "--quiet").code == 0
    journey = journey_from_here(applier, sandbox, tmp_path, "destroy", SPEC)
    assert journey.end.objects == {}
    for _ in cut_and_run_again(journey, sandbox, every=4):
        pass
