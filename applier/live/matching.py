"""Matches declared resources with live objects where the name alone does not: `id` pins, labels and `moved` names."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.snapshot import Snapshot, rename_live
from applier.spec.resources import Move, Resource, Spec, address_of, disambiguated_name, replacement_name

Renames = dict[tuple[str, str], str]
"""The names that live objects get in the snapshot, by kind and id."""


def match_resources(spec: Spec, snapshot: Snapshot) -> tuple[Snapshot, tuple[Diagnostic, ...]]:
    """Return the snapshot in which every pinned, labelled or moved object has the name that the spec gives it.

    Namesakes of a pinned object get names with their ids, so that each name leads to one object.
    """
    renames: Renames = {}
    problems = [problem for one in spec.resources.values() for problem in _match_pin(one, snapshot, renames)]
    problems += [problem for one in spec.resources.values() for problem in _match_label(one, spec, snapshot, renames)]
    for one in spec.resources.values():
        _match_interrupted_replacement(one, snapshot, renames)
    problems += [problem for one in spec.moves for problem in _match_move(one, snapshot, renames)]
    return (rename_live(snapshot, renames) if renames else snapshot), tuple(problems)


def _match_pin(resource: Resource, snapshot: Snapshot, renames: Renames) -> Iterator[Diagnostic]:
    if resource.id is None:
        return
    pinned = snapshot.by_id.get((resource.kind, resource.id))
    if pinned is None:
        noun = KINDS[resource.kind].noun
        yield diagnose(
            "pinned-missing",
            f'"{resource.name}" is pinned to the id {resource.id}, but no live {noun} has this id.',
            resource.locate("id"),
            "correct the id, or remove it to match by name",
            address=resource.address,
        )
        return
    for namesake in snapshot.at(resource.address):
        if namesake.id != pinned.id:
            renames[namesake.kind, namesake.id] = disambiguated_name(namesake.name, namesake.id)
    renames[pinned.kind, pinned.id] = resource.name


def _match_label(resource: Resource, spec: Spec, snapshot: Snapshot, renames: Renames) -> Iterator[Diagnostic]:
    """Match an object of a kind without names by its content, or the only object by being the only one."""
    kind = snapshot.kinds[resource.kind]
    if not kind.is_labelled or resource.id is not None:
        return
    live = [one for one in snapshot.of_kind(kind.name) if (one.kind, one.id) not in renames]
    wanted = kind.name_when_live(resource.name, kind.from_spec(resource.body))
    matches = [one for one in live if one.name == (wanted or resource.name)]
    if not matches and kind.singleton and (resource.managed or not wanted):
        declared = [one for one in spec.of_kind(kind.name) if one.id is None]
        matches = live if len(live) == len(declared) == 1 else []
    if len(matches) > 1:
        ids = ", ".join(sorted(one.id for one in matches))
        yield diagnose(
            "ambiguous-name",
            f'{kind.count_live(len(matches))} have the {kind.named_by} of "{resource.name}": {ids}.',
            resource.place,
            'pin the intended one with "id", or delete the others in Polytomic',
            address=resource.address,
        )
    elif matches:
        renames[kind.name, matches[0].id] = resource.name


def _match_interrupted_replacement(resource: Resource, snapshot: Snapshot, renames: Renames) -> None:
    """Match the new object of a replacement that was interrupted after the delete of the old one."""
    if KINDS[resource.kind].immutable and not snapshot.at(resource.address):
        for one in snapshot.at(address_of(resource.kind, replacement_name(resource.name))):
            renames[one.kind, one.id] = resource.name


def _match_move(move: Move, snapshot: Snapshot, renames: Renames) -> Iterator[Diagnostic]:
    """Match the object with the old name; a move that is already done, or has nothing to move, is no problem."""
    old = [one for one in snapshot.at(address_of(move.kind, move.old)) if (one.kind, one.id) not in renames]
    new = snapshot.at(address_of(move.kind, move.new))
    noun = KINDS[move.kind].noun
    if old and new:
        yield diagnose(
            "move-blocked",
            f'The {noun} "{move.old}" cannot be renamed to "{move.new}": a live {noun} already has this name.',
            move.place,
            "delete or rename one of the two, or remove the entry from moved",
        )
    elif len(old) > 1:
        ids = ", ".join(sorted(one.id for one in old))
        yield diagnose(
            "ambiguous-name",
            f'{KINDS[move.kind].count_live(len(old))} are called "{move.old}": {ids}.',
            move.place,
            f'pin the intended one: write its id under "{move.new}"',
        )
    elif old:
        renames[move.kind, old[0].id] = move.new
