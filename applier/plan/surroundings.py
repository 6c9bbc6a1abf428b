"""Who needs whom around a plan, declared or only live, and which syncs are active: what a change reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.graph import by_kind_and_name, reached, reversed_edges
from applier.kinds import KINDS
from applier.kinds.references import uses
from applier.linking import Forms
from applier.plan.changes import Action, Change, Plan
from applier.snapshot import Snapshot

RUNNING = ("syncs", "bulk_syncs")
DECIDING = ("mode", "identity")
"""Members of a sync whose change means that its next run writes everything again."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The addresses that each address needs, and the syncs that run as things are."""

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    active: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """What hangs on a changed connection or model: active syncs, and how many others that do not run."""

    change: Change
    active: tuple[str, ...]
    idle: int


def around(forms: Forms, snapshot: Snapshot) -> Surroundings:
    """What the files say, and what is live beside them."""
    needs = {address: form.needs for address, form in forms.items()}
    active = {address for address, form in forms.items() if _runs(address, form.canonical)}
    for address, live in snapshot.by_address.items():
        for one in live:
            mentioned = tuple(dict.fromkeys(use.address for use in uses(KINDS[one.kind], one.canonical)))
            needs[address] = tuple(dict.fromkeys((*needs.get(address, ()), *mentioned)))
            if _runs(address, one.canonical):
                active.add(address)
            elif address in active:
                active.discard(address)
    return Surroundings(needs, frozenset(active))


def _runs(address: str, canonical: Mapping[str, object]) -> bool:
    return address.partition("/")[0] in RUNNING and canonical.get("active") is True


def reaches(plan: Plan, surroundings: Surroundings) -> Iterator[Reach]:
    """Each changed connection or model that something live or declared hangs on, in the order of the plan."""
    users = reversed_edges(surroundings.needs)
    for one in plan.changes:
        if one.kind in RUNNING or one.action is Action.CREATE:
            continue
        hanging = [each for each in reached([one.address], users) if each.partition("/")[0] in RUNNING]
        active = sorted((each for each in hanging if each in surroundings.active), key=by_kind_and_name)
        if hanging:
            yield Reach(one, tuple(active), len(hanging) - len(active))


def rewrites(one: Change) -> tuple[str, ...]:
    """The members for whose change the next run of a sync is a full one; none for any other change."""
    if one.kind not in RUNNING or one.action not in (Action.UPDATE, Action.RENAME, Action.REPLACE):
        return ()
    return tuple(dict.fromkeys(each.path[0] for each in one.fields if each.path and each.path[0] in DECIDING))
