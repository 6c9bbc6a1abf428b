"""Selects the part of a spec that a command is about, by patterns over addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from applier import graph
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.kinds import KINDS
from applier.patterns import (
    BRACKETS_HINT,
    EVERYTHING_PATTERN,
    find_all_matches,
    find_matches,
    has_literal_brackets,
    is_literal_text,
    literal_text,
    name_of,
)

SWITCHED_ON = ("1", "true", "yes", "on")
"""What an environment variable is set to for an option that takes no value."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person selects, as patterns over addresses, and how many requests may run at the same time."""

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
    elsewhere: Collection[str] = (),
) -> tuple[Scope, tuple[Diagnostic, ...]]:
    """Return the scope of a selection, with an error for each pattern that matches nothing or is ambiguous.

    `needs` has the dependencies of each declared address. A target takes its dependencies along, or its dependents
    with `with_dependents` (destroy). `undeclared` are addresses that can be selected although the spec does not declare
    them: those to be removed or pruned. `elsewhere` are addresses that cannot be selected: a pattern that is literally
    one of them matches nothing else.
    """
    if not selection.targets and not selection.excludes:
        return EVERYTHING, ()
    known = [*needs, *undeclared]
    problems = check_patterns((*selection.targets, *selection.excludes), known, elsewhere=elsewhere)
    picked = find_all_matches(selection.targets, known, elsewhere) if selection.targets else frozenset(known)
    excluded = find_all_matches(selection.excludes, known, elsewhere)
    edges = {address: [one for one in others if one in needs] for address, others in needs.items()}
    followed = graph.invert_edges(edges) if with_dependents else edges
    return Scope(frozenset(graph.reachable(picked - excluded, followed) - excluded)), problems


def check_patterns(
    patterns: Iterable[str],
    addresses: Collection[str],
    noun: str = "address in the spec",
    elsewhere: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """Return an error for each pattern that matches no address, or is the name of several: nothing is guessed.

    `noun` says what the addresses are.
    """
    problems = (_check_pattern(one, addresses, noun, elsewhere) for one in patterns)
    return tuple(one for one in problems if one is not None)


def _check_pattern(
    pattern: str, addresses: Collection[str], noun: str, elsewhere: Collection[str]
) -> Diagnostic | None:
    matches = find_matches(pattern, addresses, elsewhere)
    if matches.is_ambiguous:
        return ambiguous_target(pattern, matches.found)
    if matches.found:
        return None
    detail = f'No {noun} matches "{pattern}".'
    if matches.is_literal:
        hint = "it is live, but not declared: declare it, or add it to a file with applier adopt"
    else:
        hint = suggest_address(pattern, addresses) or 'addresses look like "syncs/NAME"; quote globs in the shell'
    return diagnose("no-such-address", detail, hint=hint)


def suggest_address(pattern: str, addresses: Collection[str]) -> str | None:
    """Return a hint that names the address, or the name, that a pattern without a match was meant to be."""
    word = literal_text(pattern)
    known = addresses if "/" in word else {name_of(one) for one in addresses}
    whole_kind = _suggest_kind(word)
    everything = f'everything is "{EVERYTHING_PATTERN}"' if word.casefold() in SWITCHED_ON else None
    found = everything or whole_kind or suggest(word, sorted(known)) or suggest(word, sorted(addresses))
    hints = [found, BRACKETS_HINT if has_literal_brackets(pattern) else None]
    return " ".join(one for one in hints if one) or None


def _suggest_kind(word: str) -> str | None:
    """Return a hint for what looks like all resources of a kind: `syncs`, `syncs*`, `sync/`."""
    stem = word.rstrip("*").rstrip("/")
    kind = next((one for one in (stem, f"{stem}s") if one in KINDS), None)
    return f'did you mean "{kind}/*"?' if kind and word != f"{kind}/*" else None


def ambiguous_target(name: str, addresses: Iterable[str]) -> Diagnostic:
    """Return the error for a text that has to select one resource and selects several: their name, or a glob."""
    found = sorted(addresses, key=graph.by_kind_and_name)
    relation = "is the name of" if is_literal_text(name) else "matches"
    detail = f'"{name}" {relation} {len(found)} resources: {join_words(found)}.'
    return diagnose("ambiguous-target", detail, hint=f'write the address, such as "{found[0]}"')
