"""Invariant over generated specs: an interim name changes nothing of an object but its name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from applier.live.remote import Remote
from tests.effort import COSTLY, scale
from tests.kinds.test_apply_then_plan_is_empty import SPECS, SWITCHES
from tests.kinds.workspace import V1, V2, InProcessWorkspace, workspace

WRITES = ("updated_at", "updated_by", "version")


def content(live: InProcessWorkspace, path: str) -> dict[str, Any]:
    found = [live.send("GET", f"{path}/{one['id']}") for one in live.send("GET", path)]
    return {one["id"]: {key: without_times(one[key]) for key in one if key not in (*WRITES, "name")} for one in found}


def without_times(value: Any) -> Any:
    """Return a value without what a write sets, with sorted lists: their order means nothing."""
    if isinstance(value, dict):
        return {key: without_times(member) for key, member in value.items() if key not in WRITES}
    return sorted(map(without_times, value), key=repr) if isinstance(value, list) else value


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    assert before.keys() == after.keys()
    pairs = [(before[one], after[one]) for one in before]
    return [(key, one.get(key), other.get(key)) for one, other in pairs for key in {**one, **other}
            if one.get(key) != other.get(key)]  # fmt: skip


@settings(COSTLY, max_examples=scale(4, 200))
@given(
    st.sampled_from([V1, V2]),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SWITCHES.items()}),
    SPECS,
)
def test_a_rename_changes_only_the_name(version: str, switches: dict[str, str], document: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version, **switches) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        live.apply(document)
        prepared = live.plan(document)
        context = prepared.resolved
        names = context.snapshot.names()
        for address, one in context.matches.items():
            remote = Remote(context.snapshot.kinds[one.kind], live.client(), names)
            before = content(live, remote.kind.path)
            now = remote.read(one.id, context.declared[address].canonical)
            remote.rename(f"{one.name} (renaming)", context.declared[address].canonical, now)
            assert differences(before, content(live, remote.kind.path)) == []
            assert live.send("GET", f"{remote.kind.path}/{one.id}")["name"] == f"{one.name} (renaming)"
            remote.rename(one.name, context.declared[address].canonical, now)
        assert live.changes(document) == {}
