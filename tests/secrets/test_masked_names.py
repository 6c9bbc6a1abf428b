"""What is masked is shown with its id, and is compared by what it is: a saved plan does not depend on masks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from applier.diagnostics import Diagnostic
from applier.execute import Outcome, Status
from applier.plan import Action, Plan
from applier.plan.changes import Change, Unmanaged
from applier.render.forms import FORMS
from applier.report import Report
from applier.secrets import InClear, Scrubber, hide_secrets
from tests.cli.conftest import applier, sandbox, served
from tests.kinds.workspace import ENVIRONMENT, spec
from tests.workspace import Sandbox, Workspace

__all__ = ["applier", "sandbox", "served"]

CONSTANT = "canary-constant-7"
NAMES = (CONSTANT, CONSTANT[:10])
"""Both are masked as the same text."""


@pytest.fixture
def mine(applier: Workspace, sandbox: Sandbox) -> Workspace:
    return Workspace(applier.folder, {**applier.environment, **ENVIRONMENT, "CONSTANT": CONSTANT}, sandbox)


def write(workspace: Workspace, **parts: Any) -> None:
    workspace.write("spec.yaml", yaml.safe_dump(spec(**parts), sort_keys=False))


def with_constant(name: str = "CONSTANT") -> dict[str, Any]:
    return {"fields": {"EMAIL": "email", "FIRST_NAME": {"value": f"${{env:{name}}}"}}}


def live_only(mine: Workspace) -> dict[str, str]:
    """Make two live models whose names are masked in one way, and return their ids by name."""
    models = {name: {"connection": "Source", "configuration": {"table": "company.customers"}} for name in NAMES}
    write(mine, sync=with_constant(), models=models)
    assert mine("apply", "--yes", "-q").code == 0
    write(mine, sync=with_constant(), owns={"models": ["*"]})
    return {name: mine.sandbox.named("models", name)["id"] for name in NAMES}


def test_a_saved_plan_deletes_two_objects_that_are_masked_in_one_way(mine: Workspace) -> None:
    """The id stands behind each masked name in every form and in the file: a person confirms deletes by it."""
    ids = live_only(mine)
    reports = [f"--report={form}=report.{form}" for form in FORMS]
    assert mine("plan", "--prune", "--out", "p.json", *reports).code == 0
    shown = {one: (mine.folder / one).read_text("utf-8") for one in ("p.json", *(f"report.{form}" for form in FORMS))}
    shown |= {"show": mine("show", "p.json").out, "drift": mine("drift").out}
    assert [one for one, text in shown.items() if CONSTANT in text] == []
    masked = [rf"\(?sensitive\\?\) \\?\({one}\\?\)" for one in ids.values()]
    assert [name for name, text in shown.items() if not all(re.search(one, text) for one in masked)] == []
    applied = mine("apply", "p.json", "--yes")
    deleted = [f"- models/(sensitive) ({one})  deleted" for one in ids.values()]
    assert (applied.code, sorted(applied.err.splitlines())) == (0, sorted(deleted))
    assert mine.sandbox.names()["models"] == ["Customers"]


@pytest.mark.parametrize("how", ["moved", "pin to", "pin from", "exchange"])
@pytest.mark.parametrize("is_saved", [False, True])
def test_an_object_whose_name_is_masked_gets_another_name(mine: Workspace, how: str, *, is_saved: bool) -> None:
    """The names of a plan are what it is carried out by; no form shows one that the files do not say."""
    model = {"connection": "Source", "configuration": {"table": "company.customers"}}
    old, new = ("plain", f"{CONSTANT} new") if how == "pin to" else (f"{CONSTANT} old", "plain")
    other = {"connection": "Source", "configuration": {"table": "company.accounts"}}
    rest = {new: other} if how == "exchange" else {}
    write(mine, sync=with_constant(), models={old: model, **rest})
    assert mine("apply", "--yes", "-q").code == 0
    ids = {name: mine.sandbox.named("models", name)["id"] for name in (old, *rest)}
    pin = {} if how == "moved" else {"id": ids[old]}
    moved = {"moved": {"models": {old: new}}} if how == "moved" else {}
    back = {old: {"id": ids[new], **other}} if rest else {}
    write(mine, sync=with_constant(), models={new: {**pin, **model}, **back}, **moved)
    reports = [f"--report={form}=report.{form}" for form in FORMS]
    said = [mine("plan", "--out", "p.json", *reports), mine("drift"), mine("show", "p.json")]
    said.append(mine("apply", *(["p.json"] if is_saved else []), "--yes", "--result", "result.json"))
    assert [one.code for one in said] == [0, 2, 0, 0]
    assert mine.sandbox.named("models", new)["id"] == ids[old]
    assert mine("plan", "--detailed-exitcode").code == 0
    files = ("p.json", "result.json", *(f"report.{form}" for form in FORMS))
    texts = [*map(mine.read, files), *(text for one in said for text in (one.out, one.err))]
    assert how != "pin from" or [text for text in texts if CONSTANT in text] == []


def test_a_saved_plan_tells_which_masked_object_has_changed(mine: Workspace) -> None:
    ids = live_only(mine)
    assert mine("plan", "--prune", "--out", "p.json").code == 0
    mine.sandbox.http.delete(f"/api/models/{ids[CONSTANT]}").raise_for_status()
    refused = mine("apply", "p.json", "--yes")
    assert (refused.code, refused.err.splitlines()[0]) == (
        1,
        f"error: models/(sensitive) ({ids[CONSTANT]}) needs no delete any more. [stale-plan]",
    )


def test_a_saved_plan_does_not_depend_on_the_secrets_that_a_job_knows(mine: Workspace) -> None:
    """The other environment's secret is set in the job that plans alone; a live value of this one equals it."""
    live = {"fields": {"EMAIL": "email", "FIRST_NAME": {"value": CONSTANT}}}
    environments = {
        "prod": {},
        "dev": {"overrides": {"syncs": {"Sync": with_constant()}}},
    }
    write(mine, sync=live)
    assert mine("apply", "--yes", "-q").code == 0
    write(mine, sync={"fields": {"EMAIL": "email", "FIRST_NAME": {"value": "plain"}}}, environments=environments)
    planned = mine("plan", "--env", "prod", "--out", "p.json", "-o", "json")
    (change,) = planned.json["changes"]
    assert [(one["before"], one["after"]) for one in change["fields"]] == [("(sensitive)", "plain")]
    other = Workspace(mine.folder, {**mine.environment}, mine.sandbox)
    del other.environment["CONSTANT"]
    assert other("apply", "p.json", "--yes").code == 0


UUID, TIME = "2026abcd-1111-4222-8333-444455556666", "2026-11-30T20:26:00Z"


def test_times_ids_and_digests_are_whole() -> None:
    """A short secret equals a part of them by chance; only what is one as a whole is hidden."""
    change = Change("syncs/Sync", "syncs", "Sync", Action.UPDATE, UUID, updated_at=TIME, seen="2026" * 4)
    change = replace(change, history=(f"{TIME}: updated by 2026 (2026-11-30)",), updated_by="2026")
    outcome = Outcome("syncs/Sync", Action.UPDATE, Status.DONE, UUID, seconds=2026.0)
    other = Unmanaged("syncs/Own", UUID, TIME)
    report = Report("apply", plan=Plan((change,), unmanaged=(other,)), outcomes=(outcome,))
    hidden = (f"{TIME}: updated by (sensitive) (2026-11-30)",)
    assert hide_secrets(report, Scrubber({"2026"})) == replace(
        report,
        plan=Plan((replace(change, history=hidden, updated_by="(sensitive)"),), unmanaged=(other,)),
    )
    assert hide_secrets(other, Scrubber({TIME})) == Unmanaged("syncs/Own", UUID, "(sensitive)")
    assert hide_secrets(other, Scrubber({f"key-{UUID}"})) == Unmanaged("syncs/Own", "(sensitive)", TIME)


def test_the_year_is_no_secret_in_the_times_of_a_drift(mine: Workspace) -> None:
    """A password that is the year, or the beginning of an id, leaves times, ids and counts as they are."""
    write(mine)
    assert mine("apply", "--yes", "-q").code == 0
    live = mine.sandbox.named("models", "Customers")
    id, year = live["id"], live["updated_at"][:4]
    for secret in (year, id[:8]):
        known = Workspace(mine.folder, {**mine.environment, "CONSTANT": secret}, mine.sandbox)
        write(known, sync={**with_constant(), "mode": "append"}, model={"fields": ["email", "first_name"]})
        drift, report = known("drift"), known("drift", "-o", "json").json
        models = [one for one in report["changes"] if one["kind"] == "models"]
        assert [(one["id"], one["updated_at"][:4]) for one in models] == [(id, year)]
        assert "(sensitive)-" not in drift.out
        assert all(one.startswith(f"{year}-") for change in report["changes"] for one in change["history"])
        assert any(change["history"] for change in report["changes"])


def test_an_id_stands_behind_each_mention() -> None:
    """Also of objects of which several have one name, and beside names that files say in clear."""
    scrubber = Scrubber({"canary"}, InClear(frozenset({"canary file", "models/canary file"})))
    changes = (
        Change("models/canary", "models", "canary", Action.DELETE, "1"),
        Change("models/canary file", "models", "canary file", Action.DELETE, "2", waits_for=("models/canary",)),
    )
    shown = hide_secrets(Plan(changes, unchanged=("models/canary.", "models/canaryx")), scrubber)
    assert [(one.address, one.name, one.waits_for) for one in shown.changes] == [
        ("models/(sensitive) (1)", "(sensitive) (1)", ()),
        ("models/canary file", "canary file", ("models/(sensitive) (1)",)),
    ]
    assert shown.unchanged == ("models/(sensitive) (1).", "models/(sensitive)x")
    assert json.dumps(hide_secrets({"models/canary": 1}, scrubber)) == '{"models/(sensitive)": 1}'


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ('did you mean "canary"?', None),
        ('did you mean "canal" or "canary" or "canard"?', 'did you mean "canal" or "canard"?'),
        ('canary; did you mean "xcanary"?', "(sensitive)"),
        ('did you mean "canal"?', 'did you mean "canal"?'),
    ],
)
def test_a_masked_name_is_never_suggested(hint: str, shown: str | None) -> None:
    one = Diagnostic("unknown-reference", "unknown", "canary", hint=hint)
    assert hide_secrets(one, Scrubber({"canary"})) == replace(one, detail="(sensitive)", hint=shown)
