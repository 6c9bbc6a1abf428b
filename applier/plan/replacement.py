"""Replaces an object that no update can change by a new one, to which all dependents move first.

The new object is created under another name, dependents are updated to use it, the old object is deleted, and the new
one takes its name. An interrupted replacement continues with the next apply.
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
from applier.plan.changes import NAME, Action, Change, digest
from applier.plan.comparison import compare_resources, immutable_fields
from applier.plan.deletion import Deleting, resource_in_use
from applier.resolve import Declared, DeclaredResources, Resolved
from applier.spec.resources import Resource, address_of, replacement_name

IN_USE_HINT = (
    "declare it, so that it moves to the new object, delete or change it first, or keep this one with --exclude"
)
LEFT_OVER_HINT = "have its dependents use another one, or delete them, then plan again"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A declared resource and the live object that is replaced."""

    declared: Declared
    live: Live

    @property
    def stand_in(self) -> str:
        """The address of the new object until the old one is deleted."""
        return _stand_in(self.declared.resource)


Replacements = Mapping[str, Replacement]
"""Replacements by address."""


def _stand_in(resource: Resource) -> str:
    return address_of(resource.kind, replacement_name(resource.name))


def find_left_over(declared: Declared, snapshot: Snapshot) -> Live | None:
    """Return the new object that an earlier run has left and that can be used: an update makes it as declared."""
    found = snapshot.at(_stand_in(declared.resource))
    return next((one for one in found if not immutable_fields(compare_resources(declared, one))), None)


def find_useless_left_overs(replacements: Replacements, resolved: Resolved) -> Iterator[Deleting]:
    """Yield what earlier runs have left under the names that the new objects get, and what no update makes right."""
    for one in replacements.values():
        useful = find_left_over(one.declared, resolved.snapshot)
        for live in resolved.snapshot.at(one.stand_in):
            if live is not useful and one.stand_in not in resolved.declared:
                yield Deleting(live, one.declared.resource.place, "left over from another replacement")


def find_declared_stand_ins(replacements: Replacements, declared: DeclaredResources) -> Iterator[Diagnostic]:
    """Yield an error for each replacement whose new object would get the name of a declared resource meanwhile."""
    for one in replacements.values():
        if one.stand_in in declared:
            resource, name = one.declared.resource, declared[one.stand_in].resource.name
            yield diagnose(
                "move-blocked",
                f'The {one.declared.kind.noun} "{resource.name}" cannot be replaced: until the old one is deleted, the '
                f'new one is called "{name}", which is declared, too.',
                resource.place,
                "declare the other one under another name, or give the new one another name",
                address=resource.address,
            )


def repoint_mentions(
    declared: Declared, fields: tuple[FieldChange, ...], replaced: Collection[str]
) -> tuple[FieldChange, ...]:
    """Return the changes of a live dependent, with one for each mention of what is replaced."""
    known = {one.path for one in fields}
    mentions = {one.address: one for one in reversed(declared.mentions) if one.address in replaced}
    repointed = (
        FieldChange(tuple(map(str, one.path)), f"{one.name} (old)", f"{one.name} (new)")
        for one in mentions.values()
        if tuple(map(str, one.path)) not in known
    )
    return (*fields, *repointed)


def plan_last_steps(
    replacements: Replacements, resolved: Resolved, compared: Collection[str], deletes: Collection[Change]
) -> tuple[list[Change], list[Diagnostic]]:
    """Return, for each replacement, the delete of the old object and the rename of the new one.

    The delete waits until all dependents have moved or are deleted; a dependent that does neither is an error.
    """
    deleted = {one.id: one.address for one in deletes}
    changes: list[Change] = []
    problems: list[Diagnostic] = []
    for address, one in replacements.items():
        dependents = [
            each for each in resolved.snapshot.by_id.values() if _mentions(each, address) and each.id != one.live.id
        ]
        moving = {
            each.address
            for each in dependents
            if each.address in compared and resolved.declared[each.address].resource.managed
        }
        leaving = {deleted[each.id] for each in dependents if each.id in deleted}
        problems += [
            resource_in_use(one.live, each, one.declared.resource.place, resolved.declared, IN_USE_HINT)
            for each in dependents
            if each.address not in moving and each.id not in deleted
        ]
        waits = tuple(sorted((address, *moving, *leaving), key=graph.by_kind_and_name))
        old = _delete_old(one, waits)
        changes += [old, _rename_new(one, old)]
    return changes, problems


def _mentions(live: Live, address: str) -> bool:
    return any(one.address == address for one in mentions_in(KINDS[live.kind], live.canonical))


def _delete_old(one: Replacement, waits: tuple[str, ...]) -> Change:
    resource = one.declared.resource
    return Change(
        address=f"{resource.address} (old)",
        kind=resource.kind,
        name=resource.name,
        action=Action.DELETE,
        id=one.live.id,
        place=resource.place,
        waits_for=waits,
        seen=digest(one.live.answer),
        why="part of the replacement",
    )


def _rename_new(one: Replacement, old: Change) -> Change:
    resource = one.declared.resource
    return Change(
        address=f"{resource.address} (replacement)",
        kind=resource.kind,
        name=resource.name,
        action=Action.RENAME,
        fields=(FieldChange(NAME, replacement_name(resource.name), resource.name),),
        place=resource.place,
        waits_for=(old.address,),
        why="part of the replacement",
    )
