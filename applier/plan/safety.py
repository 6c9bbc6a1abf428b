"""Reasons not to carry out a plan: more than the limits allow, whole kinds gone, protected resources."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.plan.changes import Action, Cause, Plan
from applier.plan.options import PlanOptions
from applier.resources import Spec

WRITES_TO_LIVE = (Action.UPDATE, Action.RENAME, Action.REPLACE)
"""Those with an id: the last step of a replace renames what this plan has made."""


def safety_violations(plan: Plan, spec: Spec, *, live: int, policy: PlanOptions) -> tuple[Diagnostic, ...]:
    """Everything that speaks against the plan; `live` is how many of the spec's resources exist.

    With `policy.force` only protection is left.
    """
    found = list(protected_changes(plan, spec))
    if not policy.force:
        deletes = plan.count(Action.DELETE)
        updates = sum(one.action in WRITES_TO_LIVE and one.id is not None for one in plan.changes)
        found += _limit("updates", updates, spec.limits.updates, live, spec.limits.at_least)
        found += _limit("deletes", deletes, spec.limits.deletes, live + deletes, spec.limits.at_least)
        found += _whole_kinds(plan, spec)
    return tuple(found)


def destroy_violations(plan: Plan, spec: Spec) -> tuple[Diagnostic, ...]:
    """`destroy` means all of it: only a limit that the spec states as a number holds."""
    if not isinstance(spec.limits.deletes, int):
        return ()
    return tuple(_limit("deletes", plan.count(Action.DELETE), spec.limits.deletes, 0, 0))


def _limit(word: str, number: int, limit: float, live: int, at_least: int) -> Iterator[Diagnostic]:
    """`limit` is an int for a number of objects, a float for a share."""
    if not isinstance(limit, int):
        if live < at_least or number <= limit * live:
            return
        said = f"{number} {word} of {live} live objects are more than limits.{word} allows ({limit:.0%})"
    else:
        if number <= limit:
            return
        said = f"{number} {word} are more than limits.{word} allows ({limit})"
    yield Diagnostic(
        f"too-many-{word}",
        f"the plan has more {word} than the limit",
        f"{said}.",
        hint="look at the plan; if it is meant, pass --force, or raise the limit in the spec",
    )


def _whole_kinds(plan: Plan, spec: Spec) -> Iterator[Diagnostic]:
    """Deletes of a kind of which the spec declares nothing at all: most often a file that is gone by mistake."""
    named = {one.address for one in spec.removals}
    for kind in KINDS.values():
        doomed = [one for one in plan.changes if one.action is Action.DELETE and one.kind == kind.name]
        meant = [one for one in doomed if one.address in named]
        if len(doomed) > len(meant) and not spec.of_kind(kind.name):
            yield diagnose(
                "whole-kind-gone",
                f"The spec declares no {kind.noun} any more; of those that are live, {len(doomed)} would be deleted.",
                hint="look whether a file is missing; if it is meant, pass --force",
            )


def drift_violations(plan: Plan) -> Iterator[Diagnostic]:
    """For `--refuse-drift`: changes that would overwrite what somebody did to the service and not to the base."""
    for one in plan.changes:
        if one.cause in (Cause.DRIFT, Cause.BOTH):
            fields = ", ".join(each.label for each in one.fields if each.cause != Cause.CONFIG)
            who = f" by {one.updated_by}" if one.updated_by else ""
            when = f" at {one.updated_at}{who}" if one.updated_at else ""
            known = f"differs from the base{f' in {fields}' if fields else ''}"
            if one.action is Action.DELETE and one.cause is Cause.DRIFT:
                known = "is not in the base"
            yield diagnose(
                "drift-refused",
                f"{one.address} was last written{when} and {known}.",
                one.place,
                "take the edit into the spec, undo it in Polytomic, or leave --refuse-drift out",
                address=one.address,
            )


def protected_changes(plan: Plan, spec: Spec) -> Iterator[Diagnostic]:
    """`protect: true` holds against deletes and replaces, whatever is forced."""
    for one in plan.changes:
        resource = spec.resources.get(one.address)
        if resource and resource.protect and one.action in (Action.DELETE, Action.REPLACE):
            yield diagnose(
                "protected",
                f'{one.address} says "protect: true", the plan would {one.action.value} it.',
                resource.locate("protect"),
                "take protect out of the spec first, or leave the resource out with --exclude",
                address=one.address,
            )
