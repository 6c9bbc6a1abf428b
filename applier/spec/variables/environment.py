"""Resolves what comes before filling in: the chosen environment, the values of variables, the layers of resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import suggest
from applier.secrets import reveal_text
from applier.spec.body import as_mapping, mapping, text
from applier.spec.documents import Document
from applier.spec.kinds import Kinds
from applier.spec.resources import EnvironmentChoice, Path
from applier.spec.sections import Section, gather_section
from applier.spec.variables.given import Given
from applier.spec.variables.interpolation import fill
from applier.spec.variables.overrides import LayeredDocument, apply_layers, unknown_overrides
from applier.spec.variables.placeholders import Sources
from applier.spec.variables.values import Variables, resolve_variables

CHOICES = ("url", "api_key_variable")


@dataclass(frozen=True, slots=True)
class ResolvedInputs:
    """The documents as the chosen environment has them, and the values of its variables."""

    documents: tuple[LayeredDocument, ...]
    variables: Variables
    choice: EnvironmentChoice
    environments: tuple[str, ...]
    dropped: frozenset[str]
    problems: tuple[Diagnostic, ...]


def resolve_environment(
    documents: Sequence[Document], kinds: Kinds, environment: Mapping[str, str], given: Given, readable: bool
) -> ResolvedInputs:
    """Return the documents in the chosen environment.

    `environment` holds the environment variables of the process; `readable` tells that no document is missing.
    """
    declared, repeated_variables = gather_section("variables", documents, 1)
    environments, repeated_environments = gather_section("environments", documents)
    defaults, repeated_defaults = gather_section("defaults", documents)
    stack = apply_layers(documents, defaults, environments, given.environment, kinds)
    # A file that cannot be read may declare a variable.
    judged = given if readable else replace(given, strict=False)
    variables = resolve_variables(declared, environments, judged, environment)
    choice, unfilled = _choice(environments, variables, given, environment)
    repeated = (*repeated_variables, *repeated_environments, *repeated_defaults)
    problems = [*repeated, *stack.problems, *variables.problems, *unfilled]
    if readable:
        problems += unknown_overrides(documents, environments, kinds)
        if given.strict and given.environment is not None and given.environment not in environments.value:
            problems.append(_unknown(given.environment, list(environments.value)))
    names = tuple(sorted(environments.value))
    return ResolvedInputs(stack.documents, variables, choice, names, stack.dropped, tuple(problems))


def _choice(
    environments: Section[Document], variables: Variables, given: Given, environment: Mapping[str, str]
) -> tuple[EnvironmentChoice, tuple[Diagnostic, ...]]:
    """Return the chosen environment with its placeholders filled in."""
    name = given.environment
    chosen = mapping(environments.value, name or "")
    if name is None or not chosen:
        return EnvironmentChoice(name if name in environments.value else None), ()

    def sources(path: Path) -> Sources:
        document = environments.document((name, *path))
        folder = document.folder
        return Sources(
            environment,
            variables.values,
            folder,
            document.project,
            variables.without,
            variables.number_text,
            given.contents,
        )

    result = fill(
        {key: chosen[key] for key in CHOICES if key in chosen},
        sources,
        lambda _: frozenset(),
        lambda path: environments.place((name, *path)),
    )
    values = as_mapping(result.value)
    empty = tuple(
        _empty_choice(name, key, environments)
        for key in CHOICES
        if values.get(key) == "" != chosen[key] and (key,) not in result.unfilled
    )
    url, key_variable = (reveal_text(text(values, key)) or None for key in CHOICES)
    place = environments.place((name, "url") if url else (name,))
    return EnvironmentChoice(name, url, key_variable, place), (*result.problems, *empty)


def _empty_choice(name: str, key: str, environments: Section[Document]) -> Diagnostic:
    return diagnose(
        "variable-empty",
        f'"{key}" of the environment {name} is empty after its placeholders are filled in.',
        environments.place((name, key)),
        "give the variable of the placeholder a value, or remove the key",
    )


def _unknown(name: str, known: Sequence[str]) -> Diagnostic:
    listed = ", ".join(sorted(known))
    return diagnose(
        "unknown-environment",
        f'Unknown environment "{name}".',
        hint=suggest(name, known) or (f"known environments: {listed}" if listed else "the spec has no environments"),
    )
