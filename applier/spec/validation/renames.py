"""Renames and removals that contradict what is declared, or each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.diagnostics import Diagnostic, Place
from applier.diagnostics.suggestions import suggest
from applier.resources import Move, Removal, address_of
from applier.secrets import Secret
from applier.spec.merging import Declaration
from applier.spec.statements import Statements


def rename_problems(
    said: Statements, declared: Mapping[str, Declaration], dropped: Collection[str], complete: bool
) -> Iterator[Diagnostic]:
    """Everything about `moved` and `removed` that cannot be meant.

    `dropped` are addresses that only this environment does without; what is missing is judged if the spec is
    `complete`.
    """
    places = {address: one.resource.place for address, one in declared.items()}
    removed: dict[str, Removal] = {}
    for removal in said.removals:
        address = address_of(removal.kind, removal.name[:])  # the text itself, even of what must not be shown yet
        if removed.setdefault(address, removal) is not removal:
            yield _removed_twice(removal, removed[address])
        if address in places:
            yield _removed_but_declared(removal, places[address])
    onto: dict[str, Move] = {}
    sources = {address_of(one.kind, one.old): one for one in said.moves}
    for move in said.moves:
        old, new = address_of(move.kind, move.old), address_of(move.kind, move.new[:])
        if onto.setdefault(new, move) is not move:
            yield _onto_the_same(move, onto[new])
        if old in removed:
            yield _moved_and_removed(move, removed[old])
        if new in sources and new != old:
            yield _chain(move, sources[new])
        elif old in places:
            yield _moved_but_declared(move, places[old])
        elif complete and new not in places and new not in dropped:
            kind = move.kind
            yield _moved_to_nothing(move, [one.resource.name for one in declared.values() if one.resource.kind == kind])


def _removed_twice(removal: Removal, first: Removal) -> Diagnostic:
    said = f"{removal.address} is named in removed twice."
    return _problem("removed-twice", "Removed twice", said, removal.place, "keep one of the two", first.place)


def _removed_but_declared(removal: Removal, declared: Place) -> Diagnostic:
    said = f"{removal.address} is named in removed, and it is declared too."
    hint = "take it out of removed, or remove the declaration"
    return _problem("removed-but-declared", "Removed and declared", said, removal.place, hint, declared)


def _onto_the_same(move: Move, first: Move) -> Diagnostic:
    said = f'Both "{first.old}" and "{move.old}" of {move.kind} are moved to "{move.new}".'
    hint = "only one live object can have the name; name the other one in removed"
    return _problem("moved-onto-one", "Two moves onto one name", said, move.place, hint, first.place)


def _moved_and_removed(move: Move, removal: Removal) -> Diagnostic:
    said = f'"{move.old}" of {move.kind} is moved, and it is named in removed too.'
    return _problem(
        "moved-and-removed", "Moved and removed", said, move.place, "keep one of the two", removal.place
    )  # fmt: skip


def _chain(move: Move, following: Move) -> Diagnostic:
    said = f'"{move.old}" of {move.kind} is moved to "{move.new}", which is moved on.'
    hint = f'say in one step where it goes: "{move.old}": "{following.new}"'
    return _problem("moved-chain", "Chain of moves", said, move.place, hint, following.place)


def _moved_but_declared(move: Move, declared: Place) -> Diagnostic:
    said = f'"{move.old}" of {move.kind} is moved to another name, and it is still declared.'
    hint = "rename the declaration, or take it out of moved"
    return _problem("moved-but-declared", "Moved and declared", said, move.place, hint, declared)


def _moved_to_nothing(move: Move, known: list[str]) -> Diagnostic:
    near = None if isinstance(move.new, Secret) else suggest(move.new, known)
    said = f'"{move.old}" of {move.kind} is moved to "{move.new}", which is not declared.'
    hint = near or "declare it under the new name; to delete or let go what is live, use removed"
    return _problem("moved-to-nothing", "Moved to a name that is not declared", said, move.place, hint)


def _problem(code: str, summary: str, said: str, place: Place, hint: str, *related: Place) -> Diagnostic:
    return Diagnostic(code, summary, said, place, hint, related=related)
