"""How many requests checking takes: bounded by connections, sources and objects, never by fields or syncs."""

from __future__ import annotations

from pathlib import Path

from applier import pipeline
from applier.sandbox import seed
from tests.checks.conftest import opened
from tests.checks.support import CONNECTIONS, Workspace

SYNCS, TARGETS = 200, 20


def spec_of(folder: Path) -> Path:
    """Two sources, two warehouses, twenty tables, two hundred syncs of fifteen fields."""
    model = "  {0} Model: {{connection: {0}, configuration: {{table: company.wide}}}}"
    lines = ["version: 1", "models:", model.format("Shop"), model.format("Shop 2"), "syncs:"]
    for number in range(SYNCS):
        warehouse = "Warehouse" if number % 2 else "Warehouse 2"
        lines += [
            f"  Sync {number:03}:",
            f"    mode: replace\n    model: Shop{' 2' if number % 3 else ''} Model",
            f"    target: {{connection: {warehouse}, object: WIDE.T{number // 2 % (TARGETS // 2):02}}}",
            "    schedule: {frequency: manual}",
            "    fields:",
            *(f"      F{field:02}: f{field:02}" for field in range(15)),
        ]
    (folder / "spec.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "spec.yaml"


def wide(folder: Path) -> None:
    header = ",".join(f"{{}}{field:02}:varchar(20)" for field in range(15))
    files = {"mysql/company/wide.csv": header.replace("{}", "f")}
    for number in range(TARGETS // 2):
        files[f"snowflake/database/WIDE/T{number:02}.csv"] = header.replace("{}", "F")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n", "utf-8")


def connected(workspace: Workspace) -> None:
    for name in ("Shop", "Warehouse"):
        for copy in (name, f"{name} 2"):
            workspace.connect(copy, *CONNECTIONS[name])


def test_two_hundred_syncs_over_four_connections_and_twenty_objects(tmp_path: Path) -> None:
    wide(tmp_path / "seed")
    seed(tmp_path / "seed", tmp_path / "data")
    for workspace in opened(tmp_path / "data"):
        connected(workspace)
        spec, problems = pipeline.load([spec_of(tmp_path)], {})
        assert not any(one.severity == "error" for one in problems)
        workspace.requests()
        prepared = pipeline.plan(spec, workspace.client)
        looked = workspace.requests()
        checked = pipeline.with_checks(prepared, spec, workspace.client, 10)
        asked = workspace.requests()
        assert len(looked) < 10
        assert checked.checks is not None
        assert (checked.checks.findings, checked.checks.waiting) == ((), 0)
        assert checked.checks.made > SYNCS * 15 * 3
        assert len(asked) <= 4 + TARGETS
        assert len(set(asked)) == len(asked)
