"""Invariant: after a pull the files are valid, and the plan has exactly the differences that the pull told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from applier import pipeline
from applier.export.pull import PullResult, pull_edits
from tests.effort import COSTLY
from tests.export.written_specs import WrittenSpec, block_of, draw_spec
from tests.kinds.test_apply_then_plan_is_empty import SPECS
from tests.kinds.workspace import V1, V2, InProcessWorkspace, workspace

COLUMNS = "id, email, first_name, last_name, account_id, age"
QUERIES = [
    f"SELECT {COLUMNS} FROM customers",
    f"SELECT {COLUMNS}\nFROM customers",
    f"SELECT {COLUMNS}\n  FROM customers\n",
]


def plan(live: InProcessWorkspace, written: WrittenSpec) -> Any:
    spec, problems = written.load()
    assert [one.detail for one in problems if one.severity == "error"] == []
    return spec, pipeline.plan(spec, live.client())


def pull_and_plan(live: InProcessWorkspace, written: WrittenSpec) -> tuple[PullResult, set[tuple[str, str]]]:
    """A pull, and the differences that there are afterwards."""
    spec, prepared = plan(live, written)
    made = pull_edits(prepared.plan.changes, spec, prepared.resolved, prepared.scrubber, written.load)
    changed = {one.address for one in prepared.plan.changes}
    for name in made.changed:
        assert Path(name).read_bytes() == made.before[name]
        Path(name).write_bytes(made.after[name])
    for address, one in spec.resources.items():
        if address not in changed and one.place.file in made.changed:
            lines = made.before[one.place.file].decode().splitlines(keepends=True)
            if lines[one.place.line - 1].startswith(" "):  # not a file of one line
                assert block_of(lines, one.place.line) in made.after[one.place.file].decode()
    again, after = plan(live, written)
    for address, one in again.resources.items():
        assert address in changed or one.body == spec.resources[address].body
    return made, {(one.address, field.label) for one in after.plan.changes for field in one.fields}


@COSTLY
@given(
    st.sampled_from([V1, V2]), SPECS, SPECS, st.sampled_from(QUERIES), st.sampled_from(QUERIES), st.integers(0, 2**32)
)
def test_pull_then_plan_has_only_reported_differences(
    version: str, mine: Any, theirs: Any, query: str, other: str, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        for one, text in ((mine, query), (theirs, other)):
            one["models"]["Queried"] = {"connection": "Source", "configuration": {"query": text}}
            live.apply(one)
        project = Path(folder, "project").resolve()
        project.mkdir()
        written = draw_spec(Random(seed), mine, project)
        made, remaining = pull_and_plan(live, written)
        assert remaining == {(one.address, one.label) for one in made.left}
        assert not remaining & set(made.pulled_fields)
        assert [written.errors(name) for name in (None, "dev", "prod")] == [[], [], []]
        before = {one: one.read_bytes() for one in project.iterdir()}
        again, still = pull_and_plan(live, written)
        assert (still, again.left, {one: one.read_bytes() for one in project.iterdir()}) == (
            remaining,
            made.left,
            before,
        )
