"""One change, carried out: checked against what is live now, written, read again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from applier import diff
from applier.api import ApiError, BadAnswer, Client, Conflicted, Missing, Refused, ServerFailed, Unreachable
from applier.diagnostics import Diagnostic
from applier.diff import FieldChange
from applier.execute.keys import Keys
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, mapping, text
from applier.kinds.references import translated, uses
from applier.linking import Forms
from applier.plan import Action, Change
from applier.resources import address_of, replacement_name
from applier.snapshot import Live, Snapshot, door, live_of, made_ready, read

CREATE_TRIES = 8
CREATE_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds; doubled each time
SAME_KEY = 2  # tries under one key with a server that fails


class Conflict(Exception):
    """Somebody else changed the object between the plan and the write."""


class Incomplete(Exception):
    """It was made, but something that was made before could not be completed by it; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class Workplace:
    """What the changes of one run share: the client, the declared forms, what the plan saw, and the ids so far.

    `check` is asked right before a write what speaks against it.
    """

    client: Client
    forms: Forms
    snapshot: Snapshot
    run: str
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    check: Callable[[Change], tuple[Diagnostic, ...]] = lambda change: ()

    def learn(self, kind: str, name: str, identifier: str) -> None:
        """Remember the id of what was created a moment ago."""
        self.ids[kind, name] = identifier
        self.names[kind, identifier] = name

    def id_of(self, kind: str, name: str) -> str:
        """The id behind a name; the plan has made sure that there is exactly one."""
        known = self.ids.get((kind, name))
        return known or self.snapshot.at(f"{kind}/{name}")[0].id

    def connection_id(self, name: str) -> str | None:
        """The id of a connection, if there is one by now."""
        found = self.snapshot.at(f"connections/{name}")
        return self.ids.get(("connections", name)) or (found[0].id if len(found) == 1 else None)

    def name_of(self, kind: str, identifier: str) -> str:
        """The name behind an id, of new objects too."""
        return self.names.get((kind, identifier)) or self.snapshot.name_of(kind, identifier)


@dataclass(frozen=True, slots=True)
class Written:
    """The id, what the service keeps different from what was declared, and what a person has to finish."""

    id: str | None
    differs: tuple[FieldChange, ...] = ()
    unfinished: str = ""


def carry_out(change: Change, workplace: Workplace) -> Written:
    """Do it, and read again what was written.

    Raises `ApiError` when the service fails or refuses, `Conflict` when the object is no longer as planned,
    `Incomplete` when only what it was to complete is left to do.
    """
    kind = KINDS[change.kind]
    if change.action is Action.DELETE:
        _delete(kind, change, workplace)
        return Written(change.id)
    form = workplace.forms[address_of(change.kind, change.name)].canonical
    if change.action is Action.CREATE:
        at_once = _without_deferred(kind, change, form)
        answer = _create(kind, change, at_once, workplace)
        workplace.learn(kind.name, change.name, text(answer.get("id")))
        if change.later:
            form = at_once
        elif at_once != form:
            answer = _put(kind, change.name, form, live_of(kind, answer, workplace.name_of), workplace)
    elif change.action is Action.REPLACE:
        answer = _stand_in(kind, change, form, workplace)
        workplace.learn(kind.name, change.name, text(answer.get("id")))
    elif change.id is None:
        answer = _take_the_name(kind, change, form, workplace)
    else:
        answer = _update(kind, change, form, workplace)
    live = live_of(kind, answer, workplace.name_of)
    differs = diff.changes(kind, form, live.canonical)
    for address in change.completes:
        differs += _completed(kind, address, workplace)
    return Written(live.id, differs, kind.unfinished(answer))


def _without_deferred(kind: Kind, change: Change, form: Canonical) -> Canonical:
    """The form less the deferred members that mention what has no id yet: the object itself, and what comes later."""
    unborn = {change.address, *change.later}
    held = {str(use.path[0]) for use in uses(kind, form) if use.address in unborn}.intersection(kind.deferred)
    return {name: value for name, value in form.items() if name not in held}


def _completed(kind: Kind, address: str, workplace: Workplace) -> tuple[FieldChange, ...]:
    """Write one whole that was made without its deferred members; what the service keeps different is told."""
    resource, form = workplace.forms[address].resource, workplace.forms[address].canonical
    try:
        identifier = workplace.id_of(kind.name, resource.name)
        now = live_of(kind, read(workplace.client, kind, identifier, form), workplace.name_of)
        answer = _put(kind, resource.name, form, now, workplace)
    except ApiError as error:
        said = f"It was made, but {address} is not joined with it yet: {error}"
        raise Incomplete(said, error.hint or "apply again to go on") from None
    differs = diff.changes(kind, form, live_of(kind, answer, workplace.name_of).canonical)
    return tuple(replace(one, path=(address, *one.path)) for one in differs)


def _create(kind: Kind, change: Change, form: Canonical, workplace: Workplace) -> ApiObject:
    """POST until it is clear that the object is there, and there once; then as it is read.

    A key that turns out to be used up (its answer is an object that is gone or renamed, or an old error) is replaced.
    It is kept while another run may be making the same: a 409 says so, and so may a server that failed.
    """
    body = translated(kind, form, workplace.id_of)
    request = kind.spoken(workplace.client.settings.version, kind.to_api(change.name, body, None))
    keys = Keys(change.address, request, workplace.run)
    made_ready(workplace.client, kind, request)
    for number in range(1, CREATE_TRIES + 1):
        try:
            created = mapping(workplace.client.post(kind.path, request, key=keys.current).get("data"))
        except (Refused, Conflicted, Unreachable, ServerFailed, BadAnswer) as error:
            found = _look_up(kind, change.name, workplace) if _may_have_acted(error) else None
            if found is not None:
                return _adopted(kind, form, found, workplace)
            passes = isinstance(error, Refused) and door(workplace.client, kind).passes(str(error))
            again = passes or not isinstance(error, Refused) or keys.shared
            ended = number == CREATE_TRIES or workplace.client.stop.is_set()
            if ended or not _may_have_acted(error) or not again:
                raise
            kept = isinstance(error, Conflicted) or (isinstance(error, ServerFailed) and number <= SAME_KEY)
            if not kept:
                keys.failed()
            workplace.client.stop.wait(0 if isinstance(error, Refused) and not passes else _pause(number))
            continue
        now = _read_if_there(kind, text(created.get("id")), form, workplace)
        if now is not None and now.get("name") == change.name:
            # What the create alone tells, such as where to authorize (api.md 8.3), is kept.
            return {**created, **_switched(kind, form, _followed(kind, form, now, workplace), workplace)}
        keys.used_up(text(created.get("id")))
    raise Conflict("What was created is gone again, or has another name, each time it is looked at.")


def _pause(number: int) -> float:
    return min(LONGEST_PAUSE, CREATE_PAUSE * 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311


def _adopted(kind: Kind, form: Canonical, found: ApiObject, workplace: Workplace) -> ApiObject:
    """What an attempt without an answer, or another run, has made: ours if it is as declared."""
    now = read(workplace.client, kind, text(found.get("id")), form)
    answer = _switched(kind, form, _followed(kind, form, now, workplace), workplace)
    live = live_of(kind, answer, workplace.name_of)
    if diff.changes(kind, form, live.canonical):
        raise Conflict(f"Somebody else has made one of that name since the plan was made ({live.id}); not overwritten.")
    return answer


def _may_have_acted(error: ApiError) -> bool:
    return not isinstance(error, Unreachable) or error.acted


def _look_up(kind: Kind, name: str, workplace: Workplace) -> ApiObject | None:
    """What is live under a name that was free when the plan was made."""
    return next((entry for entry in workplace.client.pages(kind.path) if entry.get("name") == name), None)


def _read_if_there(kind: Kind, identifier: str, form: Canonical, workplace: Workplace) -> ApiObject | None:
    try:
        return read(workplace.client, kind, identifier, form)
    except Missing:
        return None


def _update(kind: Kind, change: Change, form: Canonical, workplace: Workplace) -> ApiObject:
    """Write only what is still as planned, or has become as declared since; then as it is read."""
    identifier = change.id or ""
    planned = workplace.snapshot.by_id[kind.name, identifier]
    try:
        now = live_of(kind, read(workplace.client, kind, identifier, form), workplace.snapshot.name_of)
    except Missing:
        raise Conflict("It was deleted since the plan was made.") from None
    known = now.called in (planned.called, planned.meant)
    if not known or not diff.toward(kind, form, planned.canonical, now.canonical):
        raise Conflict(_changed(now))
    if kind.toggle and {one.path for one in change.fields} == {(kind.toggle.member,)}:
        return _switched(kind, form, now.answer, workplace)
    return _switched(kind, form, _put(kind, planned.meant, form, now, workplace), workplace)


def _stand_in(kind: Kind, change: Change, form: Canonical, workplace: Workplace) -> ApiObject:
    """The new object of a replacement, under a name of its own; that of an earlier run is used again."""
    name = replacement_name(change.name)
    for one in workplace.snapshot.at(address_of(kind.name, name)):
        return _put(kind, name, form, one, workplace)
    return _create(kind, replace(change, name=name), form, workplace)


def _take_the_name(kind: Kind, change: Change, form: Canonical, workplace: Workplace) -> ApiObject:
    """The old object of a replacement is gone: its name is free."""
    identifier = workplace.id_of(kind.name, change.name)
    now = live_of(kind, read(workplace.client, kind, identifier, form), workplace.name_of)
    return _put(kind, change.name, form, now, workplace)


def _put(kind: Kind, name: str, form: Canonical, now: Live, workplace: Workplace) -> ApiObject:
    """Replace the whole object; then as it is read."""
    body = translated(kind, kind.settled(form, now.canonical), workplace.id_of)
    request = kind.spoken(workplace.client.settings.version, kind.to_api(name, body, now.answer))
    door(workplace.client, kind).patiently(lambda: workplace.client.put(f"{kind.path}/{now.id}", request))
    return _followed(kind, form, read(workplace.client, kind, now.id, form), workplace)


def _followed(kind: Kind, form: Canonical, answer: ApiObject, workplace: Workplace) -> ApiObject:
    """Write what the object's own endpoint does not take; then as it is read."""
    if kind.further is None:
        return answer
    path, declared = f"{kind.path}/{answer.get('id')}", kind.settled(form, kind.from_api(answer))
    if not kind.further.followed(door(workplace.client, kind), path, declared, answer):
        return answer
    return read(workplace.client, kind, text(answer.get("id")), form)


def _changed(now: Live, not_done: str = "overwritten") -> str:
    when = f" at {now.updated_at}" if now.updated_at else ""
    who = f" by {now.updated_by}" if now.updated_by else ""
    return f"It was changed since the plan was made{when}{who}; not {not_done}."


def _switched(kind: Kind, declared: Canonical, answer: ApiObject, workplace: Workplace) -> ApiObject:
    """Set the member that has an endpoint of its own, if it is declared and not so yet (quirk 38); then as it is."""
    if kind.toggle is None or kind.toggle.member not in declared:
        return answer
    wanted = declared[kind.toggle.member]
    if bool(answer.get(kind.toggle.member)) is wanted:
        return answer
    path = f"{kind.path}/{answer.get('id')}"
    workplace.client.post(f"{path}/{kind.toggle.endpoint}", {kind.toggle.member: wanted}, harmless_twice=True)
    return read(workplace.client, kind, text(answer.get("id")), declared)


def _delete(kind: Kind, change: Change, workplace: Workplace) -> None:
    """Delete what nobody has worked on since. Gone already is done (quirk 57); `force` is never sent (quirk 12)."""
    planned = workplace.snapshot.by_id[kind.name, change.id or ""]
    answer = _read_if_there(kind, planned.id, {}, workplace)
    if answer is None:
        return
    now = live_of(kind, answer, workplace.snapshot.name_of)
    if planned.called != now.called or (planned.updated_at != now.updated_at and _another(kind, planned, now)):
        raise Conflict(_changed(now, "deleted"))
    try:
        workplace.client.delete(f"{kind.path}/{planned.id}")
    except Missing:
        return


def _another(kind: Kind, planned: Live, now: Live) -> bool:
    """True when the content differs, as far as the plan has seen it: lists may show less than single answers."""
    seen = {name: value for name, value in now.canonical.items() if name in planned.canonical}
    return not diff.same(kind.comparable(planned.canonical), kind.comparable(seen))
