"""Applies one change: guards what was planned, writes it through `Remote`, compares what was read back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from applier import diff
from applier.api import ApiError, Missing
from applier.diff import FieldChange
from applier.execute.conflicts import Conflict, changed_after_plan, deleted_after_plan, used_after_plan
from applier.execute.context import ApplyContext
from applier.execute.create import create
from applier.execute.exclusive_names import replace_exclusively
from applier.execute.guards import read_unchanged, require_as_planned
from applier.execute.outcome import Incomplete
from applier.execute.replacements import create_replacement, rename_replacement
from applier.kinds.base import Canonical, Kind
from applier.kinds.references import mentions_in
from applier.live.objects import Live
from applier.live.remote import Remote
from applier.plan import Action, Change
from applier.spec.resources import address_of


@dataclass(frozen=True, slots=True)
class Applied:
    """The id, the fields that the service keeps different from the spec, and the step that is left to a person."""

    id: str | None
    differs: tuple[FieldChange, ...] = ()
    pending_step: str = ""


def apply_change(change: Change, context: ApplyContext) -> Applied:
    """Apply a change, and return what was read back.

    Raises `ApiError` when the service fails or refuses, `Conflict` when the object is no longer as planned,
    `Incomplete` when only an update of an earlier object failed.
    """
    remote = context.remote(change.kind)
    if change.action is Action.DELETE:
        _delete(change, remote, context)
        return Applied(change.id)
    if change.is_step and change.id is not None:
        _free_name(change, remote, context)
        return Applied(change.id)
    declared = context.declared[address_of(change.kind, change.name)].canonical
    if change.action is Action.CREATE:
        declared, live = _create(change, declared, remote, context)
    elif change.action is Action.REPLACE:
        live = create_replacement(change, declared, remote, context)
    elif change.id is None:
        live = rename_replacement(change, declared, remote, context)
    else:
        live = _update(change, declared, remote, context)
    differs = diff.changes(remote.kind, declared, live.canonical)
    for address in change.completes:
        differs += _write_deferred(address, remote, context)
    return Applied(live.id, differs, remote.kind.pending_step(live.answer))


def _create(change: Change, declared: Canonical, remote: Remote, context: ApplyContext) -> tuple[Canonical, Live]:
    """Create the object; return it with what is written of its declared form so far."""
    initial = _without_deferred(remote.kind, change, declared)
    live = create(change, initial, declared, remote, context)
    if change.deferred or initial == declared:
        return initial, live
    return declared, _complete(change.name, declared, live, remote)


def _complete(name: str, declared: Canonical, live: Live, remote: Remote) -> Live:
    """Write the members that the create has left out, and return the object.

    Raises `Conflict` when somebody else has written other ones, and `ApiError`.
    """
    different = diff.changes(remote.kind, declared, live.canonical)
    if any(one.before and one.path[0] in remote.kind.deferred for one in different):
        raise changed_after_plan(live, "overwritten", remote.client)
    return remote.replace(name, declared, live)


def _without_deferred(kind: Kind, change: Change, declared: Canonical) -> Canonical:
    """Return the form without the deferred members that mention objects without an id: itself, or later ones."""
    not_created = {change.address, *change.deferred}
    mentioning = {str(use.path[0]) for use in mentions_in(kind, declared) if use.address in not_created}
    deferred = mentioning.intersection(kind.deferred)
    return {name: value for name, value in declared.items() if name not in deferred}


def _write_deferred(address: str, remote: Remote, context: ApplyContext) -> tuple[FieldChange, ...]:
    """Update an object that was created without its deferred members; return what the service keeps different."""
    name, declared = context.declared[address].resource.name, context.declared[address].canonical
    try:
        now = remote.read(context.names.id_of(remote.kind.name, name), declared)
        live = _complete(name, declared, now, remote)
    except Conflict as conflict:
        raise Conflict(f"Created, but {address} could not be updated to refer to it: {conflict}") from None
    except ApiError as error:
        message = f"Created, but {address} could not be updated to refer to it: {error}"
        raise Incomplete(message, error.hint or "apply again to continue") from None
    differs = diff.changes(remote.kind, declared, live.canonical)
    return tuple(replace(one, path=(address, *one.path)) for one in differs)


def _update(change: Change, declared: Canonical, remote: Remote, context: ApplyContext) -> Live:
    """Update an object that is still as planned, or has become as declared since."""
    planned = context.find_planned(change)
    try:
        now = remote.read(planned.id, declared)
    except Missing:
        raise deleted_after_plan() from None
    is_known = now.live_name in (change.name_before or planned.live_name, planned.declared_name)
    if not is_known or not diff.converges_to(remote.kind, declared, planned.canonical, now.canonical):
        raise changed_after_plan(now, "overwritten", context.client)
    toggle = remote.kind.toggle
    if toggle and {one.path for one in change.fields} == {(toggle.member,)}:
        return remote.set_toggle(declared, now)
    return replace_exclusively(planned.declared_name, declared, now, remote, context)


def _free_name(change: Change, remote: Remote, context: ApplyContext) -> None:
    """Give an object that is still as planned its interim name, so that another one can take the name that it has."""
    planned = context.find_planned(change)
    resource = context.declared.get(address_of(change.kind, change.name))
    declared = resource.canonical if resource else {}  # what is deleted afterwards is not declared
    try:
        if resource:
            now = require_as_planned(planned, remote.read(planned.id, declared), declared, remote, "renamed")
        else:
            now = read_unchanged(planned, remote, "renamed")
    except Missing:
        raise deleted_after_plan() from None
    remote.rename(str(change.fields[0].after), declared, now)


def _delete(change: Change, remote: Remote, context: ApplyContext) -> None:
    """Delete an object that is still as planned and that nothing uses."""
    planned = context.find_planned(change)
    try:
        read_unchanged(planned, remote, "deleted")
    except Missing:
        return
    dependent = context.preflight.find_dependent(change.kind, planned.id)
    if dependent:
        raise used_after_plan(dependent)
    remote.delete(planned.id)
