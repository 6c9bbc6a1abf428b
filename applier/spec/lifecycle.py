"""Reads what a spec says beside its resources: what it owns, its limits, what was renamed or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from applier.diagnostics import Diagnostic
from applier.secrets import reveal_text
from applier.spec.body import items, mapping
from applier.spec.kinds import Kinds
from applier.spec.resources import Limits, Move, Owned, Removal, canonical_name
from applier.spec.sections import gather_section
from applier.spec.variables.filled_document import FilledDocument

WHOLE = 1.0
"""A share of all objects."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The statements of all documents in the order of the files, and where two files contradict each other."""

    owns: tuple[Owned, ...]
    limits: Limits
    moves: tuple[Move, ...]
    removals: tuple[Removal, ...]
    checks: Mapping[str, str]
    problems: tuple[Diagnostic, ...]


def read_lifecycle(documents: Sequence[FilledDocument], kinds: Kinds) -> Lifecycle:
    """Return the statements of all documents; what the schema refuses is left out."""
    limits, repeated_limits = gather_section("limits", documents)
    moved, repeated_moves = gather_section("moved", documents)
    checks, repeated_checks = gather_section("checks", documents)
    moves = [
        Move(kind, canonical_name(old), canonical_name(new), moved.place((kind, old), key=True))
        for kind in kinds
        for old, new in mapping(moved.value, kind).items()
        if isinstance(new, str) and new
    ]
    removals = [one for document in documents for one in _removals(document)]
    return Lifecycle(
        tuple(sorted(_owned_names(documents), key=lambda one: one.place)),
        _limits(limits.value),
        tuple(sorted(moves, key=lambda one: one.place)),
        tuple(sorted(removals, key=lambda one: one.place)),
        MappingProxyType({rule: word for rule, word in checks.value.items() if isinstance(word, str)}),
        (*repeated_limits, *repeated_moves, *repeated_checks),
    )


def _owned_names(documents: Sequence[FilledDocument]) -> Iterator[Owned]:
    for document in documents:
        for kind in document.kinds:
            for index, one in enumerate(items(mapping(document.value, "owns"), kind)):
                if isinstance(one, str) and one:
                    yield Owned(kind, one, document.place(("owns", kind, index)))


def _limits(value: Mapping[str, object]) -> Limits:
    usual = Limits()
    at_least = value.get("at_least")
    return Limits(
        _limit(value.get("updates"), usual.updates),
        _limit(value.get("deletes"), usual.deletes),
        int(at_least) if isinstance(at_least, int | float) and at_least >= 0 else usual.at_least,
    )


def _limit(value: object, usual: float) -> float:
    """Return a limit: an int is a number of objects, a float a share of them."""
    if isinstance(value, int | float):
        return int(value) if value >= 0 else usual
    if not isinstance(value, str):
        return usual
    try:
        share = float(reveal_text(value).strip().removesuffix("%")) / 100
    except ValueError:
        return usual
    return share if 0 <= share <= WHOLE else usual


def _removals(document: FilledDocument) -> Iterator[Removal]:
    for kind in document.kinds:
        for index, one in enumerate(items(mapping(document.value, "removed"), kind)):
            name, destroy = (one.get("name"), one.get("destroy")) if isinstance(one, dict) else (one, True)
            if isinstance(name, str) and name:
                yield Removal(
                    kind, canonical_name(name), destroy is not False, document.place(("removed", kind, index))
                )
