"""Measures what people wait for, each time beside a yardstick of the same run: `make bench`.

Absolute numbers belong to the machine; the ratios can be compared. `--json` prints one document, `--quick` takes a
tenth of the sizes, a name (`start`, `validate`, `plan`) measures only that.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.generate import write_spec
from tests.benchmarks.measure import APPLIER, PYTHON, Cost, run, side_by_side
from tests.benchmarks.served import KEY, Sandbox, serve
from tests.benchmarks.wide import write_connections, write_seed, write_syncs

ROOT = Path(__file__).parents[2]
SEED = ROOT / "examples/mysql-to-snowflake/seed"

LOAD_FILES = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        yaml.load(file, yaml.CSafeLoader)
"""

GET_PATHS = """
import os, sys, httpx
headers = {"Authorization": "Bearer " + os.environ["POLYTOMIC_API_KEY"], "X-Polytomic-Version": "2024-02-08"}
with httpx.Client(base_url=os.environ["POLYTOMIC_DEPLOYMENT_URL"], headers=headers, timeout=60) as client:
    for path in sys.argv[1:]:
        client.get(path).raise_for_status()
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `ratio` is the wall time against the yardstick's, `aim` the ratio that is wanted."""

    what: str
    cost: Cost
    yardstick: str = ""
    ratio: float | None = None
    aim: float | None = None
    requests: int | None = None


def start(repeat: int, share: float) -> list[Row]:
    """The shortest commands against a Python that does nothing."""
    nothing = "python -c pass"
    commands = {
        nothing: (*PYTHON, "-c", "pass"),
        "applier --version": (*APPLIER, "--version"),
        "applier --help": (*APPLIER, "--help"),
    }
    costs = side_by_side(commands, repeat)
    rows = [Row(nothing, costs[nothing])]
    return rows + [_against(name, costs[name], nothing, costs[nothing]) for name in commands if name != nothing]


def validate(repeat: int, share: float) -> list[Row]:
    """A large spec, checked, against the bare loading of its files."""
    syncs = int(2000 * share)
    with tempfile.TemporaryDirectory() as folder:
        files = write_spec(Path(folder), models=100, syncs=syncs, fields=15)
        bare = f"yaml.load(CSafeLoader) of {len(files)} files"
        commands = {
            bare: (*PYTHON, "-c", LOAD_FILES, *map(str, files)),
            f"applier validate, {syncs:,} syncs x 15 fields": (*APPLIER, "validate", folder),
        }
        costs = side_by_side(commands, max(3, repeat // 4))
    subject = next(name for name in commands if name != bare)
    return [Row(bare, costs[bare]), _against(subject, costs[subject], bare, costs[bare], aim=2.0)]


def plan(repeat: int, share: float) -> list[Row]:
    """A plan without changes against as many bare requests to the same server."""
    objects = int(1000 * share)
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "project")
        write_spec(project, models=98, syncs=objects - 100, fields=3)
        with serve(Path(scratch, "state"), SEED) as sandbox:
            return _plan(sandbox, project, objects)


def _plan(sandbox: Sandbox, project: Path, objects: int) -> list[Row]:
    settings = {"POLYTOMIC_DEPLOYMENT_URL": sandbox.url, "POLYTOMIC_API_KEY": KEY}
    applied = run((*APPLIER, "apply", str(project), "--yes"), settings)
    wrote = len(sandbox.requests())
    planned = run((*APPLIER, "plan", str(project), "--detailed-exitcode"), settings)  # 2 if anything were to change
    sent = sandbox.requests()
    exported = run((*APPLIER, "export", "-q"), settings)
    looked = sandbox.requests()
    bare = f"{len(sent)} bare httpx requests"
    costs = side_by_side({bare: (*PYTHON, "-c", GET_PATHS, *sent)}, 3, settings)
    return [
        Row(f"applier apply, {objects:,} new objects", applied, requests=wrote),
        Row(bare, costs[bare], requests=len(sent)),
        _against(f"applier plan, {objects:,} objects, no change", planned, bare, costs[bare], requests=len(sent)),
        _against(f"applier export, {objects:,} objects", exported, bare, costs[bare], requests=len(looked)),
    ]


def checks(repeat: int, share: float) -> list[Row]:
    """Checking syncs over 4 connections and 20 target objects, against as many bare requests as that took."""
    syncs, targets = max(20, int(200 * share)), 20
    with tempfile.TemporaryDirectory() as scratch:
        project, tables = Path(scratch, "project"), Path(scratch, "seed")
        project.mkdir()
        write_seed(tables, targets)
        write_connections(project / "connections.yaml")
        with serve(Path(scratch, "state"), tables) as sandbox:
            settings = {"POLYTOMIC_DEPLOYMENT_URL": sandbox.url, "POLYTOMIC_API_KEY": KEY}
            run((*APPLIER, "apply", str(project), "--yes"), settings)
            write_syncs(project / "syncs.yaml", syncs, targets)
            sandbox.requests()
            checked = run((*APPLIER, "validate", str(project), "--live"), settings)
            sent = sandbox.requests()
            bare = f"{len(sent)} bare httpx requests (checks)"
            costs = side_by_side({bare: (*PYTHON, "-c", GET_PATHS, *sent)}, 3, settings)
    what = f"applier validate --live, {syncs:,} syncs, {targets} objects"
    return [
        Row(bare, costs[bare], requests=len(sent)),
        _against(what, checked, bare, costs[bare], requests=len(sent)),
    ]


def _against(
    what: str, cost: Cost, yardstick: str, other: Cost, *, aim: float | None = None, requests: int | None = None
) -> Row:
    return Row(what, cost, yardstick, cost.wall / other.wall, aim, requests)


def as_text(rows: list[Row]) -> str:
    """The table for people."""
    lines = [f"{'':<52} {'wall':>9} {'cpu':>9} {'memory':>9} {'ratio':>7} {'aim':>6} {'requests':>9}"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        aim = "" if row.aim is None else f"{row.aim:.1f}x" + (" MISSED" if (row.ratio or 0) > row.aim else "")
        requests = "" if row.requests is None else f"{row.requests:,}"
        cost = f"{row.cost.wall * 1000:>6.0f} ms {row.cost.cpu * 1000:>6.0f} ms {row.cost.memory:>5.0f} MiB"
        lines.append(f"{row.what:<52} {cost} {ratio:>7} {aim:>6} {requests:>9}".rstrip())
    return "\n".join(lines)


def as_json(rows: list[Row]) -> str:
    """The same for programs, with the machine that it was measured on."""
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    return json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=2)


BENCHMARKS: dict[str, Callable[[int, float], list[Row]]] = {
    "start": start,
    "validate": validate,
    "plan": plan,
    "checks": checks,
}


def main() -> None:
    """Everything that was asked for, as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all if none is given"
    )
    parser.add_argument("--repeat", type=int, default=20, help="runs of a short command (the median counts)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    share = 0.1 if chosen.quick else 1.0
    measured = [
        BENCHMARKS[name](chosen.repeat, share) for name in BENCHMARKS if not chosen.names or name in chosen.names
    ]
    rows = [row for part in measured for row in part]
    print(as_json(rows) if chosen.json else as_text(rows))


if __name__ == "__main__":
    main()
