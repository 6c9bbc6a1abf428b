"""Who needs whom around a plan, declared or only live, and which syncs are active: what a change reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.graph import by_kind_and_name, reachable, reversed_edges
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change, Plan
from applier.resolve import DeclaredResources

RUNNING = ("syncs", "bulk_syncs")
TELLING = (("model_ids", "models"), ("target_connection_id", "connections"))
DECIDING = ("mode", "identity")
"""Members of a sync whose change means that its next run writes everything again."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The addresses that each address needs, and the syncs that run as things are."""

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    active: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dependents:
    """What hangs on a changed connection or model: active syncs, and how many others that do not run."""

    change: Change
    active: tuple[str, ...]
    idle: int


def measure_impact(forms: DeclaredResources, *snapshots: Snapshot) -> Impact:
    """What the files say, and what is live beside them; of what is live more often the last snapshot counts."""
    needs = {address: form.needs for address, form in forms.items()}
    active = {address for address, form in forms.items() if _runs(address, form.canonical)}
    for snapshot in snapshots:
        for one in snapshot.by_id.values():
            mentioned = (*needs.get(one.address, ()), *_mentioned(one, snapshot))
            needs[one.address] = tuple(dict.fromkeys(mentioned))
            if _runs(one.address, one.canonical):
                active.add(one.address)
            else:
                active.discard(one.address)
    return Impact(needs, frozenset(active))


def is_worth_telling(plan: Plan) -> bool:
    """True when the plan touches something that other objects may hang on."""
    return any(one.kind not in RUNNING and one.action is not Action.CREATE for one in plan.changes)


def _mentioned(one: Live, snapshot: Snapshot) -> Iterator[str]:
    """What a live object mentions. The list of 2025-09-18 shows of a sync only what `TELLING` holds (quirk 19)."""
    yield from (use.address for use in mentions_in(KINDS[one.kind], one.canonical))
    for member, kind in TELLING:
        said = one.answer.get(member)
        for identifier in said if isinstance(said, list) else [said]:
            found = snapshot.by_id.get((kind, str(identifier)))
            if found is not None:
                yield found.address


def _runs(address: str, canonical: Mapping[str, object]) -> bool:
    return address.partition("/")[0] in RUNNING and canonical.get("active") is True


def dependents_of(plan: Plan, surroundings: Impact) -> Iterator[Dependents]:
    """Each changed connection or model that something live or declared hangs on, in the order of the plan."""
    users = reversed_edges(surroundings.needs)
    for one in plan.changes:
        if one.kind in RUNNING or one.action is Action.CREATE:
            continue
        hanging = [each for each in reachable([one.address], users) if each.partition("/")[0] in RUNNING]
        active = sorted((each for each in hanging if each in surroundings.active), key=by_kind_and_name)
        if hanging:
            yield Dependents(one, tuple(active), len(hanging) - len(active))


def rewrites(one: Change) -> tuple[str, ...]:
    """The members for whose change the next run of a sync is a full one; none for any other change."""
    if one.kind not in RUNNING or one.action not in (Action.UPDATE, Action.RENAME, Action.REPLACE):
        return ()
    return tuple(dict.fromkeys(each.path[0] for each in one.fields if each.path and each.path[0] in DECIDING))
