"""What of a spec a command is about: globs over addresses, with what the chosen ones need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

from applier import graph
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import suggest
from applier.resolve import DeclaredResources


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the spec is meant, by globs over addresses, and how many requests may be made at the same time."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    parallelism: int = 10


ALL: Selection = Selection()


def select(
    forms: DeclaredResources, choice: Selection, *, users_too: bool = False, beside: Collection[str] = ()
) -> tuple[frozenset[str] | None, tuple[Diagnostic, ...]]:
    """The addresses that globs pick, less what is excluded; None means all.

    A target pulls in everything it needs; with `users_too` (destroy) everything that needs it. `beside` holds
    addresses that can be picked although they are not declared: those to be removed, or to be pruned.
    """
    if not choice.targets and not choice.excludes:
        return None, ()
    known = [*forms, *beside]
    globs = (*choice.targets, *choice.excludes)
    problems = unmatched_patterns(globs, known)
    picked = {address for glob in choice.targets or ("*",) for address in _matching(glob, known)}
    dropped = {address for glob in choice.excludes for address in _matching(glob, known)}
    needs = {address: [one for one in form.needs if one in forms] for address, form in forms.items()}
    pulls = graph.reversed_edges(needs) if users_too else needs
    return frozenset(graph.reachable(picked - dropped, pulls) - dropped), problems


def _matching(glob: str, addresses: Collection[str]) -> list[str]:
    return [address for address in addresses if fnmatchcase(address, glob) or address == glob]


def unmatched_patterns(globs: Collection[str], addresses: Collection[str]) -> tuple[Diagnostic, ...]:
    """An error for each glob that fits none of the addresses: nothing asked for is silently not done."""
    return tuple(_matches_nothing(glob, addresses) for glob in globs if not _matching(glob, addresses))


def _matches_nothing(glob: str, addresses: Collection[str]) -> Diagnostic:
    return diagnose(
        "no-such-address",
        f'Nothing in the spec has an address that fits "{glob}".',
        hint=suggest(glob, addresses) or 'addresses look like "syncs/NAME"; quote globs from the shell',
    )
