"""Makes the new object of a replacement, and gives it its name once the old object is deleted."""

from __future__ import annotations

from dataclasses import replace

from applier.api import ApiError, Missing, Refused
from applier.execute.conflicts import (
    Conflict,
    deleted_after_plan,
    different_namesake,
    kept_replacement,
    withdrawn_replacement,
)
from applier.execute.context import ApplyContext
from applier.execute.create import create
from applier.execute.exclusive_names import replace_exclusively
from applier.execute.guards import read_unchanged, require_as_planned
from applier.kinds.base import Canonical
from applier.live.objects import Live
from applier.live.remote import Remote
from applier.plan import Change
from applier.plan.replacement import find_left_over
from applier.spec.resources import replacement_name


def create_replacement(change: Change, declared: Canonical, remote: Remote, context: ApplyContext) -> Live:
    """Create the new object under an interim name, or update the one that an earlier run has left.

    Raises `Conflict` when the old object, or what is left over, is no longer as planned: another run may have replaced
    it, whose work this one would repeat.
    """
    try:
        read_unchanged(context.find_planned(change), remote, "replaced")
    except Missing:
        raise deleted_after_plan() from None
    name = replacement_name(change.name)
    left_over = find_left_over(context.declared[change.address], context.snapshot)
    found = remote.fetch_if_exists(left_over.id, declared) if left_over else None
    if left_over and found:
        now = require_as_planned(left_over, remote.adopt(name, found), declared, remote, "overwritten")
        live = remote.replace(name, declared, now)
    else:
        live = create(replace(change, name=name), declared, declared, remote, context)
    context.names.learn(change.kind, change.name, live.id)
    return live


def rename_replacement(change: Change, declared: Canonical, remote: Remote, context: ApplyContext) -> Live:
    """Give the new object its name, which is free once the old object is deleted.

    If another run has taken the name meanwhile, the new object is deleted again, unless it has dependents.
    """
    own = remote.names.id_of(change.kind, change.name)
    try:
        now = remote.read(own, declared)
    except Missing:
        raise deleted_after_plan() from None
    try:
        return replace_exclusively(change.name, declared, now, remote, context)
    except Conflict as conflict:
        raise _withdraw(conflict, change, own, remote, context) from None
    except Refused:
        live_name = remote.kind.name_when_live(change.name, declared)
        namesakes = context.preflight.list_namesakes(remote.kind, live_name)
        others = [one.id for one in namesakes if one.id != own]
        if not others:
            raise
        raise _withdraw(different_namesake(others[0]), change, own, remote, context) from None


def _withdraw(conflict: Conflict, change: Change, own: str, remote: Remote, context: ApplyContext) -> Conflict:
    """Delete the new object if it still has its interim name and nothing uses it; return the conflict that says so."""
    name, noun = replacement_name(change.name), remote.kind.noun
    try:
        found = remote.fetch_if_exists(own, {})
        if found is None or found.name != name:
            return conflict
        dependent = context.preflight.find_dependent(change.kind, own, afresh=True)
        if dependent:
            return kept_replacement(conflict, noun, name, own, f"is in use by {dependent}")
        remote.delete(own)
    except ApiError as error:
        return kept_replacement(conflict, noun, name, own, f"could not be deleted: {error}")
    return withdrawn_replacement(conflict, noun, name, own)
