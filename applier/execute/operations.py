"""One change, carried out: checked against what is live now, written, read again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from applier import diff
from applier.api import ApiError, Missing
from applier.diff import FieldChange
from applier.execute.context import ApplyContext, Conflict, read_if_there, set_toggle, write_sub_resources
from applier.execute.create import create
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, text
from applier.kinds.references import mentions_in, translate_references
from applier.live.snapshot import Live, decode_live, fetch_object, kind_client
from applier.plan import Action, Change
from applier.resources import address_of, replacement_name


class Incomplete(Exception):
    """It was made, but something that was made before could not be completed by it; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Applied:
    """The id, what the service keeps different from what was declared, and what a person has to finish."""

    id: str | None
    differs: tuple[FieldChange, ...] = ()
    pending_step: str = ""


def apply_change(change: Change, workplace: ApplyContext) -> Applied:
    """Do it, and read again what was written.

    Raises `ApiError` when the service fails or refuses, `Conflict` when the object is no longer as planned,
    `Incomplete` when only what it was to complete is left to do.
    """
    kind = KINDS[change.kind]
    if change.action is Action.DELETE:
        _delete(kind, change, workplace)
        return Applied(change.id)
    form = workplace.forms[address_of(change.kind, change.name)].canonical
    if change.action is Action.CREATE:
        at_once = _without_deferred(kind, change, form)
        answer = create(kind, change, at_once, workplace)
        workplace.learn(kind.name, change.name, text(answer.get("id")))
        if change.later:
            form = at_once
        elif at_once != form:
            answer = _put(kind, change.name, form, decode_live(kind, answer, workplace.name_of), workplace)
    elif change.action is Action.REPLACE:
        answer = _stand_in(kind, change, form, workplace)
        workplace.learn(kind.name, change.name, text(answer.get("id")))
    elif change.id is None:
        answer = _take_the_name(kind, change, form, workplace)
    else:
        answer = _update(kind, change, form, workplace)
    live = decode_live(kind, answer, workplace.name_of)
    differs = diff.changes(kind, form, live.canonical)
    for address in change.completes:
        differs += _completed(kind, address, workplace)
    return Applied(live.id, differs, kind.pending_step(answer))


def _without_deferred(kind: Kind, change: Change, form: Canonical) -> Canonical:
    """The form less the deferred members that mention what has no id yet: the object itself, and what comes later."""
    unborn = {change.address, *change.later}
    held = {str(use.path[0]) for use in mentions_in(kind, form) if use.address in unborn}.intersection(kind.deferred)
    return {name: value for name, value in form.items() if name not in held}


def _completed(kind: Kind, address: str, workplace: ApplyContext) -> tuple[FieldChange, ...]:
    """Write one whole that was made without its deferred members; what the service keeps different is told."""
    resource, form = workplace.forms[address].resource, workplace.forms[address].canonical
    try:
        identifier = workplace.id_of(kind.name, resource.name)
        now = decode_live(kind, fetch_object(workplace.client, kind, identifier, form), workplace.name_of)
        answer = _put(kind, resource.name, form, now, workplace)
    except ApiError as error:
        said = f"It was made, but {address} is not joined with it yet: {error}"
        raise Incomplete(said, error.hint or "apply again to go on") from None
    differs = diff.changes(kind, form, decode_live(kind, answer, workplace.name_of).canonical)
    return tuple(replace(one, path=(address, *one.path)) for one in differs)


def _update(kind: Kind, change: Change, form: Canonical, workplace: ApplyContext) -> ApiObject:
    """Write only what is still as planned, or has become as declared since; then as it is read."""
    identifier = change.id or ""
    planned = workplace.snapshot.by_id[kind.name, identifier]
    try:
        now = decode_live(kind, fetch_object(workplace.client, kind, identifier, form), workplace.snapshot.name_of)
    except Missing:
        raise Conflict("It was deleted since the plan was made.") from None
    known = now.called in (planned.called, planned.meant)
    if not known or not diff.converges_to(kind, form, planned.canonical, now.canonical):
        raise Conflict(_changed(now))
    if kind.toggle and {one.path for one in change.fields} == {(kind.toggle.member,)}:
        return set_toggle(kind, form, now.answer, workplace)
    return set_toggle(kind, form, _put(kind, planned.meant, form, now, workplace), workplace)


def _stand_in(kind: Kind, change: Change, form: Canonical, workplace: ApplyContext) -> ApiObject:
    """The new object of a replacement, under a name of its own; that of an earlier run is used again."""
    name = replacement_name(change.name)
    for one in workplace.snapshot.at(address_of(kind.name, name)):
        return _put(kind, name, form, one, workplace)
    return create(kind, replace(change, name=name), form, workplace)


def _take_the_name(kind: Kind, change: Change, form: Canonical, workplace: ApplyContext) -> ApiObject:
    """The old object of a replacement is gone: its name is free."""
    identifier = workplace.id_of(kind.name, change.name)
    now = decode_live(kind, fetch_object(workplace.client, kind, identifier, form), workplace.name_of)
    return _put(kind, change.name, form, now, workplace)


def _put(kind: Kind, name: str, form: Canonical, now: Live, workplace: ApplyContext) -> ApiObject:
    """Replace the whole object; then as it is read."""
    body = translate_references(kind, kind.reconcile(form, now.canonical), workplace.id_of)
    request = kind.encode(workplace.client.settings.version, kind.to_api(name, body, now.answer))
    kind_client(workplace.client, kind).patiently(lambda: workplace.client.put(f"{kind.path}/{now.id}", request))
    return write_sub_resources(kind, form, fetch_object(workplace.client, kind, now.id, form), workplace)


def _changed(now: Live, not_done: str = "overwritten") -> str:
    when = f" at {now.updated_at}" if now.updated_at else ""
    who = f" by {now.updated_by}" if now.updated_by else ""
    return f"It was changed since the plan was made{when}{who}; not {not_done}."


def _delete(kind: Kind, change: Change, workplace: ApplyContext) -> None:
    """Delete what nobody has worked on since. Gone already is done (quirk 57); `force` is never sent (quirk 12)."""
    planned = workplace.snapshot.by_id[kind.name, change.id or ""]
    answer = read_if_there(kind, planned.id, {}, workplace)
    if answer is None:
        return
    now = decode_live(kind, answer, workplace.snapshot.name_of)
    if planned.called != now.called or (planned.updated_at != now.updated_at and _another(kind, planned, now)):
        raise Conflict(_changed(now, "deleted"))
    user = workplace.look.user_of(kind.name, planned.id)
    if user:
        raise Conflict(f"It is used by {user}, which the plan did not know; not deleted.")
    with suppress(Missing):
        workplace.client.delete(f"{kind.path}/{planned.id}")


def _another(kind: Kind, planned: Live, now: Live) -> bool:
    """True when the content differs, as far as the plan has seen it: lists may show less than single answers."""
    seen = {name: value for name, value in now.canonical.items() if name in planned.canonical}
    return not diff.same(kind.normalize(planned.canonical), kind.normalize(seen))
