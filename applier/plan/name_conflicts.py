"""Describes why a name cannot be taken: a live object has it and keeps it, or what frees it is out of scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.objects import join_ids
from applier.live.snapshot import Live
from applier.plan.changes import Action, Change
from applier.resolve import Resolved
from applier.spec.resources import disambiguated_name


def describe_conflict(
    change: Change, name: str, holders: Sequence[Live], resolved: Resolved, leaving: Collection[str]
) -> Diagnostic:
    """Return the error for a change that gives an object a name which the `holders` have and keep.

    `leaving` are the ids of what the spec deletes; what keeps its name all the same is out of scope.
    """
    noun = KINDS[change.kind].noun
    staying = [one for one in holders if not _is_excluded(one, resolved, leaving)]
    ids = join_ids(staying or holders)
    if not staying:
        excluded = ", ".join(sorted(one.address for one in holders))
        detail = (
            f"{_cannot(change, resolved)}: the live {noun} {ids} has this name, and the change that frees it "
            f"({excluded}) is excluded by --target or --exclude."
        )
        return _diagnose("left-out", change, detail, f"include {excluded}")
    has = "has" if len(staying) == 1 else "have"
    detail = f"{_cannot(change, resolved)}: the live {noun} {ids} {has} this name{_declared_as(staying, resolved)}."
    return _diagnose("move-blocked", change, detail, _how_to_free(staying[0], name, resolved))


def describe_cycle(taking: Change, leaving: Change, resolved: Resolved) -> Diagnostic:
    """Return the error for a name that a delete frees too late: the delete waits for what needs the name.

    An interim name for what is deleted would need its secrets, which the spec does not have.
    """
    noun = KINDS[leaving.kind].noun
    live = resolved.snapshot.by_id[leaving.kind, leaving.id or ""]
    detail = (
        f"{_cannot(taking, resolved)}: the live {noun} {live.id} has this name. It is deleted only after its "
        f"dependents have changed to the new {noun}, and the secrets to rename it before are not in the spec."
    )
    return _diagnose("move-blocked", taking, detail, f"use another name, or rename {live.id} in Polytomic")


def _diagnose(code: str, change: Change, detail: str, hint: str) -> Diagnostic:
    return diagnose(code, detail, change.place, hint, address=change.address)


def _cannot(change: Change, resolved: Resolved) -> str:
    noun = KINDS[change.kind].noun
    if change.action is Action.RENAME and change.id is not None:
        live = resolved.snapshot.by_id[change.kind, change.id]
        return f'The {noun} "{live.live_name}" ({change.id}) cannot be renamed to "{live.declared_name}"'
    return f'The {noun} "{change.name}" cannot be created'


def _is_excluded(live: Live, resolved: Resolved, leaving: Collection[str]) -> bool:
    """True when the spec renames or deletes the object, and the selection leaves that out."""
    declared = resolved.declared.get(live.address)
    if live.address in resolved.scope:
        return False
    is_renamed = declared is not None and declared.resource.managed and live.live_name != live.declared_name
    return is_renamed or live.id in leaving


def _declared_as(holders: Sequence[Live], resolved: Resolved) -> str:
    declared = [resolved.declared[one.address].resource for one in holders if one.address in resolved.declared]
    return f", which the spec declares as {declared[0].address} and does not rename" if declared else ""


def _how_to_free(holder: Live, name: str, resolved: Resolved) -> str:
    if holder.address in resolved.declared:
        return f"use another name, or rename {holder.id} in Polytomic or in the spec"
    entry = disambiguated_name(name, holder.id)
    return (
        f'use another name, rename or delete {holder.id} in Polytomic, declare it under another name with its "id", '
        f'or delete it: removed: {{{holder.kind}: ["{entry}"]}}'
    )
