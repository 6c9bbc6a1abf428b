"""What is settled before anything is filled in: which environment is meant, what variables are, which layer counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from applier.diagnostics import Diagnostic
from applier.documents import Document
from applier.interpolation import fill
from applier.nearness import meant
from applier.placeholders import Sources
from applier.resources import EnvironmentChoice
from applier.spec.gather import Gathered, gathered
from applier.spec.given import Given
from applier.spec.layers import Layered, layered, unknown_overrides
from applier.spec.parts import mapping, text
from applier.spec.variables import Variables, variables_of

CHOICES = ("url", "api_key_variable")


@dataclass(frozen=True, slots=True)
class Settled:
    """The documents as the chosen environment has them, and all that was decided on the way."""

    documents: tuple[Layered, ...]
    variables: Variables
    choice: EnvironmentChoice
    environments: tuple[str, ...]
    dropped: frozenset[str]
    problems: tuple[Diagnostic, ...]


def settled(documents: Sequence[Document], environment: Mapping[str, str], given: Given, readable: bool) -> Settled:
    """`environment` holds the environment variables of the process; `readable` tells that no document is missing."""
    declared, twice = gathered("variables", documents, 1)
    environments, contradicted = gathered("environments", documents)
    defaults, conflicts = gathered("defaults", documents)
    stack = layered(documents, defaults, environments, given.environment)
    known_whole = given if readable else replace(given, strict=False)  # who declares a variable may be unread
    variables = variables_of(declared, environments, known_whole, environment)
    choice, unfilled = _choice(environments, variables, given.environment, environment)
    problems = [*twice, *contradicted, *conflicts, *stack.problems, *variables.problems, *unfilled]
    if readable:
        problems += unknown_overrides(documents, environments)
        if given.strict and given.environment is not None and given.environment not in environments.value:
            problems.append(_unknown(given.environment, list(environments.value)))
    names = tuple(sorted(environments.value))
    return Settled(stack.documents, variables, choice, names, stack.dropped, tuple(problems))


def _choice(
    environments: Gathered[Document], variables: Variables, name: str | None, environment: Mapping[str, str]
) -> tuple[EnvironmentChoice, tuple[Diagnostic, ...]]:
    """The chosen environment, filled in."""
    chosen = mapping(environments.value, name or "")
    if name is None or not chosen:
        return EnvironmentChoice(name if name in environments.value else None), ()

    def sources(path: tuple[str | int, ...]) -> Sources:
        document = environments.document((name, *path))
        folder = Path(document.file).parent
        return Sources(environment, variables.values, folder, document.project, variables.without)

    result = fill(
        {key: chosen[key] for key in CHOICES if key in chosen},
        sources,
        lambda _: frozenset(),
        lambda path: environments.place((name, *path)),
    )
    url, key_variable = (text(result.value, key)[:] or None for key in CHOICES)
    return EnvironmentChoice(name, url, key_variable), result.problems


def _unknown(name: str, known: Sequence[str]) -> Diagnostic:
    listed = ", ".join(sorted(known))
    return Diagnostic(
        "unknown-environment",
        "Unknown environment",
        f'There is no environment "{name}".',
        hint=meant(name, known) or (f"known are {listed}" if listed else "the spec has no environments"),
    )
