"""Digests of inputs: a saved plan with a thousand secrets is fast, and a guess of any of them is not."""

from __future__ import annotations

import time

import pytest

from applier.plan import input_digests
from applier.plan.input_digests import InputDigests, digest_inputs
from applier.secrets import Scrubber, Secret
from applier.spec.resources import Input, InputSource

KEY = "00" * 16


def digest(values: list[str], cost: int | None = None) -> InputDigests:
    inputs = [Input(InputSource.ENVIRONMENT, f"V{number}", Secret(one)) for number, one in enumerate(values)]
    return digest_inputs(KEY, {}, inputs, Scrubber(values), cost)


def test_a_thousand_secrets_take_no_seconds() -> None:
    """They took 5 s; now the slow step of all together has one budget."""
    values = [f"secret-{number}" for number in range(1000)]
    started = time.process_time()
    made = digest(values)
    assert time.process_time() - started < 2  # about 0.3 s on an idle machine
    assert (made.cost, len(made.values)) == (64, 1000)


@pytest.mark.parametrize(("count", "cost"), [(0, 2048), (1, 2048), (32, 2048), (33, 1024), (1000, 64), (10**6, 4)])
def test_the_budget_is_shared(count: int, cost: int) -> None:
    assert input_digests._cost_of_each(count) == cost


def test_members_of_one_value_share_the_slow_step_and_no_digest() -> None:
    """Equal secrets do not show as equal; a digest has two digits, so that a thousand texts share it."""
    made = digest(["the-same-secret"] * 600)
    assert made.cost == 2048
    digests = [one.digest for one in made.values]
    assert {len(one) for one in digests} == {2}
    assert len(set(digests)) > 200


def test_the_cost_of_the_file_is_used_again() -> None:
    """More secrets than at the time of the plan make none of its digests another one."""
    before = digest(["one-secret"])
    after = digest(["one-secret", *(f"secret-{number}" for number in range(4))], before.cost)
    assert (after.cost, after.values[0]) == (before.cost, before.values[0])
    cheap = digest(["one-secret"], 4)
    moved = [digest([f"other-{number}"], 4).values[0].digest != cheap.values[0].digest for number in range(40)]
    assert sum(moved) >= 37
    assert digest(["other"], 4).whole != cheap.whole
