"""Plans deletes: dependents before what they use, and nothing that an object which stays still needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from applier import diff, graph
from applier.diagnostics import Diagnostic, Place, diagnose, in_order
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.ownership import find_undeclared
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change, Plan, Unmanaged, digest
from applier.plan.options import PlanOptions
from applier.plan.safety import destroy_violations
from applier.plan.system_objects import find_system_object_problems
from applier.resolve import DeclaredResources, Resolved, ambiguous_name
from applier.spec.resources import Removal, Spec
from applier.targeting import EVERYTHING

IN_USE_HINT = "delete or change it first, keep this one with --exclude, or delete its dependents with --force-delete"


@dataclass(frozen=True, slots=True)
class Deleting:
    """A live object that is to be deleted, where that is declared, and why."""

    live: Live
    place: Place | None
    why: str = ""


def find_deletes(spec: Spec, resolved: Resolved, options: PlanOptions) -> tuple[list[Deleting], list[Diagnostic]]:
    """Return what `removed` names and, with `prune`, everything undeclared inside `owns`."""
    problems: list[Diagnostic] = []
    deleting: list[Deleting] = []
    for one in spec.removals:
        found = resolved.snapshot.at(one.address) if one.destroy and one.address in resolved.scope else ()
        if len(found) > 1:
            problems.append(_ambiguous_name(one.kind, one.name, found, one.place))
        elif found:
            deleting.append(Deleting(found[0], one.place, "named in removed"))
        elif one.destroy and KINDS[one.kind].is_labelled and resolved.snapshot.of_kind(one.kind):
            problems.append(_no_effect(one))
    if options.prune:
        known = {one.live.id for one in deleting}
        deleting += [
            Deleting(one, None, "undeclared inside owns")
            for one in find_undeclared(spec, resolved.snapshot)
            if one.id not in known and one.address in resolved.scope
        ]
    return deleting, problems


def find_leaving(spec: Spec, resolved: Resolved, options: PlanOptions) -> set[str]:
    """Return the ids of what `removed` and `prune` delete, in scope or not."""
    everything, _ = find_deletes(spec, replace(resolved, scope=EVERYTHING), options)
    return {one.live.id for one in everything}


def find_unmanaged(spec: Spec, snapshot: Snapshot, deletes: Collection[Change]) -> tuple[Unmanaged, ...]:
    """Return what is undeclared inside `owns` and stays."""
    deleted = {(one.kind, one.id) for one in deletes}
    kept = [one for one in find_undeclared(spec, snapshot) if (one.kind, one.id) not in deleted]
    kept.sort(key=lambda one: graph.by_kind_and_name(one.address))
    return tuple(Unmanaged(one.address, one.id, one.updated_at, one.updated_by) for one in kept)


def plan_to_destroy(spec: Spec, resolved: Resolved, options: PlanOptions) -> Plan:
    """Return the plan that deletes every live object that is declared and in scope; never an unmanaged one."""
    deleting: list[Deleting] = []
    problems: list[Diagnostic] = []
    for address, one in resolved.in_scope.items():
        resource, found = one.resource, resolved.snapshot.at(address)
        if not resource.managed:
            continue
        if len(found) > 1:
            problems.append(_ambiguous_name(resource.kind, resource.name, found, resource.place))
        elif found:
            deleting.append(Deleting(found[0], resource.place))
    changes, in_use = plan_deletes(deleting, resolved, (), options)
    system = find_system_object_problems((), changes, resolved.snapshot)
    plan = Plan(changes, (), (*resolved.diagnostics, *in_order([*problems, *in_use, *system])))
    return Plan(plan.changes, (), plan.diagnostics, (), destroy_violations(plan, spec, options=options))


def plan_deletes(
    deleting: list[Deleting], resolved: Resolved, written: Collection[str], options: PlanOptions
) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """Return the deletes in order, with an error for each dependent that stays.

    The service deletes a model even if syncs use it (docs/api/behaviours.md#model-in-use). With `force_delete`,
    undeclared dependents are deleted too, unless the object is only attached to them. A dependent among the `written`
    addresses whose update removes all mentions of the object is no obstacle: the delete waits for it.
    """
    by_id = {one.live.id: one for one in deleting}
    dependents, declared = _live_dependents(resolved.snapshot), resolved.declared
    if options.force_delete:
        _add_dependents(by_id, dependents, declared)
    problems: list[Diagnostic] = []
    waits: dict[str, list[str]] = {identifier: [] for identifier in by_id}
    for identifier, one in by_id.items():
        for dependent in dependents.get(one.live.address, ()):
            if dependent.id == identifier:
                continue
            if dependent.id in by_id:
                waits[identifier].append(dependent.id)
                continue
            kept = _kept_member(one.live.address, dependent, declared) if dependent.address in written else ""
            if kept is None:
                waits[identifier].append(dependent.address)
            else:
                problems.append(resource_in_use(one.live, dependent, one.place, declared, kept=kept))
    order = _order_deletes(by_id, waits)
    addresses = _unique_addresses(by_id, written)
    return tuple(_delete(by_id[one], addresses[one], waits[one], addresses) for one in order), problems


def _order_deletes(by_id: Mapping[str, Deleting], waits: dict[str, list[str]]) -> list[str]:
    """Return the ids, dependents first. A cycle of live objects is cut: `waits` loses one entry of it."""
    while True:
        among = {one: [other for other in others if other in by_id] for one, others in waits.items()}
        try:
            return graph.topological_order(among, rank=lambda one: _last_kinds_first(by_id[one].live))
        except graph.CycleError as cycle:
            first, second, *_ = cycle.args[1]
            waits[second].remove(first)


def _unique_addresses(by_id: Mapping[str, Deleting], written: Collection[str]) -> Mapping[str, str]:
    """Return an address for each id that no other change has: with the id where a name is live more than once."""
    number = Counter(one.live.address for one in by_id.values())
    addresses = {identifier: one.live.address for identifier, one in by_id.items()}
    return {
        identifier: f"{address} ({identifier})" if number[address] > 1 or address in written else address
        for identifier, address in addresses.items()
    }


def _last_kinds_first(live: Live) -> graph.SortKey:
    return -graph.RANK[live.kind], live.name, live.id


def _live_dependents(snapshot: Snapshot) -> Mapping[str, list[Live]]:
    """Return the live objects that mention each address, by kind and name."""
    dependents: dict[str, list[Live]] = {}
    for one in sorted(snapshot.by_id.values(), key=lambda live: (graph.by_kind_and_name(live.address), live.id)):
        for address in {mention.address for mention in mentions_in(KINDS[one.kind], one.canonical)}:
            dependents.setdefault(address, []).append(one)
    return dependents


def _kept_member(address: str, dependent: Live, declared: DeclaredResources) -> str | None:
    """Return which member still mentions an address after an update, although the spec does not say so.

    It is a member that the spec leaves out and that stays as it is live. Returns an empty text if the spec itself
    mentions the address, or nothing is declared, and None if the update removes every mention.
    """
    one = declared.get(dependent.address)
    if one is None or address in one.needs:
        return ""
    changed = {str(change.path[0]) for change in diff.changes(one.kind, one.canonical, dependent.canonical)}
    mentions = mentions_in(one.kind, dependent.canonical)
    members = (str(mention.path[0]) for mention in mentions if mention.address == address)
    return next((member for member in members if member not in changed), None)


def _add_dependents(
    by_id: dict[str, Deleting], dependents: Mapping[str, list[Live]], declared: DeclaredResources
) -> None:
    """Add the direct and indirect dependents that the spec does not declare; what only has an attachment stays."""
    waiting = list(by_id.values())
    while waiting:
        one = waiting.pop()
        if KINDS[one.live.kind].is_attachment:
            continue
        for dependent in dependents.get(one.live.address, ()):
            if dependent.id not in by_id and dependent.address not in declared:
                by_id[dependent.id] = Deleting(dependent, None, f"uses {one.live.address}")
                waiting.append(by_id[dependent.id])


def _delete(one: Deleting, address: str, waits: list[str], addresses: Mapping[str, str]) -> Change:
    """Return the change; `waits` has ids of other deletes and addresses of updates."""
    live = one.live
    waits_for = {addresses.get(other, other) for other in waits}
    return Change(
        address=address,
        kind=live.kind,
        name=live.name,
        action=Action.DELETE,
        id=live.id,
        place=one.place,
        waits_for=tuple(sorted(waits_for, key=graph.by_kind_and_name)),
        updated_at=live.updated_at,
        updated_by=live.updated_by,
        seen=digest(live.answer),
        why=one.why,
    )


def resource_in_use(
    live: Live,
    dependent: Live,
    place: Place | None,
    declared: DeclaredResources,
    otherwise: str = IN_USE_HINT,
    *,
    kept: str = "",
) -> Diagnostic:
    """Return the error for deleting what a live dependent still uses.

    `otherwise` is the hint if the dependent is undeclared. `kept` is the member that mentions the object and that the
    spec leaves out.
    """
    noun, name = KINDS[live.kind].noun, live.name
    hint = "change or remove the dependent in the same run, or keep this one with --exclude"
    if kept:
        hint = f'write "{kept}" under {dependent.address}: a member that the spec leaves out stays as it is live'
    if KINDS[live.kind].is_attachment:
        hint = otherwise = f"remove the {noun} from the dependent first, or keep this one with --exclude"
    return diagnose(
        "still-used",
        f'The {noun} "{name}" is in use by the live {KINDS[dependent.kind].noun} "{dependent.name}" ({dependent.id}), '
        "which is not deleted.",
        place,
        hint if dependent.address in declared else otherwise,
        address=live.address,
    )


def _no_effect(removal: Removal) -> Diagnostic:
    """Return the warning for a removal that names an object of a kind without names by something else."""
    kind = KINDS[removal.kind]
    detail = f'No live {kind.noun} has the {kind.named_by} "{removal.name}", which removed names.'
    return diagnose("no-effect", detail, removal.place, f"write the {kind.named_by}: a {kind.noun} has no name")


def _ambiguous_name(kind: str, name: str, found: Collection[Live], place: Place) -> Diagnostic:
    return ambiguous_name(kind, name, found, place, 'pin one of them with "id", or delete the others in Polytomic')
