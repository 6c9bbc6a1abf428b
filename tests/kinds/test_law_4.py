"""Law 4 over generated specs: cut the run at any request, run again, and the end is the same, with nothing twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import httpx
from hypothesis import given
from hypothesis import strategies as st

from applier import pipeline
from applier.api import ApiError
from tests.effort import COSTLY
from tests.kinds.test_law_1 import SPECS, SWITCHES
from tests.kinds.workspace import V1, V2, Workspace, workspace

LISTS = ("/api/connections", "/api/models", "/api/syncs", "/api/bulk/syncs")


def cut(live: Workspace, document: Any, after: int, when: Literal["before", "after"]) -> bool:
    """Apply with a connection that is lost for good at some request; True when not everything was done."""
    first = len(live.door.seen) + 1
    live.fault(kind="drop", when=when, nth=list(range(after, after + 400)))
    try:
        prepared = live.plan(document)
        outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
        ended = any(one.status != "done" for one in outcomes)
    except ApiError:
        ended = True
    httpx.Client(base_url="http://sandbox", transport=live.door).delete("/_sandbox/faults").raise_for_status()
    assert ended or len(live.door.seen) - first <= after + 2  # what came before the cut, and the faults themselves
    return ended


def names(live: Workspace) -> dict[str, Counter[str]]:
    return {path: Counter(one["name"] for one in live.send("GET", path) or []) for path in LISTS}


@COSTLY
@given(
    st.sampled_from([V1, V2]),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SWITCHES.items()}),
    SPECS,
    SPECS,
    st.integers(8, 60),
    st.sampled_from(["before", "after"]),
)
def test_cut_anywhere_and_run_again(
    version: str, switches: dict[str, str], first: Any, second: Any, after: int, when: Literal["before", "after"]
) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version, **switches) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        for document in (first, second):
            cut(live, document, after, when)
            live.apply(document)
            assert live.changes(document) == {}
            found = names(live)
            assert [counted.most_common(1)[0][1] for counted in found.values()] == [1, 1, 1, 1], found
            assert {path: set(counted) for path, counted in found.items()} == {
                "/api/connections": set(document["connections"]),
                "/api/models": set(document["models"]),
                "/api/syncs": set(document["syncs"]),
                "/api/bulk/syncs": set(document["bulk_syncs"]),
            }
