"""How many requests checking takes: bounded by connections, sources and objects, never by fields or syncs."""

from __future__ import annotations

from pathlib import Path

from applier import pipeline
from applier.sandbox import seed
from tests.benchmarks.wide import FIELDS, write_seed, write_syncs
from tests.checks.conftest import open_workspace
from tests.checks.support import CONNECTIONS

SYNCS, TARGETS = 200, 20


def test_two_hundred_syncs_over_four_connections_and_twenty_objects(tmp_path: Path) -> None:
    write_seed(tmp_path / "seed", TARGETS)
    write_syncs(tmp_path / "spec.yaml", SYNCS, TARGETS)
    seed(tmp_path / "seed", tmp_path / "data")
    for workspace in open_workspace(tmp_path / "data"):
        for name in ("Shop", "Warehouse"):
            for copy in (name, f"{name} 2"):
                workspace.connect(copy, *CONNECTIONS[name])
        spec, problems = pipeline.load([tmp_path / "spec.yaml"], {})
        assert not any(one.severity == "error" for one in problems)
        workspace.requests()
        prepared = pipeline.plan(spec, workspace.client)
        assert len(workspace.requests()) < 10
        checked = pipeline.with_checks(prepared, spec, workspace.client, 10)
        asked = workspace.requests()
        assert checked.checks is not None
        assert (checked.checks.findings, checked.checks.deferred) == ((), 0)
        assert checked.checks.completed > SYNCS * FIELDS * 3
        assert len(asked) <= 4 + TARGETS
        assert len(set(asked)) == len(asked)
