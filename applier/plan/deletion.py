"""Deletes: what goes, users before what they use, and nothing that something which stays still needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from applier import graph
from applier.diagnostics import Diagnostic, Place, diagnose, in_order
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change, Plan, Unmanaged, digest
from applier.plan.options import PlanOptions
from applier.plan.safety import destroy_violations, protected_changes
from applier.plan.system_objects import find_system_object_problems
from applier.resolve import AMBIGUOUS, DeclaredResources
from applier.resources import Spec, address_of

TAKE_ALONG = "delete or change that first, keep this one with --exclude, or take its users along with --force-delete"


@dataclass(frozen=True, slots=True)
class Deleting:
    """A live object that is to be deleted, who says so, and why."""

    live: Live
    place: Place | None
    why: str = ""


def deleted_by_spec(
    spec: Spec, snapshot: Snapshot, policy: PlanOptions, chosen: Collection[str] | None
) -> tuple[list[Deleting], list[Diagnostic]]:
    """What `removed` names, and with `prune` all that is undeclared inside `owns`."""
    problems: list[Diagnostic] = []
    doomed: list[Deleting] = []
    for removal in spec.removals:
        found = snapshot.at(removal.address) if removal.destroy and _chosen(removal.address, chosen) else ()
        if len(found) > 1:
            problems.append(_several(removal.kind, removal.name, found, removal.place))
        doomed += [Deleting(one, removal.place, "named in removed") for one in found if len(found) == 1]
    if policy.prune:
        known = {one.live.id for one in doomed}
        doomed += [
            Deleting(one, None, "undeclared inside owns")
            for one in owned_but_undeclared(spec, snapshot)
            if one.id not in known and _chosen(one.address, chosen)
        ]
    return doomed, problems


def _chosen(address: str, chosen: Collection[str] | None) -> bool:
    return chosen is None or address in chosen


def owned_but_undeclared(spec: Spec, snapshot: Snapshot) -> list[Live]:
    """The live objects inside `owns` that are neither declared nor let go."""
    let_go = {one.address for one in spec.removals if not one.destroy}
    return [
        one
        for kind, globs in spec.owns.items()
        for one in snapshot.of_kind(kind)
        if any(fnmatchcase(one.live_name, glob) for glob in globs)
        and not KINDS[kind].is_system(one.answer)
        and one.address not in spec.resources
        and one.address not in let_go
    ]


def unmanaged(spec: Spec, snapshot: Snapshot, deleted: Collection[str]) -> tuple[Unmanaged, ...]:
    """Those of them that stay as they are."""
    kept = [one for one in owned_but_undeclared(spec, snapshot) if one.address not in deleted]
    kept.sort(key=lambda one: graph.by_kind_and_name(one.address))
    return tuple(Unmanaged(one.address, one.id, one.updated_at, one.updated_by) for one in kept)


def plan_to_destroy(
    spec: Spec, forms: DeclaredResources, snapshot: Snapshot, policy: PlanOptions, chosen: Collection[str] | None = None
) -> Plan:
    """Delete what is live of the `chosen` addresses, or of all; unmanaged resources are never touched."""
    doomed: list[Deleting] = []
    problems: list[Diagnostic] = []
    for address, form in forms.items():
        resource, found = form.resource, snapshot.at(address)
        if not resource.managed or not _chosen(address, chosen):
            continue
        if len(found) > 1:
            problems.append(_several(resource.kind, resource.name, found, resource.place))
        doomed += [Deleting(one, resource.place) for one in found if len(found) == 1]
    changes, stuck = plan_deletes(doomed, snapshot, forms, (), policy)
    own = find_system_object_problems((), changes, snapshot)
    plan = Plan(changes, (), in_order([*problems, *stuck, *own]))
    limits = () if policy.force else destroy_violations(plan, spec)
    return Plan(plan.changes, (), plan.diagnostics, (), (*limits, *protected_changes(plan, spec)))


def plan_deletes(
    doomed: list[Deleting], snapshot: Snapshot, forms: DeclaredResources, written: Collection[str], policy: PlanOptions
) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """The deletes in order. A live user that stays is an error (quirks 12 and 20), with `force_delete` it goes too.

    A user among the `written` that no longer mentions the doomed is no obstacle: the delete waits for its update.
    """
    going = {one.live.id: one for one in doomed}
    users = _users(snapshot)

    def moves_away(user: Live, address: str) -> bool:
        return user.address in written and address not in forms[user.address].needs

    if policy.force_delete:
        _take_along(going, users, forms)
    problems: list[Diagnostic] = []
    waits: dict[str, list[str]] = {}
    for one in going.values():
        waits[one.live.id] = []
        for user in users.get(one.live.address, ()):
            if user.id == one.live.id:
                continue
            if user.id in going:
                waits[one.live.id].append(user.id)
            elif moves_away(user, one.live.address):
                waits[one.live.id].append(user.address)
            else:
                problems.append(still_used(one.live, user, one.place, declared=user.address in forms))
    order = _in_order(going, waits)
    told = _told_apart(going, written)
    return tuple(_change(going[key], waits[key], told) for key in order), problems


def _in_order(going: Mapping[str, Deleting], waits: dict[str, list[str]]) -> list[str]:
    """Users first. Live objects may use each other in a circle: somewhere it is cut, and `waits` loses that."""
    while True:
        among = {key: [other for other in others if other in going] for key, others in waits.items()}
        try:
            return graph.topological_order(among, rank=lambda key: _last_kinds_first(going[key].live))
        except graph.CycleError as circle:
            first, second, *_ = circle.args[1]
            waits[second].remove(first)


def _told_apart(going: Mapping[str, Deleting], written: Collection[str]) -> Mapping[str, str]:
    """An address for each that no other change has: with the id where names are live more than once."""
    often = Counter(one.live.address for one in going.values())
    return {
        key: f"{one.live.address} ({key})" if often[one.live.address] > 1 or one.live.address in written
        else one.live.address
        for key, one in going.items()
    }  # fmt: skip


def _last_kinds_first(live: Live) -> tuple[int, str, str]:
    return -graph.RANK[live.kind], live.name, live.id


def _users(snapshot: Snapshot) -> dict[str, list[Live]]:
    """The live objects that mention each address, by kind and name."""
    users: dict[str, list[Live]] = {}
    for one in sorted(snapshot.by_id.values(), key=lambda live: (graph.by_kind_and_name(live.address), live.id)):
        for address in {use.address for use in mentions_in(KINDS[one.kind], one.canonical)}:
            users.setdefault(address, []).append(one)
    return users


def _take_along(going: dict[str, Deleting], users: Mapping[str, list[Live]], forms: DeclaredResources) -> None:
    """Add the users, and theirs, as far as the spec does not declare them."""
    waiting = list(going.values())
    while waiting:
        one = waiting.pop()
        for user in users.get(one.live.address, ()):
            if user.id not in going and user.address not in forms:
                going[user.id] = Deleting(user, None, f"uses {one.live.address}")
                waiting.append(going[user.id])


def _change(one: Deleting, waits: list[str], told: Mapping[str, str]) -> Change:
    live = one.live
    after = {told.get(other, other) for other in waits}
    return Change(
        address=told[live.id],
        kind=live.kind,
        name=live.name,
        action=Action.DELETE,
        id=live.id,
        place=one.place,
        waits_for=tuple(sorted(after, key=graph.by_kind_and_name)),
        updated_at=live.updated_at,
        updated_by=live.updated_by,
        seen=digest(live.answer),
        why=one.why,
    )


def still_used(
    live: Live, user: Live, place: Place | None, *, declared: bool, otherwise: str = TAKE_ALONG
) -> Diagnostic:
    """The error for deleting what a live object that stays still uses; `otherwise` is what helps with a stranger."""
    noun, name = KINDS[live.kind].noun, live.name
    return diagnose(
        "still-used",
        f'The {noun} "{name}" is used by the live {KINDS[user.kind].noun} "{user.name}" ({user.id}), which stays.',
        place,
        "the spec declares that one: change or remove it in the same run, or keep this one with --exclude"
        if declared
        else otherwise,
        address=live.address,
    )


def _several(kind: str, name: str, found: Collection[Live], place: Place) -> Diagnostic:
    ids = ", ".join(sorted(one.id for one in found))
    return Diagnostic(
        *AMBIGUOUS,
        f'{len(found)} live {KINDS[kind].noun}s are called "{name}": {ids}.',
        place,
        "delete the one that is meant in Polytomic, or pin it with id",
        address=address_of(kind, name),
    )
