"""Measures what a change affects: who depends on whom, declared or only live, and which syncs are active."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.api import Client
from applier.graph import by_kind_and_name, invert_edges, reachable
from applier.kinds import KINDS, kinds_to_search
from applier.kinds.base import sequence
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot, read_snapshot, rename_live
from applier.plan.changes import Action, Change, Plan
from applier.resolve import DeclaredResources, Resolved


@dataclass(frozen=True, slots=True)
class Impact:
    """The addresses that each address needs, and the active syncs."""

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    active: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dependents:
    """The syncs that depend on a changed connection or model: the active ones, and the number of others."""

    change: Change
    active: tuple[str, ...]
    idle: int


def read_impact(plan: Plan, resolved: Resolved, client: Client | None, parallelism: int) -> Impact:
    """Return the impact of a plan. With a client, it includes live objects of kinds that the spec does not mention.

    Raises `ApiError`.
    """
    if client is None or not can_affect_dependents(plan):
        return measure_impact(resolved.declared, resolved.snapshot)
    names = {key: one.name for key, one in resolved.snapshot.by_id.items()}
    kinds = kinds_to_search({one.kind for one in plan.changes})
    found = read_snapshot(client, kinds, parallelism=parallelism, registry=resolved.snapshot.kinds)
    everything = rename_live(found, names)
    return measure_impact(resolved.declared, everything, resolved.snapshot)


def can_affect_dependents(plan: Plan) -> bool:
    """True when the plan changes something that other objects may depend on."""
    return any(not KINDS[one.kind].runs and one.action is not Action.CREATE for one in plan.changes)


def measure_impact(declared: DeclaredResources, *snapshots: Snapshot) -> Impact:
    """Return the impact of what is declared and live; for an object in several snapshots, the last one counts."""
    needs = {address: one.needs for address, one in declared.items()}
    active = {address for address, one in declared.items() if _is_active(address, one.canonical)}
    for snapshot in snapshots:
        for one in snapshot.by_id.values():
            mentioned = (*needs.get(one.address, ()), *_mentions_of(one, snapshot))
            needs[one.address] = tuple(dict.fromkeys(mentioned))
            if _is_active(one.address, one.canonical):
                active.add(one.address)
            else:
                active.discard(one.address)
    return Impact(needs, frozenset(active))


def _mentions_of(live: Live, snapshot: Snapshot) -> Iterator[str]:
    """Yield what a live object mentions. Some lists have only ids: docs/api/behaviours.md#light-sync-lists."""
    kind = KINDS[live.kind]
    yield from (mention.address for mention in mentions_in(kind, live.canonical))
    for reference in kind.list_references:
        member = live.answer.get(reference.path[0])
        for identifier in sequence(member) or [member]:
            found = snapshot.by_id.get((reference.kind, str(identifier)))
            if found is not None:
                yield found.address


def _is_active(address: str, canonical: Mapping[str, object]) -> bool:
    toggle = KINDS[address.partition("/")[0]].toggle
    return _runs(address) and toggle is not None and canonical.get(toggle.member) is True


def _runs(address: str) -> bool:
    return KINDS[address.partition("/")[0]].runs


def dependents_of(plan: Plan, impact: Impact) -> Iterator[Dependents]:
    """Yield each changed connection or model that a sync depends on, in the order of the plan."""
    edges = invert_edges(impact.needs)
    for one in plan.changes:
        if KINDS[one.kind].runs or one.action is Action.CREATE:
            continue
        dependents = [address for address in reachable([one.address], edges) if _runs(address)]
        active = sorted((address for address in dependents if address in impact.active), key=by_kind_and_name)
        if dependents:
            yield Dependents(one, tuple(active), len(dependents) - len(active))


def rewrites(change: Change) -> tuple[str, ...]:
    """Return the changed members after which the next run of a sync is a full one."""
    if change.action not in (Action.UPDATE, Action.RENAME, Action.REPLACE):
        return ()
    members = dict.fromkeys(one.path[0] for one in change.fields if one.path)
    return tuple(one for one in members if one in KINDS[change.kind].full_resync_members)
