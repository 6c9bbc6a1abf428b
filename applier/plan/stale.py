"""Finds why a saved plan can no longer be applied: each cause once, by its name."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.plan.change_digests import DigestedPlan, digest_address
from applier.plan.input_digests import MEMBER, InputDigest, InputDigests
from applier.plan.plan_file import Circumstances, SavedPlan
from applier.plan.saved_inputs import MissingInputs
from applier.resolve import DeclaredResources
from applier.spec.resources import InputSource


@dataclass(frozen=True, slots=True)
class Today:
    """What a plan of now is made of and for; its digests are under the key of the saved plan."""

    plan: DigestedPlan
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
    then = DigestedPlan(saved.plan, saved.changes)
    live = dict(_find_live_edits(then, now.plan))
    yield from live.values()
    if not edited:
        yield from _find_differences(then, now, live.keys())


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


def _find_live_edits(then: DigestedPlan, now: DigestedPlan) -> Iterator[tuple[str, Diagnostic]]:
    """Yield an error for each object of the plan that was written, created or deleted live since, by address."""
    today = now.by_address()
    for key, (before, planned) in then.by_address().items():
        if key not in today or today[key][1].live == planned.live:
            continue
        after, _ = today[key]
        who = f" by {after.updated_by}" if after.updated_by else ""
        when = f"; last written {after.updated_at}{who}" if after.updated_at else ""
        if not before.id:
            what = f"{after.address} was not live when the plan was made, but is now"
        elif not after.id:
            what = f"{after.address} was live when the plan was made, but is not any more"
        else:
            what = f"The live object of {after.address} has changed since the plan was made"
        yield key, _stale_plan(f"{what}{when}.", after.address)


def _find_differences(then: DigestedPlan, today: Today, known: Collection[str]) -> Iterator[Diagnostic]:
    """Yield an error for each other difference of two plans that were made of the same spec."""
    now = today.plan
    planned, needed = then.by_address(), now.by_address()
    unchanged = {digest_address(today.digests.key, one) for one in now.plan.unchanged}
    if planned and not needed.keys() & planned.keys() and planned.keys() <= unchanged | then.gone:
        yield _stale_plan("All changes of the plan are live already: nothing is left to apply.")
        return
    for key in dict.fromkeys((*planned, *needed)):
        if key not in planned:
            one, _ = needed[key]
            detail = f"{one.address} is not in the plan, but needs a change now: {one.action.value}."
            yield _stale_plan(detail, one.address)
        elif key not in needed:
            one, _ = planned[key]
            yield _stale_plan(f"{one.address} needs no {one.action.value} any more.", one.address)
        elif key not in known and planned[key][1].effect != needed[key][1].effect:
            one, _ = needed[key]
            yield _stale_plan(f"The planned change of {one.address} is different now.", one.address)
    if not known and planned.keys() == needed.keys() and _order(then) != _order(now):
        yield _stale_plan("The changes would be made in another order than in the plan.")


def _order(plan: DigestedPlan) -> list[tuple[str, str]]:
    """Return what the changes wait for, in the order of the changes."""
    return [(one.address, one.order) for one in plan.digests]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _stale_plan(detail: str, address: str | None = None, place: Place | None = None) -> Diagnostic:
    return diagnose("stale-plan", detail, place, "create a new plan and review it", address=address)
