"""Matches declared resources with live objects where the name alone does not: `id` pins, labels and `moved` names."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.objects import join_ids
from applier.live.snapshot import Live, Snapshot, rename_live
from applier.spec.resources import Move, Removal, Resource, Spec, address_of, disambiguated_name, replacement_name

Claims = dict[tuple[str, str], str]
"""The names that the spec gives live objects, by kind and id. What has no claim keeps the name that it has."""


def match_resources(spec: Spec, snapshot: Snapshot) -> tuple[Snapshot, tuple[Diagnostic, ...]]:
    """Return the snapshot in which every pinned, labelled or moved object has the name that the spec gives it.

    All claims are made before any name changes, so that pins can exchange names. An unclaimed object with the name of
    a claimed one gets a name with its id, so that each name leads to one object.
    """
    claims: Claims = {}
    problems = [problem for one in spec.resources.values() for problem in _match_pin(one, snapshot, claims)]
    problems += [problem for one in spec.resources.values() for problem in _match_label(one, spec, snapshot, claims)]
    for removal in spec.removals:
        _match_removal(removal, snapshot, claims)
    problems += [problem for one in spec.moves for problem in _match_move(one, spec, snapshot, claims)]
    for one in spec.resources.values():
        _match_interrupted_replacement(one, snapshot, claims)
    _tell_namesakes_apart(snapshot, claims)
    return (rename_live(snapshot, claims) if claims else snapshot), tuple(problems)


def _find_unclaimed(snapshot: Snapshot, address: str, claims: Claims) -> list[Live]:
    """Return the live objects of an address that no resource has claimed yet."""
    return [one for one in snapshot.at(address) if (one.kind, one.id) not in claims]


def _match_pin(resource: Resource, snapshot: Snapshot, claims: Claims) -> Iterator[Diagnostic]:
    if resource.id is None:
        return
    pinned = snapshot.by_id.get((resource.kind, resource.id))
    if pinned is not None:
        claims[pinned.kind, pinned.id] = resource.name
        return
    noun = KINDS[resource.kind].noun
    others = [one for one in snapshot.by_id.values() if one.id == resource.id]
    belongs = f' It is the id of the {KINDS[others[0].kind].noun} "{others[0].name}".' if others else ""
    yield diagnose(
        "pinned-missing",
        f'"{resource.name}" is pinned to the id {resource.id}, but no live {noun} has this id.{belongs}',
        resource.locate("id"),
        "correct the id, or remove it to match by name",
        address=resource.address,
    )


def _match_label(resource: Resource, spec: Spec, snapshot: Snapshot, claims: Claims) -> Iterator[Diagnostic]:
    """Match an object of a kind without names by its content, or the only object by being the only one."""
    kind = snapshot.kinds[resource.kind]
    if not kind.is_labelled or resource.id is not None:
        return
    live = [one for one in snapshot.of_kind(kind.name) if (one.kind, one.id) not in claims]
    wanted = kind.name_when_live(resource.name, kind.from_spec(resource.body))
    matches = [one for one in live if one.name == (wanted or resource.name)]
    if not matches and kind.singleton and (resource.managed or not wanted):
        declared = [one for one in spec.of_kind(kind.name) if one.id is None]
        matches = live if len(live) == len(declared) == 1 else []
    if len(matches) > 1:
        yield diagnose(
            "ambiguous-name",
            f'{kind.count_live(len(matches))} have the {kind.named_by} of "{resource.name}": {join_ids(matches)}.',
            resource.place,
            'pin the intended one with "id", or delete the others in Polytomic',
            address=resource.address,
        )
    elif matches:
        claims[kind.name, matches[0].id] = resource.name


def _match_removal(removal: Removal, snapshot: Snapshot, claims: Claims) -> None:
    """Match the one of several objects of a name that is named with its id, unless that is the whole name of another.

    The object keeps this name after its namesakes are gone, so that the entry always means the same one.
    """
    if snapshot.at(removal.address) or not removal.name.endswith(")"):
        return
    for one in snapshot.of_kind(removal.kind):
        if removal.name == disambiguated_name(one.name, one.id):
            claims.setdefault((one.kind, one.id), removal.name)


def _match_move(move: Move, spec: Spec, snapshot: Snapshot, claims: Claims) -> Iterator[Diagnostic]:
    """Match the object with the old name; a move that is already done, or has nothing to move, is no problem.

    What is not managed is never renamed: it is the object that has the new name already.
    """
    declared = spec.find(move.kind, move.new)
    if declared is not None and not declared.managed:
        return
    old = _find_unclaimed(snapshot, address_of(move.kind, move.old), claims)
    new = _find_unclaimed(snapshot, address_of(move.kind, move.new), claims)
    noun = KINDS[move.kind].noun
    if old and declared is not None and declared.id is not None:
        yield diagnose(
            "move-blocked",
            f'The {noun} "{move.old}" ({join_ids(old)}) cannot be renamed to "{move.new}": the spec pins "{move.new}" '
            f"to {declared.id}.",
            move.place,
            "remove the entry from moved, or correct the id",
            related=(declared.locate("id"),),
        )
    elif old and new:
        yield diagnose(
            "move-blocked",
            f'The {noun} "{move.old}" ({join_ids(old)}) cannot be renamed to "{move.new}": a live {noun} already has '
            f"this name ({join_ids(new)}).",
            move.place,
            f"delete or rename one of the two, remove the entry from moved, or declare {join_ids(new)} under another "
            'name with its "id"',
        )
    elif len(old) > 1:
        yield diagnose(
            "ambiguous-name",
            f'{KINDS[move.kind].count_live(len(old))} are called "{move.old}": {join_ids(old)}.',
            move.place,
            f'pin the intended one: write its id under "{move.new}"',
        )
    elif old:
        claims[move.kind, old[0].id] = move.new


def _match_interrupted_replacement(resource: Resource, snapshot: Snapshot, claims: Claims) -> None:
    """Match the new object of a replacement that was interrupted after the delete of the old one."""
    found = _find_unclaimed(snapshot, address_of(resource.kind, replacement_name(resource.name)), claims)
    if not found or not KINDS[resource.kind].immutable or _find_unclaimed(snapshot, resource.address, claims):
        return
    if not any(name == resource.name and kind == resource.kind for (kind, _), name in claims.items()):
        claims.update({(one.kind, one.id): resource.name for one in found})


def _tell_namesakes_apart(snapshot: Snapshot, claims: Claims) -> None:
    """Give every unclaimed object whose name another one has claimed a name with its id."""
    claimed = {(kind, name) for (kind, _), name in claims.items()}
    for one in snapshot.by_id.values():
        if (one.kind, one.name) in claimed and (one.kind, one.id) not in claims:
            claims[one.kind, one.id] = disambiguated_name(one.name, one.id)
