"""A service that fails often or limits requests: everything is applied, and nothing twice."""

from __future__ import annotations

import pytest

from tests.benchmarks.generate import write_spec
from tests.effort import scale
from tests.resilience.support import assert_plan_is_empty, faults, requests, state
from tests.workspace import Sandbox, Workspace

pytestmark = pytest.mark.extended

OBJECTS = scale(40, 300)
HTTP_THROTTLED = 429


def storm(seed: int) -> list[dict[str, object]]:
    return [
        {"kind": "status", "status": 503, "share": 0.2, "seed": seed},
        {"kind": "drop", "when": "after", "share": 0.1, "seed": seed + 1},
        {"kind": "status", "status": HTTP_THROTTLED, "retry_after": 0, "share": 0.1, "seed": seed + 2},
        {"kind": "delay", "delay": 0.02, "share": 0.3, "seed": seed + 3},
    ]


def large(applier: Workspace, objects: int) -> list[str]:
    """A spec of so many objects in the folder; the addresses, sorted."""
    models = objects // 3
    write_spec(applier.folder, models=models, syncs=objects - models - 2, fields=3)
    names = [f"models/Model {number:04}" for number in range(models)]
    names += [f"syncs/Sync {number:04}" for number in range(objects - models - 2)]
    return sorted([*names, "connections/Shop Database", "connections/Warehouse"])


@pytest.mark.parametrize("seed", range(0, scale(10, 50), 10))
def test_an_apply_on_a_failing_service_converges(applier: Workspace, sandbox: Sandbox, seed: int) -> None:
    addresses = large(applier, OBJECTS)
    with faults(sandbox, *storm(seed)):
        applied = applier("apply", ".", "--yes")
    sent = requests(sandbox)
    assert (applied.code, applied.out.splitlines()[-1]) == (0, f"Applied: {OBJECTS} created.")
    assert (state(sandbox).addresses, state(sandbox).twice) == (addresses, [])
    assert_plan_is_empty(applier, ".")
    sandbox.clear("requests")
    calm = 3 + sum(2 if not one.startswith("syncs/") else 4 for one in addresses)
    assert len(sent) < 2.2 * calm


def test_an_apply_stays_within_a_rate_limit(applier: Workspace, sandbox: Sandbox) -> None:
    """The limit is learned from refusals, which stay few, and nothing fails."""
    allowed, objects = 10, scale(14, 100)
    addresses = large(applier, objects)
    with faults(sandbox, {"kind": "rate", "rate": allowed}):
        applied = applier("apply", ".", "--yes")
    sent = requests(sandbox)
    refused = sum(one["status"] == HTTP_THROTTLED for one in sent)
    assert (applied.code, applied.out.splitlines()[-1]) == (0, f"Applied: {objects} created.")
    assert state(sandbox).addresses == addresses
    assert refused < len(sent) / 2
