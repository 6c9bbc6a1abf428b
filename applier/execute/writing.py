"""One change, carried out: checked against what is live now, written, read again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from applier import diff
from applier.api import ApiError, Client, Missing, ServerFailed, Unreachable
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, mapping, text
from applier.kinds.references import translated
from applier.linking import Forms
from applier.plan import Action, Change
from applier.snapshot import Live, Snapshot, live_of, read

CREATE_TRIES = 3
CREATE_PAUSE = 0.5  # seconds


class Conflict(Exception):
    """Somebody else changed the object between the plan and the write."""


@dataclass(slots=True)
class Workplace:
    """What the changes of one run share: the client, the declared forms, what the plan saw, and the ids so far."""

    client: Client
    forms: Forms
    snapshot: Snapshot
    run: str
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, kind: str, name: str, identifier: str) -> None:
        """Remember the id of what was created a moment ago."""
        self.ids[kind, name] = identifier
        self.names[kind, identifier] = name

    def id_of(self, kind: str, name: str) -> str:
        """The id behind a name; the plan has made sure that there is exactly one."""
        known = self.ids.get((kind, name))
        return known or self.snapshot.at(f"{kind}/{name}")[0].id

    def name_of(self, kind: str, identifier: str) -> str:
        """The name behind an id, of new objects too."""
        return self.names.get((kind, identifier)) or self.snapshot.name_of(kind, identifier)


def carry_out(change: Change, workplace: Workplace) -> tuple[str | None, tuple[FieldChange, ...]]:
    """Do it; the id and what the service keeps different from what was declared.

    Raises `ApiError` when the service fails or refuses, `Conflict` when the object is no longer as planned.
    """
    kind = KINDS[change.kind]
    if change.action is Action.DELETE:
        _delete(kind, change, workplace)
        return change.id, ()
    form = workplace.forms[change.address].canonical
    body = translated(kind, form, workplace.id_of)
    if change.action is Action.CREATE:
        identifier = _create(kind, change, body, workplace)
        workplace.learn(kind.name, change.name, identifier)
    else:
        identifier = change.id or ""
        _update(kind, change, body, workplace)
    live = live_of(kind, read(workplace.client, kind, identifier), workplace.name_of)
    return identifier, diff.changes(kind, form, live.canonical)


def _create(kind: Kind, change: Change, body: Canonical, workplace: Workplace) -> str:
    """POST until it is clear that the object is there once: after an unclear end it is looked up by name first."""
    request = kind.to_api(change.name, body, None)
    created = _posted(kind, change, request, workplace, CREATE_TRIES)
    identifier = text(created.get("id"))
    _switch(kind, identifier, body, created, workplace.client)
    return identifier


def _posted(kind: Kind, change: Change, request: dict[str, object], workplace: Workplace, tries: int) -> ApiObject:
    try:
        key = _key(workplace.run, change.address, tries)
        return mapping(workplace.client.post(kind.path, request, key=key).get("data"))
    except (Unreachable, ServerFailed) as error:
        found = _look_up(kind, change.name, workplace) if _may_have_acted(error) else None
        if found is not None:
            return found
        if tries == 1 or not _may_have_acted(error):
            raise
        workplace.client.stop.wait(CREATE_PAUSE)
        return _posted(kind, change, request, workplace, tries - 1)


def _may_have_acted(error: ApiError) -> bool:
    return not isinstance(error, Unreachable) or error.acted


def _look_up(kind: Kind, name: str, workplace: Workplace) -> ApiObject | None:
    found = [entry for entry in workplace.client.pages(kind.path) if entry.get("name") == name]
    return found[0] if found else None


def _key(run: str, address: str, number: int) -> str:
    """Letters, digits and dashes (api.md section 3): the run, the address, the try that may be new to the service."""
    return f"{run}-{hashlib.sha256(address.encode()).hexdigest()[:16]}-{number}"


def _update(kind: Kind, change: Change, body: Canonical, workplace: Workplace) -> None:
    identifier = change.id or ""
    planned = workplace.snapshot.by_id[kind.name, identifier]
    try:
        now = live_of(kind, read(workplace.client, kind, identifier), workplace.snapshot.name_of)
    except Missing:
        raise Conflict("It was deleted since the plan was made.") from None
    if not diff.same(kind.comparable(planned.canonical), kind.comparable(now.canonical)):
        raise Conflict(_changed(now))
    if kind.toggle and {one.path for one in change.fields} == {(kind.toggle.member,)}:
        _switch(kind, identifier, body, now.answer, workplace.client)
        return
    workplace.client.put(f"{kind.path}/{identifier}", kind.to_api(change.name, body, now.answer))


def _changed(now: Live) -> str:
    when = f" at {now.updated_at}" if now.updated_at else ""
    who = f" by {now.updated_by}" if now.updated_by else ""
    return f"It was changed since the plan was made{when}{who}; not overwritten."


def _switch(kind: Kind, identifier: str, declared: Canonical, live: ApiObject, client: Client) -> None:
    """Set the member that has an endpoint of its own, if it is declared and not so yet (quirk 38)."""
    if kind.toggle is None or kind.toggle.member not in declared:
        return
    wanted = declared[kind.toggle.member]
    if bool(live.get(kind.toggle.member)) is not wanted:
        path = f"{kind.path}/{identifier}/{kind.toggle.endpoint}"
        client.post(path, {kind.toggle.member: wanted}, harmless_twice=True)


def _delete(kind: Kind, change: Change, workplace: Workplace) -> None:
    """Gone already is done (quirk 57); `force` is never sent (quirk 12)."""
    try:
        workplace.client.delete(f"{kind.path}/{change.id}")
    except Missing:
        return
