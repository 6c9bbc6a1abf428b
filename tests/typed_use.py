"""A user's script for `mypy --strict`: the public names have their types, in every spelling. It is never run."""

from typing import assert_type

import applier
import applier.plan.changes
import applier.render.text
from applier import Invalid, apply, connect, load, plan, render
from applier.api import Client
from applier.diagnostics import Diagnostic
from applier.plan import PlanOptions, changes
from applier.report import Report
from applier.sdk import Planned
from applier.spec.resources import Spec

spec = load("folder", env="production", variables={"on": True})
assert_type(spec, Spec)
try:
    with connect(spec) as workspace:
        assert_type(workspace, Client)
        planned = plan(spec, workspace, policy=PlanOptions(prune=True))
        assert_type(planned, Planned)
        assert_type(applier.plan(spec, workspace, targets=["syncs/*"]), Planned)
        assert_type(planned.changes, tuple[changes.Change, ...])
        assert_type(apply(planned), Report)
        assert_type(render(planned, "json"), str)
        assert_type(applier.render(planned), str)
        plan(spec, "workspace")  # type: ignore[arg-type]
        plan(spec, workspace, everything=True)  # type: ignore[call-arg]
        plan(spec, workspace, targets=5)  # type: ignore[arg-type]
        connect(spec, url=b"x")  # type: ignore[arg-type]
        render(planned, form=5)  # type: ignore[arg-type]
except Invalid as error:
    assert_type(error.diagnostics, tuple[Diagnostic, ...])
found = applier.plan.changes.Action.CREATE, applier.render.text
