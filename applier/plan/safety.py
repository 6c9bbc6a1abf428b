"""Safety limits: reasons not to apply a plan that is valid, such as too many deletes or protected resources."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.plan.changes import Action, Cause, Change, Plan
from applier.plan.options import PlanOptions
from applier.spec.resources import Spec, address_of
from applier.system import printable_path

WRITES_TO_LIVE = (Action.UPDATE, Action.RENAME, Action.REPLACE)
"""Actions on a live object; the steps of a replacement or of an exchange of names count with the change itself."""

DRIFT_HINT = "add the edit to the spec, undo it in Polytomic, or leave out --refuse-drift"
UNKNOWN_HINT = "choose a --base that declares it, or review the differences and leave out --refuse-drift"


def safety_violations(plan: Plan, spec: Spec, *, live: int, options: PlanOptions) -> tuple[Diagnostic, ...]:
    """Return every safety limit that the plan violates; `live` is the number of the spec's resources that exist.

    With `options.force`, only protection is left.
    """
    found = list(protection_violations(plan, spec))
    if not options.force:
        deletes = plan.count(Action.DELETE)
        updates = sum(one.action in WRITES_TO_LIVE and not one.is_step for one in plan.changes)
        found += _limit_violations("updates", updates, spec.limits.updates, live, spec.limits.at_least)
        found += _limit_violations("deletes", deletes, spec.limits.deletes, live + deletes, spec.limits.at_least)
        found += _kinds_gone(plan, spec)
        found += _declared_in_left_out(plan, spec)
    return tuple(found)


def destroy_violations(plan: Plan, spec: Spec, *, options: PlanOptions) -> tuple[Diagnostic, ...]:
    """Return what a destroy violates: it deletes everything, so only a limit that is a number of objects counts."""
    found: list[Diagnostic] = []
    if isinstance(spec.limits.deletes, int) and not options.force:
        found += _limit_violations("deletes", plan.count(Action.DELETE), spec.limits.deletes, 0, 0)
    return (*found, *protection_violations(plan, spec))


def _limit_violations(word: str, number: int, limit: float, live: int, at_least: int) -> Iterator[Diagnostic]:
    """Yield an error if `number` exceeds the limit: an int is a number of objects, a float a share of `live`."""
    if isinstance(limit, int):
        is_exceeded, allowed = number > limit, f"limits.{word} allows {limit}"
    else:
        is_exceeded = live >= at_least and number > limit * live
        allowed = f"limits.{word} allows {limit:.0%} of {live} live objects"
    if is_exceeded:
        yield diagnose(
            f"too-many-{word}",
            f"The plan has {number} {word}, but {allowed}.",
            hint="review the plan; if it is intended, use --force or raise the limit in the spec",
        )


def _kinds_gone(plan: Plan, spec: Spec) -> Iterator[Diagnostic]:
    """Yield an error for deletes of a kind of which nothing is declared any more: usually, a file is missing."""
    removed = {one.address for one in spec.removals}
    for kind in KINDS.values():
        deletes = [one for one in plan.changes if one.action is Action.DELETE and one.kind == kind.name]
        if any(one.address not in removed for one in deletes) and not spec.of_kind(kind.name):
            yield diagnose(
                "whole-kind-gone",
                f"No {kind.plural} are declared any more, but the plan would delete {kind.count_live(len(deletes))}.",
                hint="check whether a spec file is missing; if it is intended, use --force",
            )


def _declared_in_left_out(plan: Plan, spec: Spec) -> Iterator[Diagnostic]:
    """Yield an error for each delete of something undeclared that a file declares which is not read."""
    removed = {one.address for one in spec.removals}
    for one in plan.changes:
        address = address_of(one.kind, one.name)
        if one.action is not Action.DELETE or address in removed:
            continue
        file = next((file for file in spec.left_out if file.may_declare(address)), None)
        if file is not None:
            verb = "declares" if file.addresses is not None else "may declare"
            yield diagnose(
                "left-out-deleted",
                f'The plan would delete {one.address}, but "{printable_path(file.file)}" {verb} it, which is not read: '
                f"{file.why}.",
                hint="move the file into the spec, or remove it; if the delete is intended, use --force or removed",
                address=one.address,
            )


def drift_violations(plan: Plan) -> Iterator[Diagnostic]:
    """Yield an error, for `--refuse-drift`, for each change that would overwrite an edit made in the workspace.

    What the base does not describe may be such an edit.
    """
    for one in plan.changes:
        if one.cause in (Cause.DRIFT, Cause.BOTH, Cause.UNKNOWN):
            yield diagnose(
                "drift-refused",
                f"{one.address} {_describe_drift(one)}{_describe_last_write(one)}.",
                one.place,
                UNKNOWN_HINT if one.cause is Cause.UNKNOWN else DRIFT_HINT,
                address=one.address,
            )


def _describe_drift(change: Change) -> str:
    if change.cause is Cause.UNKNOWN:
        return "is live, but the base does not describe it, so a live edit of it could be lost"
    if change.action is Action.DELETE and change.cause is Cause.DRIFT:
        return "is not in the base"
    fields = ", ".join(one.label for one in change.fields if one.cause != Cause.CONFIG)
    return f"differs from the base{f' in {fields}' if fields else ''}"


def _describe_last_write(change: Change) -> str:
    who = f" by {change.updated_by}" if change.updated_by else ""
    return f"; last written at {change.updated_at}{who}" if change.updated_at else ""


def protection_violations(plan: Plan, spec: Spec) -> Iterator[Diagnostic]:
    """Yield an error for each delete or replace of a resource with `protect: true`; `--force` does not allow it."""
    for one in plan.changes:
        resource = spec.resources.get(one.address)
        if resource and resource.protect and one.action in (Action.DELETE, Action.REPLACE):
            yield diagnose(
                "protected",
                f'{one.address} has "protect: true", but the plan would {one.action.value} it.',
                resource.locate("protect"),
                "remove protect from the spec first, or exclude the resource with --exclude",
                address=one.address,
            )
