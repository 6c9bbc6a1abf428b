"""Replaces: what no update can do, done by a new object beside the old one, to which all users are moved first.

The new object is made under another name, the users are re-pointed, the old one is deleted, the new one takes its
name. Cut anywhere and run again, the same steps go on where they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from applier import graph
from applier.diagnostics import Diagnostic, diagnose
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change, digest
from applier.plan.deletion import still_used
from applier.resolve import Declared, DeclaredResources
from applier.resources import address_of, replacement_name

MOVE_ALONG = "declare that one, so that it is moved along, delete or change it first, or keep this one with --exclude"


@dataclass(frozen=True, slots=True)
class Replacements:
    """A declared resource and the live object that has to make way."""

    form: Declared
    live: Live

    @property
    def address(self) -> str:
        return self.form.resource.address


def repointed_changes(
    form: Declared, fields: tuple[FieldChange, ...], replaced: Collection[str]
) -> tuple[FieldChange, ...]:
    """The changes of a live user of what is replaced: with its mentions, which lead to another object afterwards."""
    known = {one.path for one in fields}
    mentions = {use.address: use for use in reversed(form.mentions) if use.address in replaced}
    moved = (
        FieldChange(tuple(map(str, use.path)), f"{use.name} (the old one)", f"{use.name} (the new one)")
        for use in mentions.values()
        if tuple(map(str, use.path)) not in known
    )
    return (*fields, *moved)


def stand_ins(replaced: Mapping[str, Replacements]) -> set[str]:
    """Where the new objects are until they have their names."""
    return {address_of(one.form.resource.kind, replacement_name(one.form.resource.name)) for one in replaced.values()}


def steps_after(
    replaced: Mapping[str, Replacements],
    snapshot: Snapshot,
    forms: DeclaredResources,
    chosen: Collection[str],
    deletes: Collection[Change],
) -> tuple[list[Change], list[Diagnostic]]:
    """For each: the old one deleted when its users have moved or are gone, then the new one renamed.

    Other users are errors.
    """
    going = {one.id: one.address for one in deletes}
    changes: list[Change] = []
    problems: list[Diagnostic] = []
    for address, one in replaced.items():
        users = [user for user in snapshot.by_id.values() if _mentions(user, address) and user.id != one.live.id]
        moving = {user.address for user in users if user.address in chosen and forms[user.address].resource.managed}
        leaving = {going[user.id] for user in users if user.id in going}
        staying = [user for user in users if user.address not in moving and user.id not in going]
        problems += [
            still_used(one.live, user, one.form.resource.place, declared=user.address in forms, otherwise=MOVE_ALONG)
            for user in staying
        ]
        waits = tuple(sorted((address, *moving, *leaving), key=graph.by_kind_and_name))
        old = _step(one, "old", Action.DELETE, waits)
        changes += [old, _step(one, "replacement", Action.RENAME, (old.address,))]
    return changes, problems


def _mentions(user: Live, address: str) -> bool:
    return any(use.address == address for use in mentions_in(KINDS[user.kind], user.canonical))


def _step(one: Replacements, word: str, action: Action, waits: tuple[str, ...]) -> Change:
    resource, live = one.form.resource, one.live
    fields = (FieldChange(("name",), replacement_name(resource.name), resource.name),) if word != "old" else ()
    return Change(
        address=f"{resource.address} ({word})",
        kind=resource.kind,
        name=resource.name,
        action=action,
        id=live.id if word == "old" else None,
        fields=fields,
        place=resource.place,
        waits_for=waits,
        seen=digest(live.answer) if word == "old" else "",
        why="part of the replacement",
    )


def left_over_replacements(
    replaced: Collection[str], snapshot: Snapshot, forms: DeclaredResources
) -> Iterator[Diagnostic]:
    """A warning for each stand-in of a replacement that was given up: nothing goes on to use it."""
    for address, form in forms.items():
        resource = form.resource
        stand_in = snapshot.at(address_of(resource.kind, replacement_name(resource.name)))
        if stand_in and snapshot.at(address) and address not in replaced and stand_in[0].address not in forms:
            name = stand_in[0].name
            yield diagnose(
                "left-over",
                f'The {KINDS[resource.kind].noun} "{name}" stands in for "{resource.name}", which is as declared.',
                resource.place,
                f'delete it in Polytomic, or say: removed: {{{resource.kind}: ["{name}"]}}',
                address=address,
            )
