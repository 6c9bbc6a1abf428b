"""The plan that makes live what is declared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from applier import graph
from applier.diagnostics import Diagnostic, diagnose, in_order
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change, Plan, digest
from applier.plan.comparison import Comparison, compare_resources, fixed_fields, problems
from applier.plan.deletion import deleted_by_spec, plan_deletes, unmanaged
from applier.plan.options import PlanOptions
from applier.plan.ordering import Order, order_changes
from applier.plan.rename_detection import likely_renames
from applier.plan.replacement import Replacements, left_over_replacements, repointed_changes, stand_ins, steps_after
from applier.plan.safety import safety_violations
from applier.plan.secret_digests import SecretDigests, pushed_secrets, rotated_secrets
from applier.plan.system_objects import find_system_object_problems
from applier.resolve import DeclaredResources, Resolution, resolve_references
from applier.resources import Spec

Pairs = Mapping[str, Comparison]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The pairs by address, those that only a new object can settle, and how many secrets nothing can be said of."""

    pairs: Pairs
    replaced: Mapping[str, Replacements]
    unknown_secrets: int


def plan_to_apply(
    spec: Spec,
    forms: DeclaredResources,
    snapshot: Snapshot,
    policy: PlanOptions,
    chosen: Collection[str] | None = None,
    prints: SecretDigests | None = None,
) -> Plan:
    """What has to change so that live is as declared, for the `chosen` addresses or all.

    Mistakes come back as diagnostics of the plan: names that lead nowhere or to several objects, members that no
    update can change, secrets that a full replacement would lose.
    """
    links = resolve_references(forms, snapshot, chosen)
    compared = _compare(links, policy, prints)
    active = {address: pair for address, pair in compared.pairs.items() if pair.action is not None}
    needs = {
        address: [one for one in pair.form.needs if one in active and one != address]
        for address, pair in active.items()
    }
    unfinished = _unfinished(links.live)
    blocked = _blocked(compared.pairs, unfinished)
    order = order_changes(needs, {address for address, pair in active.items() if pair.live is not None})
    written = [_change(active[address], order, blocked.get(address, "")) for address in order.addresses]
    doomed, unclear = deleted_by_spec(spec, snapshot, policy, chosen)
    going_on_with = stand_ins(compared.replaced)
    doomed = [one for one in doomed if one.live.address not in going_on_with]
    deletes, stuck = plan_deletes(doomed, snapshot, forms, {one.address for one in written}, policy)
    after, in_the_way = steps_after(compared.replaced, snapshot, forms, compared.pairs, deletes)
    unchanged = sorted((address for address in compared.pairs if address not in active), key=graph.by_kind_and_name)
    told = [*links.diagnostics, *_told(active.values(), links, unfinished), *unclear, *stuck, *in_the_way]
    created = [pair.form for pair in active.values() if pair.live is None]
    told += likely_renames(created, {*forms, *(one.address for one in spec.removals)}, snapshot)
    told += left_over_replacements(compared.replaced, snapshot, forms)
    told += find_system_object_problems([one.resource for one in links.forms.values()], (*written, *deletes), snapshot)
    plan = Plan(
        changes=(*written, *deletes, *after),
        unchanged=tuple(unchanged),
        diagnostics=in_order(told),
        unmanaged=unmanaged(spec, snapshot, {one.address for one in deletes}),
        unknown_secrets=compared.unknown_secrets,
    )
    return replace(plan, refusals=safety_violations(plan, spec, live=len(links.live), policy=policy))


def _told(pairs: Iterable[Comparison], links: Resolution, unfinished: Mapping[str, str]) -> list[Diagnostic]:
    return [*(problem for pair in pairs for problem in problems(pair)), *_not_usable(links, unfinished)]


def _compare(links: Resolution, policy: PlanOptions, prints: SecretDigests | None) -> Comparisons:
    pairs = {
        address: compare_resources(form, links.live.get(address))
        for address, form in links.forms.items()
        if form.resource.managed and address not in links.ambiguous
    }
    unknown = 0
    for address, pair in pairs.items():
        if any(fnmatchcase(address, glob) for glob in policy.push_secrets):
            pairs[address] = replace(pair, fields=(*pair.fields, *pushed_secrets(pair)))
            continue
        changed, untold = rotated_secrets(pair, prints)
        unknown += untold
        pairs[address] = replace(pair, fields=(*pair.fields, *changed))
    replaced = {
        address: Replacements(pair.form, pair.live)
        for address, pair in pairs.items()
        if policy.allow_replace and pair.live is not None and fixed_fields(pair)
    }
    return Comparisons({address: _beside(pair, replaced) for address, pair in pairs.items()}, replaced, unknown)


def _beside(pair: Comparison, replaced: Mapping[str, Replacements]) -> Comparison:
    """The pair as it is when others are replaced, or itself."""
    if pair.form.resource.address in replaced:
        return replace(pair, replaced=True)
    return replace(pair, fields=repointed_changes(pair.form, pair.fields, replaced)) if pair.live is not None else pair


def _unfinished(live: Mapping[str, Live]) -> dict[str, str]:
    """What a person has to finish before others can use it, and how."""
    return {address: why for address, one in live.items() if (why := KINDS[one.kind].pending_step(one.answer))}


def _not_usable(links: Resolution, unfinished: Mapping[str, str]) -> list[Diagnostic]:
    return [
        diagnose(
            "not-finished",
            f"{address} {why}.",
            links.forms[address].resource.place,
            "what needs it waits until then",
            address=address,
        )
        for address, why in unfinished.items()
    ]


def _blocked(pairs: Pairs, unfinished: Mapping[str, str]) -> dict[str, str]:
    """Those that need, directly or not, something that is not finished, and why."""
    needs = {address: pair.form.needs for address, pair in pairs.items()}
    return {
        address: f"{needed} {unfinished[needed]}"
        for address in pairs
        for needed in sorted(graph.reachable([address], needs) & unfinished.keys() - {address}, reverse=True)
    }


def _change(pair: Comparison, order: Order, blocked: str) -> Change:
    resource, live = pair.form.resource, pair.live
    return Change(
        address=resource.address,
        kind=resource.kind,
        name=resource.name,
        action=pair.action or Action.UPDATE,
        id=live.id if live else None,
        fields=pair.fields,
        place=resource.place,
        waits_for=order.waits[resource.address],
        later=order.later.get(resource.address, ()),
        completes=order.completes.get(resource.address, ()),
        updated_at=live.updated_at if live else "",
        updated_by=live.updated_by if live else "",
        seen=digest(live.answer) if live else "",
        blocked=blocked,
    )
