"""Invariant: after a pull the plan has only the differences that the pull reported as left."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from applier import pipeline
from applier.export.pull import PullResult, pull_edits
from applier.spec.documents.write import dump_yaml
from applier.spec.variables.given import Given
from tests.effort import COSTLY
from tests.kinds.test_apply_then_plan_is_empty import SPECS
from tests.kinds.workspace import ENVIRONMENT, V1, V2, InProcessWorkspace, workspace

STYLES: tuple[Callable[[Any], str], ...] = (dump_yaml, json.dumps, lambda value: json.dumps(value, indent=1))


def pull_and_plan(live: InProcessWorkspace, file: Path) -> tuple[PullResult, set[tuple[str, str]]]:
    """A pull, and the differences that there are afterwards."""
    spec, _ = pipeline.load([file], ENVIRONMENT)
    prepared = pipeline.plan(spec, live.client())
    resolved = prepared.resolved
    made = pull_edits(
        prepared.plan.changes,
        spec,
        resolved,
        prepared.scrubber,
        lambda environment, contents: pipeline.load([file], ENVIRONMENT, Given(environment, contents=contents)),
    )
    for name in made.changed:
        Path(name).write_bytes(made.after[name])
    again, problems = pipeline.load([file], ENVIRONMENT)
    assert [one.detail for one in problems if one.severity == "error"] == []
    changes = pipeline.plan(again, live.client()).plan.changes
    return made, {(one.address, field.label) for one in changes for field in one.fields}


@COSTLY
@given(st.sampled_from([V1, V2]), st.sampled_from(STYLES), SPECS, SPECS)
def test_pull_then_plan_has_only_reported_differences(
    version: str, style: Callable[[Any], str], mine: Any, theirs: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        live.apply(mine)
        live.apply(theirs)
        file = Path(folder) / "mine.yaml"
        file.write_text(style(mine), "utf-8")
        made, remaining = pull_and_plan(live, file)
        assert remaining <= {(one.address, one.label) for one in made.left}
        assert not remaining & set(made.pulled_fields)
        before = file.read_bytes()
        _, still = pull_and_plan(live, file)
        assert (still, file.read_bytes()) == (remaining, before)
