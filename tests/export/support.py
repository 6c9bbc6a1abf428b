"""Exports of workspaces in this process, and specs made of them again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from applier import pipeline
from applier.diagnostics import Severity
from applier.export import Exported, Wish, export_workspace
from applier.kinds import KINDS
from applier.pipeline import Prepared
from applier.spec.documents.saving import save
from tests.kinds.workspace import ENVIRONMENT, Workspace

EVERYTHING = Wish()


def export(live: Workspace, wish: Wish = EVERYTHING) -> Exported:
    """What is live, as files in memory; nothing about it is worth a warning."""
    made = export_workspace(live.client(), wish, 4)
    assert [one.detail for one in made.diagnostics] == []
    return made


def loaded(folder: Path, made: Exported, environment: Mapping[str, str]) -> Any:
    """The spec in the files of an export, which is valid without a warning but for those on what is only live."""
    shutil.rmtree(folder, ignore_errors=True)
    save(folder, made.files)
    spec, problems = pipeline.load([folder], environment)
    assert [(one.code, one.detail) for one in problems if one.code not in QUIET] == []
    return spec


QUIET = ("unknown-reference", "unknown-connection-type", "unknown-setting", "setting-without-effect")
"""What is said about names that are only live, and about what generated workspaces hold anyway."""


def planned(live: Workspace, made: Exported, environment: Mapping[str, str] | None = None) -> Prepared:
    """The plan of an export."""
    secrets = {one.variable: ENVIRONMENT["SECRET"] for one in made.fillings} if environment is None else environment
    prepared = pipeline.plan(loaded(live.folder / "exported", made, secrets), live.client())
    errors = [one for one in prepared.plan.diagnostics if one.severity is Severity.ERROR]
    assert [(one.code, one.detail) for one in errors] == []
    return prepared


def differences(prepared: Prepared) -> dict[str, list[Any]]:
    """What the plan would change, by address."""
    return {
        one.address: [(field.label, field.before, field.after) for field in one.fields]
        for one in prepared.plan.changes
    }  # fmt: skip


def holds_law_2(live: Workspace, environment: Mapping[str, str] | None = None) -> Exported:
    """Export, then plan: empty; and the second export is the same."""
    made = export(live)
    assert differences(planned(live, made, environment)) == {}
    assert dict(export(live).files) == dict(made.files)
    return made


def comparable(live: Workspace) -> dict[str, Any]:
    """What is live, in the form in which it is compared."""
    from applier.export.inventory import read_inventory

    seen, _ = read_inventory(live.client(), (), 4)
    return {
        one.address: KINDS[one.kind].normalize(one.canonical)
        for one in seen.by_id.values()
        if KINDS[one.kind].writable
    }  # fmt: skip
