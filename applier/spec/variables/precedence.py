"""Ranks the sources of a variable's value: `--var`, `--var-file`, `APPLIER_VAR_…`, the environment, its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from applier.diagnostics import Diagnostic, Place, Severity, diagnose
from applier.diagnostics.suggestions import suggest
from applier.spec.body import mapping
from applier.spec.documents import Document, read_file
from applier.spec.resources import Path
from applier.spec.sections import Section
from applier.spec.variables.given import PREFIX, Given, environment_names
from applier.spec.variables.types import Variable
from applier.system import windows

OPTION = "APPLIER_VAR_FILE"
"""Not a variable: what the option `--var-file` can be given with."""


class ValueSource(Enum):
    """Where a value of a variable comes from."""

    DEFAULT = auto()
    ENVIRONMENT = auto()
    PROCESS = auto()
    FILE = auto()
    COMMAND_LINE = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value for a variable. `origin` is the source in words; `document` and `path` say where it is written."""

    value: object = field(repr=False)
    source: ValueSource
    origin: str
    document: Document | None = field(default=None, repr=False)
    path: Path = ()

    @property
    def place(self) -> Place | None:
        """Where the value is written; looked up only when it is asked for."""
        return self.document.place(self.path) if self.document else None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The value that counts for each variable, those of the process that are set to nothing, and all problems."""

    chosen: Mapping[str, Candidate]
    empty: Mapping[str, Candidate]
    problems: list[Diagnostic]


def rank_candidates(
    known: Mapping[str, Variable],
    declared: Section[Document],
    environments: Section[Document],
    given: Given,
    environment: Mapping[str, str],
) -> Ranking:
    """Return the candidate that counts for each variable, and a problem for each that is for no variable.

    A variable of the process that is set to nothing is as good as not set, as in `${env:NAME:-default}`: CI sets those
    that it does not have to nothing.
    """
    problems: list[Diagnostic] = []
    empty: dict[str, Candidate] = {}
    candidates = {name: default_of(name, one, declared) for name, one in known.items() if one.has_default}
    layers = [
        _of_environment(environments, given.environment),
        *_of_process(known, environment),
        *_of_files(given, problems),
        *_of_command_line(given, problems),
    ]
    for name, candidate in ((name, candidate) for layer in layers for name, candidate in layer.items()):
        if name in known and candidate.source is ValueSource.PROCESS and known[name].is_empty(candidate.value):
            empty[name] = candidate
        elif name in known:
            candidates[name] = candidate
        elif given.strict:
            problems.append(_unknown(name, candidate, known))
    for name in environments.value:
        if name != given.environment:
            others = _of_environment(environments, name)
            problems += [_unknown(one, candidate, known) for one, candidate in others.items() if one not in known]
    return Ranking(candidates, empty, problems)


def default_of(name: str, one: Variable, declared: Section[Document]) -> Candidate:
    """Return the default in the declaration of a variable."""
    path = (name, "default") if one.is_mapping else (name,)
    return Candidate(one.default, ValueSource.DEFAULT, "its default", declared.document(path), ("variables", *path))


def _of_environment(environments: Section[Document], name: str | None) -> dict[str, Candidate]:
    chosen = mapping(mapping(environments.value, name or ""), "variables")
    candidates: dict[str, Candidate] = {}
    for one, value in chosen.items():
        path = (name or "", "variables", one)
        candidates[one] = Candidate(
            value,
            ValueSource.ENVIRONMENT,
            f"the environment {name}",
            environments.document(path),
            ("environments", *path),
        )
    return candidates


def _of_process(known: Mapping[str, Variable], environment: Mapping[str, str]) -> Iterator[dict[str, Candidate]]:
    """Yield what `APPLIER_VAR_` and the name gives, as it is or in capitals; the first of the two wins, so it is last.

    Capitals come first in the order of the names.
    """
    # On Windows all names of environment variables are in capitals.
    names = {environment_names(name)[0].upper(): name for name in known} if windows() else {}
    names |= {environment_names(name)[1]: name for name in known} | {environment_names(name)[0]: name for name in known}
    for key in sorted(environment):
        if key.startswith(PREFIX) and key != OPTION:
            name = names.get(key, key.removeprefix(PREFIX))
            yield {name: Candidate(environment[key], ValueSource.PROCESS, key)}


_AS_VALUES: Mapping[str, tuple[str, str]] = {
    "not-a-mapping": ("A file of variables is a mapping of names to values.", 'write "name: value" lines'),
    "empty-file": ("The file gives no values.", 'write "name: value" lines, or do not give it'),
}
"""Detail and hint of diagnostics that read differently for a file that is not a part of the spec."""


def _of_files(given: Given, problems: list[Diagnostic]) -> Iterator[dict[str, Candidate]]:
    for path in given.files:
        documents, wrong = read_file(path)
        problems += map(_of_values, wrong)
        for one in documents:
            yield {
                name: Candidate(value, ValueSource.FILE, one.file, one, (name,)) for name, value in one.value.items()
            }


def _of_values(problem: Diagnostic) -> Diagnostic:
    detail, hint = _AS_VALUES.get(problem.code, (problem.detail, problem.hint))
    return replace(problem, detail=detail, hint=hint)


def _of_command_line(given: Given, problems: list[Diagnostic]) -> Iterator[dict[str, Candidate]]:
    for text in given.variables:
        name, equals, value = text.partition("=")
        if equals and name.strip():
            yield {name.strip(): Candidate(value, ValueSource.COMMAND_LINE, given.origin.words)}
        else:
            problems.append(
                diagnose(
                    "malformed-variable",
                    f"Invalid value of {given.origin.words}: expected NAME=VALUE.",
                    hint=given.origin.hint,
                )
            )


def _unknown(name: str, candidate: Candidate, known: Mapping[str, Variable]) -> Diagnostic:
    listed = ", ".join(sorted(known))
    hint = suggest(name, known) or (f"declared variables: {listed}" if known else 'declare it under "variables"')
    return diagnose(
        "variable-not-declared",
        f'"{name}" is not declared; it is set by {candidate.origin}.',
        candidate.place,
        hint,
        severity=Severity.WARNING if candidate.source is ValueSource.PROCESS else Severity.ERROR,
    )
