"""What a change reaches: directly, through models, renamed, declared or only live."""

from __future__ import annotations

from typing import Any

import pytest

from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.live.snapshot import build_snapshot
from applier.plan import Action, Change, Plan
from applier.plan.impact import Impact, can_affect_dependents, dependents_of, measure_impact, rewrites

NEEDS = {"models/M": ("connections/C",), "syncs/S": ("models/M", "connections/T"), "syncs/Idle": ("models/M",)}


def made(address: str, action: Action, *fields: str) -> Change:
    kind, _, name = address.partition("/")
    return Change(address, kind, name, action, fields=tuple(FieldChange((one,), 1, 2) for one in fields))


@pytest.mark.parametrize(
    ("address", "action", "found"),
    [
        ("connections/C", Action.UPDATE, [("connections/C", ("syncs/S",), 1)]),
        ("models/M", Action.DELETE, [("models/M", ("syncs/S",), 1)]),
        ("connections/T", Action.REPLACE, [("connections/T", ("syncs/S",), 0)]),
        ("connections/C", Action.CREATE, []),
        ("connections/Other", Action.UPDATE, []),
        ("syncs/S", Action.UPDATE, []),
    ],
)
def test_reach(address: str, action: Action, found: list[Any]) -> None:
    surroundings = Impact(NEEDS, frozenset({"syncs/S"}))
    plan = Plan((made(address, action),))
    assert [(one.change.address, one.active, one.idle) for one in dependents_of(plan, surroundings)] == found
    assert can_affect_dependents(plan) is (action is not Action.CREATE and not address.startswith("syncs"))


@pytest.mark.parametrize(
    ("address", "action", "fields", "members"),
    [
        ("syncs/S", Action.UPDATE, ("mode", "active"), ("mode",)),
        ("syncs/S", Action.RENAME, ("identity", "mode"), ("identity", "mode")),
        ("syncs/S", Action.UPDATE, ("schedule",), ()),
        ("syncs/S", Action.CREATE, ("mode",), ()),
        ("models/M", Action.UPDATE, ("identity",), ()),
    ],
)
def test_full_resync(address: str, action: Action, fields: tuple[str, ...], members: tuple[str, ...]) -> None:
    assert rewrites(made(address, action, *fields)) == members


def test_a_thin_list_entry_is_enough() -> None:
    snapshot = build_snapshot(
        [
            (KINDS["connections"], {"id": "c", "name": "C", "type": "mysql"}),
            (KINDS["models"], {"id": "m", "name": "M", "connection_id": "c"}),
            (KINDS["syncs"], {"id": "s", "name": "S", "active": True, "model_ids": ["m"], "target_connection_id": "c"}),
        ]
    )
    seen = measure_impact({}, snapshot)
    assert set(seen.needs["syncs/S"]) == {"models/M", "connections/C"}
    assert seen.needs["models/M"] == ("connections/C",)
    assert seen.active == {"syncs/S"}
