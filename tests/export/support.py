"""Exports of in-process workspaces, and their plans."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from applier import pipeline
from applier.diagnostics import Severity
from applier.export import Export, ExportOptions, export_workspace
from applier.kinds import KINDS
from applier.pipeline import Prepared
from applier.saving import save
from tests.kinds.workspace import ENVIRONMENT, InProcessWorkspace

EVERYTHING = ExportOptions()


def export(live: InProcessWorkspace, options: ExportOptions = EVERYTHING) -> Export:
    """Return an export as files in memory; assert that it has no warning."""
    made = export_workspace(live.client(), options, 4)
    assert [one.detail for one in made.diagnostics] == []
    return made


def load_export(folder: Path, made: Export, environment: Mapping[str, str]) -> Any:
    """Load the spec of an export; assert that it has no warnings but those about names that are only live."""
    shutil.rmtree(folder, ignore_errors=True)
    save(folder, made.files)
    spec, problems = pipeline.load([folder], environment)
    assert [(one.code, one.detail) for one in problems if one.code not in QUIET] == []
    return spec


QUIET = (
    "unknown-reference",
    "unknown-connection-type",
    "unknown-setting",
    "setting-without-effect",
    "invisible-character",
)
"""Codes about names that are only live, and about what generated workspaces hold anyway."""


def plan_export(live: InProcessWorkspace, made: Export, environment: Mapping[str, str] | None = None) -> Prepared:
    """Return the plan of an export."""
    secrets = (
        {one.variable: ENVIRONMENT["SECRET"] for one in made.secret_variables} if environment is None else environment
    )
    prepared = pipeline.plan(load_export(live.folder / "exported", made, secrets), live.client())
    errors = [one for one in prepared.plan.diagnostics if one.severity is Severity.ERROR]
    assert [(one.code, one.detail) for one in errors] == []
    return prepared


def differences(prepared: Prepared) -> dict[str, list[Any]]:
    """Return what the plan would change, by address."""
    return {
        one.address: [(field.label, field.before, field.after) for field in one.fields]
        for one in prepared.plan.changes
    }  # fmt: skip


def assert_export_then_plan_is_empty(live: InProcessWorkspace, environment: Mapping[str, str] | None = None) -> Export:
    """Assert that the plan of an export is empty and that a second export is the same; return the export."""
    made = export(live)
    assert differences(plan_export(live, made, environment)) == {}
    assert dict(export(live).files) == dict(made.files)
    return made


def comparable(live: InProcessWorkspace) -> dict[str, Any]:
    """What is live, in the form in which it is compared."""
    from applier.export.inventory import read_inventory

    seen = read_inventory(live.client(), (), 4).snapshot
    return {
        one.address: KINDS[one.kind].normalize(one.canonical)
        for one in seen.by_id.values()
    }  # fmt: skip


def apply_plan(live: InProcessWorkspace, prepared: Prepared) -> None:
    """Apply a plan, and authorize the connections that wait for a person."""
    outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
    waiting = [one.address for one in outcomes if one.status == "waiting"]
    assert [one.message for one in outcomes if one.status not in ("done", "waiting", "skipped")] == []
    for connection in live.send("GET", "/api/connections"):
        if f"connections/{connection['name']}" in waiting:
            live.authorize(connection["id"])
