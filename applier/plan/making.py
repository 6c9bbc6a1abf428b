"""The plan that makes live what is declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from applier import diff, graph
from applier.diagnostics import Diagnostic, in_order
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.kinds.base import masked
from applier.linking import Form, Forms, link
from applier.plan.brakes import brakes
from applier.plan.changes import Action, Change, Plan, digest
from applier.plan.deletion import doomed_by_spec, plan_deletes, unmanaged
from applier.plan.policy import Policy
from applier.plan.replacing import Replaced, re_pointed, steps_after
from applier.resources import Spec
from applier.snapshot import Live, Snapshot


@dataclass(frozen=True, slots=True)
class _Pair:
    """A declared resource beside what is live under its name; no action where both mean the same."""

    form: Form
    live: Live | None
    fields: tuple[FieldChange, ...]
    replaced: bool = False

    @property
    def action(self) -> Action | None:
        if self.live is None:
            return Action.CREATE
        if self.replaced:
            return Action.REPLACE
        if self.live.called != self.live.name:
            return Action.RENAME
        return Action.UPDATE if self.fields else None


def plan_to_apply(
    spec: Spec, forms: Forms, snapshot: Snapshot, policy: Policy, chosen: Collection[str] | None = None
) -> Plan:
    """What has to change so that live is as declared, for the `chosen` addresses or all.

    Mistakes come back as diagnostics of the plan: names that lead nowhere or to several objects, members that no
    update can change, secrets that a full replacement would lose.
    """
    links = link(forms, snapshot, chosen)
    pairs = {
        address: _pair(form, links.live.get(address))
        for address, form in links.forms.items()
        if form.resource.managed and address not in links.ambiguous
    }
    replaced = _replaced(pairs) if policy.allow_replace else {}
    pairs = {address: _beside(pair, replaced) for address, pair in pairs.items()}
    active = {address: pair for address, pair in pairs.items() if pair.action is not None}
    needs = {
        address: [one for one in pair.form.needs if one in active and one != address]
        for address, pair in active.items()
    }
    written = [_change(active[address], needs[address]) for address in graph.ordered(needs)]
    after, in_the_way = steps_after(replaced, snapshot, forms, pairs)
    doomed, unclear = doomed_by_spec(spec, snapshot, policy, chosen)
    deletes, stuck = plan_deletes(doomed, snapshot, forms, {one.address for one in written}, policy)
    unchanged = sorted((address for address in pairs if address not in active), key=graph.by_kind_and_name)
    problems = [problem for pair in active.values() for problem in _problems(pair)]
    plan = Plan(
        changes=(*written, *after, *deletes),
        unchanged=tuple(unchanged),
        diagnostics=in_order([*links.diagnostics, *problems, *unclear, *stuck, *in_the_way]),
        unmanaged=unmanaged(spec, snapshot, {one.address for one in deletes}),
    )
    return replace(plan, brakes=brakes(plan, spec, live=len(links.live), policy=policy))


def _pair(form: Form, live: Live | None) -> _Pair:
    kind = KINDS[form.resource.kind]
    if live is None:
        return _Pair(form, None, diff.leaves(kind, form.canonical))
    fields = diff.changes(kind, form.canonical, live.canonical)
    name = (FieldChange(("name",), live.called, live.name),) if live.called != live.name else ()
    return _Pair(form, live, (*name, *fields))


def _replaced(pairs: Mapping[str, _Pair]) -> dict[str, Replaced]:
    """Those with a difference that no update can settle."""
    return {
        address: Replaced(pair.form, pair.live)
        for address, pair in pairs.items()
        if pair.live is not None and any(one.label in KINDS[pair.form.resource.kind].fixed for one in pair.fields)
    }


def _beside(pair: _Pair, replaced: Mapping[str, Replaced]) -> _Pair:
    """The pair as it is when others are replaced, or itself."""
    if pair.form.resource.address in replaced:
        return replace(pair, replaced=True)
    return replace(pair, fields=re_pointed(pair.form, pair.fields, replaced)) if pair.live is not None else pair


def _change(pair: _Pair, needs: list[str]) -> Change:
    resource, live = pair.form.resource, pair.live
    return Change(
        address=resource.address,
        kind=resource.kind,
        name=resource.name,
        action=pair.action or Action.UPDATE,
        id=live.id if live else None,
        fields=pair.fields,
        place=resource.place,
        waits_for=tuple(sorted(needs, key=graph.by_kind_and_name)),
        updated_at=live.updated_at if live else "",
        updated_by=live.updated_by if live else "",
        seen=digest(live.answer) if live else "",
    )


def _problems(pair: _Pair) -> Iterator[Diagnostic]:
    if pair.live is None or pair.replaced:
        return
    resource, kind = pair.form.resource, KINDS[pair.form.resource.kind]
    fixed = [one for one in pair.fields if one.label in kind.fixed]
    for one in fixed:
        yield Diagnostic(
            "cannot-change",
            "no update can change this member",
            f'The live {kind.noun} "{resource.name}" ({pair.live.id}) has {one.label} "{one.before}", '
            f'declared is "{one.after}".',
            resource.locate(*one.path),
            "replace it with --allow-replace, which moves its users over, or give the new one another name",
            address=resource.address,
        )
    if fixed:  # its settings are those of something else, nothing can be said about them
        return
    for path in masks(kind.to_api(resource.name, pair.form.canonical, pair.live.answer)):
        if kind.may_mask(path):
            yield _lost_secret(pair, path)


def masks(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a request body holds what the service shows in place of a secret (quirks 1 to 3)."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from masks(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from masks(member, (*path, str(index)))
    elif masked(value):
        yield path


def _lost_secret(pair: _Pair, path: tuple[str, ...]) -> Diagnostic:
    resource, label = pair.form.resource, ".".join(path)
    return Diagnostic(
        "secret-not-available",
        "an update replaces the whole object and needs all of its secrets",
        f'The live {KINDS[resource.kind].noun} "{resource.name}" has a {label} that the spec does not give; '
        "the service shows it only masked, and an update without it could clear it.",
        resource.locate(*path[:-1]),
        f"declare {label}, for instance as ${{env:{path[-1].upper()}}}",
        address=resource.address,
    )
