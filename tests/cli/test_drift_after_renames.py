"""`drift` after a rename in Polytomic names the likely new name, in every form, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace import Sandbox, Workspace

SPEC = """\
connections: {C: {type: mysql, configuration: {hostname: h, port: 3306, dbname: d, account: a, passwd: "${env:PW}"}}}
models:
  M: {connection: C, configuration: {query: select 1}}
  N: {connection: C, configuration: {query: select 2}}
"""
DETAIL = (
    'The model "N" is not live. It is almost identical to the live model "N *renamed*", '
    "which the spec does not declare."
)
HINT = (
    'if it was renamed in the file, or to undo a rename in Polytomic, add: moved: {models: {"N *renamed*": "N"}}; to '
    'keep a rename in Polytomic, change the name in the file to "N *renamed*"'
)
STATE = 'declared but not live; likely renamed to "N *renamed*"'


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    """A project after somebody has renamed one of its models."""
    applier = Workspace.local(tmp_path, PW="a-secret-password")
    applier.write("spec.yaml", SPEC)
    assert applier("apply", "--yes", "--no-checks").code == 0
    rename(applier, "N", "N *renamed*")
    return applier


def rename(applier: Workspace, old: str, new: str) -> None:
    with Sandbox.open(applier.folder / "data") as sandbox:
        model = sandbox.named("models", old)
        members = {name: model[name] for name in ("connection_id", "configuration")}
        sandbox.put(f"/api/models/{model['id']}", {**members, "name": new})


LINES = {
    "text": f"+ models/N  spec.yaml:4  missing: {STATE}",
    "json": '      "why": "likely renamed to \\"N *renamed*\\"",',
    "markdown": '- `models/N` — `spec.yaml:4` (likely renamed to "N &#42;renamed&#42;")',
    "junit": f'      <failure type="drift-missing" message="models/N: {STATE.replace(chr(34), "&quot;")}">',
    "sarif": f'            "text": "models/N: {STATE}"'.replace('"N *renamed*"', '\\"N *renamed*\\"'),
    "github": f"::warning file=spec.yaml,line=4,col=3,title=Missing [drift-missing]::models/N: {STATE}",
    "html": '<span class="soft">likely renamed to &quot;N *renamed*&quot;</span>',
}


@pytest.mark.parametrize("form", LINES)
def test_every_form_names_the_likely_new_name(form: str, applier: Workspace) -> None:
    drift = applier("drift", "-o", form, "-q")
    assert (drift.code, drift.err, drift.out.count(LINES[form])) == (2, "", 1)


def test_plan_and_drift_give_one_warning_with_what_to_do(applier: Workspace) -> None:
    for command, code in (("plan", 0), ("drift", 2)):
        done = applier(command)
        assert (done.code, done.err) == (code, f"spec.yaml:4:3: warning: {DETAIL} [likely-rename]\n  hint: {HINT}\n")


@pytest.mark.parametrize("edited", ["moved", "name"])
def test_either_advice_ends_the_drift(edited: str, applier: Workspace) -> None:
    if edited == "moved":
        applier.write("spec.yaml", SPEC + 'moved: {models: {"N *renamed*": "N"}}\n')
        assert applier("apply", "--yes", "--no-checks").out.splitlines()[-1].startswith("Applied: 1 renamed")
    else:
        applier.write("spec.yaml", SPEC.replace("  N:", '  "N *renamed*":'))
    assert applier("drift").code == 0


def test_what_is_deleted_has_no_new_name(applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC.replace("select 2", "select 3"))
    drift = applier("drift", "-o", "json")
    assert [(one["address"], one["why"]) for one in drift.json["changes"]] == [("models/N", None)]


def test_a_saved_plan_does_not_depend_on_what_looks_like_a_rename(applier: Workspace) -> None:
    planned = applier("plan", "--out", "plan.json", "-o", "json", APPLIER_LOCK_KEY="a-key-of-the-lock")
    assert [one["why"] for one in planned.json["changes"]] == [None]
    rename(applier, "N *renamed*", "Other")
    assert applier("apply", "plan.json", "--yes", "-q", APPLIER_LOCK_KEY="a-key-of-the-lock").code == 0


def test_a_secret_in_the_new_name_stays_hidden(applier: Workspace) -> None:
    rename(applier, "N *renamed*", "a-secret-password")
    for form in LINES:
        drift = applier("drift", "-o", form)
        assert "a-secret-password" not in drift.out + drift.err
