"""Plans the changes that make live what is declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from applier import graph
from applier.diagnostics import Diagnostic, diagnose, in_order
from applier.patterns import find_all_matches
from applier.plan.api_version import find_unavailable_members
from applier.plan.changes import Action, Cause, Change, Plan, digest
from applier.plan.comparison import Comparison, can_be_replaced, compare_resources, update_problems
from applier.plan.deletion import find_deletes, find_leaving, find_unmanaged, plan_deletes
from applier.plan.left_overs import find_left_overs
from applier.plan.look_alikes import find_look_alikes
from applier.plan.name_order import order_names
from applier.plan.options import PlanOptions
from applier.plan.ordering import Order, order_changes
from applier.plan.rename_detection import RenameCandidate, find_rename_candidates
from applier.plan.replacement import (
    LEFT_OVER_HINT,
    Replacement,
    Replacements,
    find_declared_stand_ins,
    find_useless_left_overs,
    plan_last_steps,
    repoint_mentions,
)
from applier.plan.safety import safety_violations
from applier.plan.secret_digests import SecretDigests, find_rotated_secrets, push_secrets
from applier.plan.system_objects import find_system_object_problems
from applier.resolve import Resolved
from applier.spec.resources import Spec, replacement_name
from applier.targeting import check_patterns


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The comparisons by address, the replacements among them, and the number of secrets that cannot be compared."""

    by_address: Mapping[str, Comparison]
    replacements: Replacements
    unknown_secrets: int

    @property
    def changing(self) -> Mapping[str, Comparison]:
        """Those with a difference."""
        return {address: one for address, one in self.by_address.items() if one.action is not None}


def plan_to_apply(
    spec: Spec, resolved: Resolved, options: PlanOptions, digests: SecretDigests | None, api_version: str
) -> Plan:
    """Return what has to change so that what is live is as declared, in the scope of the resolved spec.

    Mistakes are diagnostics of the plan: names that lead to no object or to several, members that no update can change,
    secrets that a full replacement would lose.
    """
    compared = _compare_all(resolved, options, digests)
    pending = _pending_steps(resolved)
    written = _plan_writes(compared, pending)
    useless, in_the_way = _plan_useless_left_overs(resolved, options, compared)
    written = [_after_left_overs(one, useless) for one in written]
    removals, last_steps, obstacles = _plan_removals(
        spec, resolved, options, compared, {one.address for one in written}
    )
    deletes = (*useless, *removals)
    renames, suspects = _find_suspects(spec, resolved, compared, {one.id for one in deletes if one.id})
    problems = (
        *resolved.unresolved,
        *_find_problems(resolved, compared, pending),
        *suspects,
        *find_system_object_problems(resolved.in_scope.values(), (*written, *deletes), resolved.snapshot),
        *in_the_way,
        *obstacles,
    )
    changes, conflicts = order_names(
        (*useless, *written, *removals, *last_steps), resolved, partial(find_leaving, spec, resolved, options)
    )
    plan = Plan(
        changes=changes,
        unchanged=tuple(sorted(compared.by_address.keys() - compared.changing.keys(), key=graph.by_kind_and_name)),
        diagnostics=(
            *resolved.diagnostics,
            *check_patterns(options.push_secrets, resolved.declared.keys(), elsewhere=resolved.undeclared),
            *find_unavailable_members(resolved.in_scope, api_version),
            *in_order((*problems, *conflicts)),
        ),
        unmanaged=find_unmanaged(spec, resolved.snapshot, deletes),
        unknown_secrets=compared.unknown_secrets,
        likely_renames={one.declared.resource.address: one.live.name for one in renames},
    )
    return replace(plan, refusals=safety_violations(plan, spec, live=len(resolved.matches), options=options))


def _compare_all(resolved: Resolved, options: PlanOptions, digests: SecretDigests | None) -> Comparisons:
    """Compare every managed resource in scope whose name is not ambiguous."""
    compared = {
        address: compare_resources(one, resolved.matches.get(address))
        for address, one in resolved.in_scope.items()
        if one.resource.managed and len(resolved.snapshot.at(address)) <= 1
    }
    pushed = find_all_matches(options.push_secrets, resolved.declared.keys(), resolved.undeclared)
    unknown = 0
    for address, one in compared.items():
        if address in pushed:
            secrets = push_secrets(one)
        else:
            secrets, number = find_rotated_secrets(one, digests)
            unknown += number
        compared[address] = replace(one, fields=(*one.fields, *secrets))
    replacements = {
        address: Replacement(one.declared, one.live)
        for address, one in compared.items()
        if one.live is not None and options.allow_replace and can_be_replaced(one)
    }
    by_address = {address: _with_replacements(one, replacements) for address, one in compared.items()}
    return Comparisons(by_address, replacements, unknown)


def _with_replacements(comparison: Comparison, replacements: Replacements) -> Comparison:
    """Return the comparison as it is once the replacements are made."""
    if comparison.declared.resource.address in replacements:
        return replace(comparison, needs_replacement=True)
    if comparison.live is None:
        return comparison
    return replace(comparison, fields=repoint_mentions(comparison.declared, comparison.fields, replacements))


def _pending_steps(resolved: Resolved) -> Mapping[str, str]:
    """Return, by address, what a person has to finish before others can use the object."""
    kinds = resolved.snapshot.kinds
    steps = {address: kinds[one.kind].pending_step(one.answer) for address, one in resolved.matches.items()}
    return {address: step for address, step in steps.items() if step}


def _plan_writes(compared: Comparisons, pending: Mapping[str, str]) -> list[Change]:
    """Return creates, updates, renames and replaces in order."""
    changing = compared.changing
    needs = {
        address: [other for other in one.declared.needs if other in changing and other != address]
        for address, one in changing.items()
    }
    order = order_changes(needs, {address for address, one in changing.items() if one.live is not None})
    blocked = _find_blocked(compared.by_address, pending)
    return [_change(changing[address], order, blocked.get(address, "")) for address in order.addresses]


def _plan_removals(
    spec: Spec, resolved: Resolved, options: PlanOptions, compared: Comparisons, written: Collection[str]
) -> tuple[tuple[Change, ...], list[Change], list[Diagnostic]]:
    """Return the deletes, the last steps of the replacements, and an error for each delete that is not possible."""
    deleting, ambiguous = find_deletes(spec, resolved, options)
    stand_ins = {one.stand_in for one in compared.replacements.values()}
    deleting = [one for one in deleting if one.live.address not in stand_ins]
    deletes, in_use = plan_deletes(deleting, resolved, written, options)
    last_steps, old_in_use = plan_last_steps(compared.replacements, resolved, compared.by_address, deletes)
    return deletes, last_steps, [*ambiguous, *in_use, *old_in_use]


def _plan_useless_left_overs(
    resolved: Resolved, options: PlanOptions, compared: Comparisons
) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """Return the deletes of what has the names that replacements need, and an error for each one that stays."""
    deleting = list(find_useless_left_overs(compared.replacements, resolved))
    last_steps = {one.stand_in for one in compared.replacements.values()}
    deletes, in_use = plan_deletes(deleting, resolved, last_steps, options)
    blocked = find_declared_stand_ins(compared.replacements, resolved.declared)
    return deletes, [*(replace(one, hint=LEFT_OVER_HINT) for one in in_use), *blocked]


def _after_left_overs(change: Change, deletes: Collection[Change]) -> Change:
    """Return the change; a replacement waits for the deletes of what has the name of its new object."""
    if change.action is not Action.REPLACE:
        return change
    name = replacement_name(change.name)
    waits = [one.address for one in deletes if (one.kind, one.name) == (change.kind, name)]
    return replace(change, waits_for=(*change.waits_for, *waits))


def _find_problems(resolved: Resolved, compared: Comparisons, pending: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield what prevents an update, and what cannot be used yet."""
    for one in compared.changing.values():
        yield from update_problems(one)
    for address, step in pending.items():
        place = resolved.declared[address].resource.place
        hint = "resources that depend on it are skipped until then"
        yield diagnose("not-finished", f"{address} {step}.", place, hint, address=address)


def _find_suspects(
    spec: Spec, resolved: Resolved, compared: Comparisons, deleting: Collection[str]
) -> tuple[tuple[RenameCandidate, ...], tuple[Diagnostic, ...]]:
    """Return the creates that look like renames, and a warning for each create that looks like a mistake."""
    created = [one.declared for one in compared.changing.values() if one.live is None]
    known = {*resolved.declared, *(one.address for one in spec.removals)}
    alike = find_look_alikes(created, known, resolved.snapshot)
    stand_ins = {one.stand_in for one in compared.replacements.values()}
    left = find_left_overs(resolved, created, stand_ins, deleting)
    others = [one for one in created if one.resource.address not in alike]
    renames = tuple(find_rename_candidates(others, known | left.keys(), resolved.snapshot))
    return renames, (*alike.values(), *(one.describe() for one in renames), *left.values())


def _find_blocked(compared: Mapping[str, Comparison], pending: Mapping[str, str]) -> Mapping[str, str]:
    """Return the addresses that need, directly or indirectly, an object with a pending step, and that step."""
    needs = {address: one.declared.needs for address, one in compared.items()}
    return {
        address: f"{needed} {pending[needed]}"
        for address in compared
        for needed in sorted(graph.reachable([address], needs) & pending.keys() - {address}, reverse=True)
    }


def _change(comparison: Comparison, order: Order, blocked: str) -> Change:
    resource, live = comparison.declared.resource, comparison.live
    is_config = bool(comparison.fields) and all(one.cause == Cause.CONFIG for one in comparison.fields)
    return Change(
        address=resource.address,
        kind=resource.kind,
        name=resource.name,
        action=comparison.action or Action.UPDATE,
        id=live.id if live else None,
        fields=comparison.fields,
        place=resource.place,
        waits_for=order.waits[resource.address],
        deferred=order.deferred.get(resource.address, ()),
        completes=order.completes.get(resource.address, ()),
        updated_at=live.updated_at if live else "",
        updated_by=live.updated_by if live else "",
        seen=digest(live.answer) if live else "",
        cause=Cause.CONFIG if is_config else "",
        blocked=blocked,
    )
