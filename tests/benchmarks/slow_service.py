"""A large apply at a slow service, and a plan without changes in both versions.

By hand: `python -m tests.benchmarks.slow_service [--quick]`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import httpx

from tests.benchmarks.generate import write_spec
from tests.benchmarks.measure import APPLIER, Cost, run
from tests.benchmarks.run import SEED, Row, as_text
from tests.benchmarks.served import KEY, Sandbox, serve

DELAY = 0.03  # seconds that every answer takes
PARALLELISM = 10
LONGEST_CHAIN = 1 + 2 + 2 + 4  # lists; POST and GET of connection, model and sync; activation and GET
VERSIONS = ("2024-02-08", "2025-09-18")


def settings(sandbox: Sandbox, **more: str) -> dict[str, str]:
    return {"POLYTOMIC_DEPLOYMENT_URL": sandbox.url, "POLYTOMIC_API_KEY": KEY, **more}


def slow_apply(objects: int) -> list[Row]:
    """An apply of new objects where each answer takes its time, beside what cannot be beaten."""
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch, "state"), SEED) as sandbox:
        project = Path(scratch, "project")
        models = objects // 3
        write_spec(project, models=models, syncs=objects - models - 2, fields=3)
        slow, key = {"kind": "delay", "delay": DELAY}, {"Authorization": f"Bearer {KEY}"}
        httpx.post(f"{sandbox.url}/_sandbox/faults", json=slow, headers=key).raise_for_status()
        cost = run((*APPLIER, "apply", str(project), "--yes", "--parallelism", str(PARALLELISM)), settings(sandbox))
        requests = len(sandbox.requests())
    bounds = {
        f"bound: {LONGEST_CHAIN} requests one after the other": LONGEST_CHAIN * DELAY,
        f"bound: {requests:,} requests, {PARALLELISM} at a time": requests / PARALLELISM * DELAY,
    }
    wall = max(bounds.values())
    rows = [Row(name, Cost(seconds, 0, 0)) for name, seconds in bounds.items()]
    what = f"applier apply, {objects:,} objects at {DELAY * 1000:.0f} ms"
    return [*rows, Row(what, cost, "the bound", cost.wall / wall, requests=requests)]


def unchanged(objects: int) -> list[Row]:
    """A plan that finds nothing to do, on both versions."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch, "state"), SEED) as sandbox:
        project = Path(scratch, "project")
        write_spec(project, models=98, syncs=objects - 100, fields=3)
        run((*APPLIER, "apply", str(project), "--yes"), settings(sandbox))
        for version in VERSIONS:
            sandbox.requests()
            chosen = settings(sandbox, POLYTOMIC_API_VERSION=version)
            cost = run((*APPLIER, "plan", str(project), "--detailed-exitcode"), chosen)
            rows.append(Row(f"applier plan, {objects:,} objects, {version}", cost, requests=len(sandbox.requests())))
    return rows


def main() -> None:
    """Both, as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    share = 0.1 if parser.parse_args().quick else 1.0
    print(as_text([*slow_apply(int(300 * share)), *unchanged(int(1000 * share) if share == 1 else 150)]))


if __name__ == "__main__":
    main()
