"""Selects the part of a spec that a command is about, by globs over addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from applier import graph
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import suggest


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person selects, as globs over addresses, and how many requests may run at the same time."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    parallelism: int = 10


ALL: Selection = Selection()


@dataclass(frozen=True, slots=True)
class Scope:
    """The addresses that a selection matches; None stands for every address."""

    addresses: frozenset[str] | None = None

    def __contains__(self, address: str) -> bool:
        return self.addresses is None or address in self.addresses


EVERYTHING: Scope = Scope()


def select(
    needs: Mapping[str, Iterable[str]],
    selection: Selection,
    *,
    with_dependents: bool = False,
    undeclared: Collection[str] = (),
) -> tuple[Scope, tuple[Diagnostic, ...]]:
    """Return the scope of a selection, with an error for each glob that matches nothing.

    `needs` has the dependencies of each declared address. A target takes its dependencies along, or its dependents
    with `with_dependents` (destroy). `undeclared` are addresses that can be selected although the spec does not declare
    them: those to be removed or pruned.
    """
    if not selection.targets and not selection.excludes:
        return EVERYTHING, ()
    known = [*needs, *undeclared]
    problems = check_patterns((*selection.targets, *selection.excludes), known)
    picked = {address for address in known if matches(address, selection.targets)}
    excluded = {address for address in known if selection.excludes and matches(address, selection.excludes)}
    edges = {address: [one for one in others if one in needs] for address, others in needs.items()}
    followed = graph.invert_edges(edges) if with_dependents else edges
    return Scope(frozenset(graph.reachable(picked - excluded, followed) - excluded)), problems


def matches(address: str, globs: Collection[str]) -> bool:
    """Return whether an address matches any of the globs, or there are none."""
    return not globs or any(fnmatchcase(address, glob) or address == glob for glob in globs)


def check_patterns(
    globs: Iterable[str], addresses: Collection[str], noun: str = "address in the spec"
) -> tuple[Diagnostic, ...]:
    """Return an error for each glob that matches none of the addresses: nothing is skipped silently.

    `noun` says what the addresses are.
    """
    return tuple(
        diagnose(
            "no-such-address",
            f'No {noun} matches "{glob}".',
            hint=suggest(glob, addresses) or 'addresses look like "syncs/NAME"; quote globs in the shell',
        )
        for glob in globs
        if not any(matches(address, (glob,)) for address in addresses)
    )
