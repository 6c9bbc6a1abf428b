"""Finds why a saved plan can no longer be applied: each cause once, by its name."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.plan.changes import Action, Change, Plan, planned_effect
from applier.plan.input_digests import MEMBER, InputDigest, InputDigests
from applier.plan.plan_file import Circumstances, SavedPlan
from applier.plan.saved_inputs import MissingInputs
from applier.resolve import DeclaredResources
from applier.spec.resources import InputSource

ORDER = ("waits_for", "deferred", "completes", "blocked")
"""Members of a change that follow from other changes."""


@dataclass(frozen=True, slots=True)
class Today:
    """What a plan of now is made of and for; `digests` are under the key of the saved plan."""

    plan: Plan
    circumstances: Circumstances
    declared: DeclaredResources
    digests: InputDigests


def find_outdated(saved: SavedPlan, now: Today, missing: MissingInputs | None) -> Iterator[Diagnostic]:
    """Yield an error for each cause why the saved plan is not the plan of now; without one, it can be applied.

    What follows from other circumstances, values or files is not listed beside them.
    """
    elsewhere = list(_find_circumstances(saved.circumstances, now.circumstances))
    if elsewhere:
        yield from elsewhere
        return
    edited = list(_find_edits(saved.digests, now, missing))
    yield from edited
    live = list(_find_live_edits(saved.plan, now.plan))
    yield from live
    if not edited:
        yield from _find_differences(saved.plan, now.plan, {one.address for one in live})


def _find_circumstances(then: Circumstances, now: Circumstances) -> Iterator[Diagnostic]:
    for one in fields(Circumstances):
        before, after = getattr(then, one.name), getattr(now, one.name)
        if before != after:
            name = one.name.replace("_", " ")
            yield _stale_plan(f"The plan was made with {name} {_json(before)}; now it is {_json(after)}.")


def _find_edits(then: InputDigests, today: Today, missing: MissingInputs | None) -> Iterator[Diagnostic]:
    """Yield an error for each value that moved, appeared or disappeared, and for each resource that was edited.

    A resource that differs only by such values is not listed beside them.
    """
    now = today.digests
    if then.whole == now.whole:
        return
    before, after = ({(one.source, one.name): one for one in side.values} for side in (then, now))
    pairs = [(before.get(key), after.get(key)) for key in dict.fromkeys((*after, *before))]
    moved = [(old, new) for old, new in pairs if old is None or new is None or old.digest != new.digest]
    inputs = [(old, new) for old, new in moved if MEMBER not in (old and old.source, new and new.source)]
    moved = inputs or moved  # a member may be made of inputs
    unexplained = [(old, new) for old, new in moved if not (old and missing and missing.explains(old.name, old.origin))]
    if missing and len(unexplained) < len(moved):
        yield missing.problem
    for old, new in unexplained:
        yield _stale_plan(_describe_value(old, new))
    addresses = dict.fromkeys((*now.resources, *then.resources))
    edited = [one for one in addresses if then.resources.get(one) != now.resources.get(one)]
    if moved:
        edited = [one for one in edited if then.templates.get(one) != now.templates.get(one)]
    for address in edited:
        place = today.declared[address].resource.place if address in today.declared else None
        yield _stale_plan(_describe_edit(address, then, now), address, place)
    if not edited and not moved:  # the short digests of two secrets are the same
        yield _stale_plan("A value that the plan was made with has changed since.")


READ = {InputSource.ENVIRONMENT.value: "read", InputSource.FILE.value: "read", MEMBER: "set"}
"""What a spec does with a value, by its source; a variable is there."""


def _describe_value(then: InputDigest | None, now: InputDigest | None) -> str:
    one = now or then
    if one is None:
        return ""
    name = f"The {one.name}" if one.source == MEMBER else f'The {one.source} "{one.name}"'
    verb = READ.get(one.source, "there")
    if then is None:
        return f"{name} was not {verb} when the plan was made."
    if now is None:
        return f"{name} was {verb} when the plan was made, and is not any more."
    sentence = f"{name} has changed since the plan was made"
    if then.origin == now.origin:
        return f"{sentence}."
    return f"{sentence}: it came from {then.origin}, and now comes from {now.origin}."


def _describe_edit(address: str, then: InputDigests, now: InputDigests) -> str:
    if address not in now.resources:
        return f"{address} was declared when the plan was made, and is not any more."
    if address not in then.resources:
        return f"{address} was not declared when the plan was made."
    return f"The declaration of {address} has changed since the plan was made."


def _find_live_edits(then: Plan, now: Plan) -> Iterator[Diagnostic]:
    """Yield an error for each object of the plan that was written, created or deleted live since."""
    today = {one.address: one for one in now.changes}
    for before in then.changes:
        after = today.get(before.address)
        if after is None or (before.seen, before.id) == (after.seen, after.id):
            continue
        who = f" by {after.updated_by}" if after.updated_by else ""
        when = f"; last written {after.updated_at}{who}" if after.updated_at else ""
        if not before.id:
            what = f"{before.address} was not live when the plan was made, but is now"
        elif not after.id:
            what = f"{before.address} was live when the plan was made, but is not any more"
        else:
            what = f"The live object of {before.address} has changed since the plan was made"
        yield _stale_plan(f"{what}{when}.", before.address)


def _find_differences(then: Plan, now: Plan, known: Collection[str | None]) -> Iterator[Diagnostic]:
    """Yield an error for each other difference of two plans that were made of the same spec."""
    planned, today = ({one.address: one for one in plan.changes} for plan in (then, now))
    gone = {one.address for one in then.changes if one.action is Action.DELETE or one.is_step}
    if planned and not today.keys() & planned.keys() and set(planned) <= {*now.unchanged, *gone}:
        yield _stale_plan("All changes of the plan are live already: nothing is left to apply.")
        return
    for address in dict.fromkeys((*planned, *today)):
        before, after = planned.get(address), today.get(address)
        if before is None and after is not None:
            yield _stale_plan(f"{address} is not in the plan, but needs a change now: {after.action.value}.", address)
        elif before is not None and after is None:
            yield _stale_plan(f"{address} needs no {before.action.value} any more.", address)
        elif before and after and address not in known and _effect(before) != _effect(after):
            yield _stale_plan(f"{address} would be changed in another way than in the plan.", address)
    if not known and planned.keys() == today.keys() and _order(then) != _order(now):
        yield _stale_plan("The changes would be made in another order than in the plan.")


def _effect(change: Change) -> str:
    """Return what a change does, as JSON, apart from what it waits for."""
    return _json({name: value for name, value in planned_effect(change).items() if name not in ORDER})


def _order(plan: Plan) -> str:
    """Return what the changes wait for, as JSON."""
    return _json([[getattr(one, name) for name in ORDER] for one in plan.changes])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _stale_plan(detail: str, address: str | None = None, place: Place | None = None) -> Diagnostic:
    return diagnose("stale-plan", detail, place, "create a new plan and review it", address=address)
