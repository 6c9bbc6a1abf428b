"""Which live object is which declared one, where the name alone does not say: `id` pins and `moved` names."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.snapshot import Snapshot, rename_live
from applier.resources import Move, Resource, Spec, address_of, disambiguated_name, replacement_name

Renames = dict[tuple[str, str], str]


def match_resources(spec: Spec, snapshot: Snapshot) -> tuple[Snapshot, tuple[Diagnostic, ...]]:
    """The snapshot in which everything pinned or moved has the name that the spec gives it.

    Others of a pinned name are told with their id, so that the name leads to one object.
    """
    renames: Renames = {}
    problems = [problem for one in spec.resources.values() for problem in _pin(one, snapshot, renames)]
    for one in spec.resources.values():
        _interrupted_replacement(one, snapshot, renames)
    problems += [problem for one in spec.moves for problem in _move(one, snapshot, renames)]
    return (rename_live(snapshot, renames) if renames else snapshot), tuple(problems)


def _pin(resource: Resource, snapshot: Snapshot, renames: Renames) -> Iterator[Diagnostic]:
    if resource.id is None:
        return
    pinned = snapshot.by_id.get((resource.kind, resource.id))
    if pinned is None:
        noun = KINDS[resource.kind].noun
        yield diagnose(
            "pinned-missing",
            f'There is no live {noun} with the id {resource.id}, to which "{resource.name}" is pinned.',
            resource.locate("id"),
            "correct the id, or remove it to find the object by its name",
            address=resource.address,
        )
        return
    for other in snapshot.at(resource.address):
        if other.id != pinned.id:
            renames[other.kind, other.id] = disambiguated_name(other.name, other.id)
    renames[pinned.kind, pinned.id] = resource.name


def _interrupted_replacement(resource: Resource, snapshot: Snapshot, renames: Renames) -> None:
    """The old one is gone and the new one has not got its name yet: it is the one that is meant."""
    if KINDS[resource.kind].immutable and not snapshot.at(resource.address):
        for one in snapshot.at(address_of(resource.kind, replacement_name(resource.name))):
            renames[one.kind, one.id] = resource.name


def _move(move: Move, snapshot: Snapshot, renames: Renames) -> Iterator[Diagnostic]:
    """A move that has been made already, or whose old name nobody has, says nothing."""
    old = [one for one in snapshot.at(address_of(move.kind, move.old)) if (one.kind, one.id) not in renames]
    new = snapshot.at(address_of(move.kind, move.new))
    noun = KINDS[move.kind].noun
    if old and new:
        yield diagnose(
            "move-blocked",
            f'The {noun} "{move.old}" is to be called "{move.new}", but one of that name is live already.',
            move.place,
            "delete or rename one of the two, or take the entry out of moved",
        )
    elif len(old) > 1:
        ids = ", ".join(sorted(one.id for one in old))
        yield diagnose(
            "ambiguous-name",
            f'{len(old)} live {noun}s are called "{move.old}": {ids}.',
            move.place,
            f'pin the one that is meant: write its id under "{move.new}"',
        )
    elif old:
        renames[move.kind, old[0].id] = move.new
