"""Checks renames and removals that contradict what is declared, or each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import suggest
from applier.secrets import Secret, reveal_text
from applier.spec.kinds import Declaration
from applier.spec.lifecycle import Lifecycle
from applier.spec.resources import Move, Removal, address_of


def rename_problems(
    lifecycle: Lifecycle, declared: Mapping[str, Declaration], dropped: Collection[str], complete: bool
) -> Iterator[Diagnostic]:
    """Return an error for each entry of `moved` and `removed` that contradicts the rest of the spec.

    `dropped` holds the addresses that only this environment does without; what is missing is judged only if the spec
    is `complete`.
    """
    places = {address: one.resource.place for address, one in declared.items()}
    removed: dict[str, Removal] = {}
    for removal in lifecycle.removals:
        address = address_of(removal.kind, reveal_text(removal.name))
        if removed.setdefault(address, removal) is not removal:
            yield _duplicate_removal(removal, removed[address])
        if address in places:
            yield _removal_of_declared(removal, places[address])
    onto: dict[str, Move] = {}
    sources = {address_of(one.kind, one.old): one for one in lifecycle.moves}
    for move in lifecycle.moves:
        old, new = address_of(move.kind, move.old), address_of(move.kind, reveal_text(move.new))
        if onto.setdefault(new, move) is not move:
            yield _moves_onto_one(move, onto[new])
        if old in removed:
            yield _move_and_removal(move, removed[old])
        if new in sources and new != old:
            yield _chain_of_moves(move, sources[new])
        elif old in places and (old == new or declared[old].resource.id is None):
            yield _move_of_declared(move, places[old])
        elif complete and new not in places and new not in dropped:
            kind = move.kind
            yield _move_to_nothing(move, [one.resource.name for one in declared.values() if one.resource.kind == kind])


def _duplicate_removal(removal: Removal, first: Removal) -> Diagnostic:
    detail = f"{removal.address} is named in removed twice."
    return diagnose("removed-twice", detail, removal.place, "keep one of the two", related=(first.place,))


def _removal_of_declared(removal: Removal, declared: Place) -> Diagnostic:
    detail = f"{removal.address} is named in removed, and it is declared too."
    hint = "take it out of removed, or remove the declaration"
    return diagnose("removed-but-declared", detail, removal.place, hint, related=(declared,))


def _moves_onto_one(move: Move, first: Move) -> Diagnostic:
    detail = f'Both "{first.old}" and "{move.old}" of {move.kind} are moved to "{move.new}".'
    hint = "only one live object can have the name; name the other one in removed"
    return diagnose("moved-onto-one", detail, move.place, hint, related=(first.place,))


def _move_and_removal(move: Move, removal: Removal) -> Diagnostic:
    detail = f'"{move.old}" of {move.kind} is moved, and it is named in removed too.'
    return diagnose("moved-and-removed", detail, move.place, "keep one of the two", related=(removal.place,))


def _chain_of_moves(move: Move, following: Move) -> Diagnostic:
    detail = f'"{move.old}" of {move.kind} is moved to "{move.new}", which is moved again.'
    hint = 'for two objects that both get new names, pin them with "id" instead'
    if move.old != following.new:
        hint = f'for one object, write the first and the last name: "{move.old}": "{following.new}"; {hint}'
    return diagnose("moved-chain", detail, move.place, hint, related=(following.place,))


def _move_of_declared(move: Move, declared: Place) -> Diagnostic:
    detail = f'"{move.old}" of {move.kind} is moved to another name, and it is still declared.'
    hint = "rename the declaration, or take it out of moved"
    return diagnose("moved-but-declared", detail, move.place, hint, related=(declared,))


def _move_to_nothing(move: Move, known: list[str]) -> Diagnostic:
    suggestion = None if isinstance(move.new, Secret) else suggest(move.new, known)
    detail = f'"{move.old}" of {move.kind} is moved to "{move.new}", which is not declared.'
    hint = suggestion or "declare it under the new name, or use removed to delete or release the live object"
    return diagnose("moved-to-nothing", detail, move.place, hint)
