"""Resolves the value of each declared variable: the topmost value that is given, in the type of the variable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as Folder
from types import MappingProxyType

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import Secret, secrets_in
from applier.spec.body import mapping
from applier.spec.documents import Document
from applier.spec.resources import Input, InputSource, Path
from applier.spec.schema.lookup import value_at
from applier.spec.sections import Section
from applier.spec.variables.given import PREFIX, Given
from applier.spec.variables.interpolation import fill
from applier.spec.variables.placeholders import NOT_UTF8, NOT_UTF8_HINT, Sources, is_utf8
from applier.spec.variables.precedence import Candidate, ValueSource, default_of, rank_candidates
from applier.spec.variables.types import Variable, find_misfit, hide_texts, parse_variable, split_text, to_type

NumberTexts = str | list[object] | tuple[Document, Path]
"""How the numbers of a value are written: the value with texts for them, or the document and the path of the value."""


@dataclass(frozen=True, slots=True)
class Variables:
    """The values by name, the names of variables that have none (each with an error), and all problems.

    `inputs` has what gave each value. `number_texts` has how the numbers in them are written, which is read from a
    document only if somebody asks.
    """

    values: Mapping[str, object] = field(repr=False)
    without: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()
    inputs: tuple[Input, ...] = field(default=(), repr=False)
    number_texts: Mapping[str, NumberTexts] = field(default_factory=dict, repr=False)

    def number_text(self, name: str, path: Path) -> str | None:
        """Return how the number at a path of a value is written in the file, the option or the environment variable."""
        given = self.number_texts.get(name)
        if isinstance(given, tuple):
            document, base = given
            return document.written_text((*base, *path))
        found = value_at(given, path)
        return found if isinstance(found, str) else None

    @property
    def names(self) -> frozenset[str]:
        """The names of all declared variables."""
        return self.without.union(self.values)

    @property
    def secrets(self) -> set[str]:
        """Every secret text in the values."""
        return secrets_in(self.values)


def resolve_variables(
    declared: Section[Document], environments: Section[Document], given: Given, environment: Mapping[str, str]
) -> Variables:
    """Return the values of all declared variables. `environment` holds the environment variables of the process."""
    known = {name: parse_variable(name, value) for name, value in declared.value.items()}
    ranking = rank_candidates(known, declared, environments, given, environment)
    problems = ranking.problems
    values: dict[str, object] = {}
    inputs: list[Input] = []
    number_texts: dict[str, NumberTexts] = {}
    for name, one in known.items():
        candidate = ranking.chosen.get(name)
        if candidate is None and name in ranking.empty:
            problems.append(_empty(one, ranking.empty[name]))
            continue
        if candidate is None:
            problems.append(_without_value(one, declared, environments, given))
            continue
        if one.is_refused:
            continue
        value, wrong = _convert(one, candidate, environment, inputs, number_texts, given.contents)
        inputs.append(_input(one, candidate))
        problems += wrong
        if not wrong:
            values[name] = value
    problems += _wrong_defaults(known, ranking.chosen, declared, environment)
    return Variables(values, frozenset(known) - frozenset(values), tuple(problems), tuple(inputs), number_texts)


def _input(one: Variable, candidate: Candidate) -> Input:
    """Return a variable as an input; one value is one text, however an option or the environment spells it."""
    given = to_type(one, candidate.value) if candidate.document is None else candidate.value
    value = given if isinstance(given, str) else json.dumps(given, default=str)
    return Input(InputSource.VARIABLE, one.name, Secret(value) if one.sensitive else value, candidate.origin)


def _convert(
    one: Variable,
    candidate: Candidate,
    environment: Mapping[str, str],
    inputs: list[Input],
    number_texts: dict[str, NumberTexts],
    contents: Mapping[Folder, bytes] = MappingProxyType({}),
) -> tuple[object, list[Diagnostic]]:
    """Return the value in the type of its variable, or why it cannot be.

    Add what its placeholders hold to `inputs`, and how a number is written to `number_texts`.
    """
    value, from_text = candidate.value, candidate.document is None
    if value is None or (one.is_empty(value) and not one.may_be_empty):
        return None, [_empty(one, candidate)]
    if candidate.document is not None:
        document, path = candidate.document, candidate.path
        sources = Sources(environment, {}, document.folder, document.project, contents=contents)
        filled = fill(value, lambda _: sources, lambda _: frozenset(), lambda inside: document.place((*path, *inside)))
        if filled.problems:
            return None, [_in_variable(problem) for problem in filled.problems]
        inputs += filled.inputs
        value, from_text = filled.value, bool(filled.filled)
        if from_text and one.type in ("number", "boolean") and one.is_empty(value):
            return None, [_empty(one, candidate)]
    text = value
    value = to_type(one, value) if from_text else value
    if from_text and not _is_utf8(value):
        detail = f'The value that {candidate.origin} gives to the variable "{one.name}" is not UTF-8 text.'
        return None, [diagnose(NOT_UTF8, detail, candidate.place, NOT_UTF8_HINT)]
    misfit = find_misfit(one, value, from_text)
    if misfit is not None:
        detail = f'The variable "{one.name}" {misfit.expected}, but {candidate.origin} gives another value.'
        return None, [diagnose(misfit.code, detail, candidate.place, misfit.hint)]
    if one.sensitive:
        return hide_texts(value), []
    if one.type in ("number", "list") and isinstance(text, str):
        number_texts[one.name] = split_text(one, text)
    elif one.type in ("number", "list") and candidate.document is not None:
        number_texts[one.name] = (candidate.document, candidate.path)
    return value, []


def _is_utf8(value: object) -> bool:
    """Return whether a text is UTF-8, or each of a list, in which JSON can write half a character as an escape."""
    return is_utf8(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _empty(one: Variable, candidate: Candidate) -> Diagnostic:
    return diagnose(
        "variable-empty",
        f'The variable "{one.name}" has no value: {candidate.origin} gives an empty one.',
        candidate.place,
        f"give it a value{_EMPTY.get(one.type, '')}",
    )


_EMPTY = {
    "string": '; where it may be empty, declare it with default: ""',
    "list": "; where it may be empty, declare it with default: []",
}


def _wrong_defaults(
    known: Mapping[str, Variable],
    candidates: Mapping[str, Candidate],
    declared: Section[Document],
    environment: Mapping[str, str],
) -> Iterator[Diagnostic]:
    """Return what is wrong with defaults that do not count this time, unless they would have to be looked up."""
    for name, one in known.items():
        counts = not one.has_default or candidates[name].source is ValueSource.DEFAULT
        if not counts and not one.is_refused and "${" not in repr(one.default):
            yield from _convert(one, default_of(name, one, declared), environment, [], {})[1]


def _in_variable(problem: Diagnostic) -> Diagnostic:
    """Return the problem of a placeholder in the value of a variable, where other variables cannot stand."""
    if problem.code != "variable-unknown":
        return problem
    return diagnose(
        "variable-in-variable",
        "The value of a variable cannot hold another variable.",
        problem.place,
        "${env:NAME} and ${file:path} can stand here; write the text itself, or put both where they are used",
    )


def _without_value(
    one: Variable, declared: Section[Document], environments: Section[Document], given: Given
) -> Diagnostic:
    names = [name for name in environments.value if one.name in mapping(mapping(environments.value, name), "variables")]
    hint = f"give it with --var {one.name}=…, in {PREFIX}{one.name}, or as a default"
    if names and given.environment is None:
        hint = f"choose an environment that gives it ({', '.join(f'--env {name}' for name in names)}), or {hint}"
    return diagnose(
        "variable-without-value",
        f'Variable "{one.name}" has no value.',
        declared.place((one.name,), key=True),
        hint,
    )
