"""The value of each declared variable: the topmost of `--var`, `--var-file`, `APPLIER_VAR_…`, environment, default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from applier.diagnostics import Diagnostic, Place, Severity, did_you_mean
from applier.documents import Document, read_file
from applier.interpolation import NOT_UTF8, NOT_UTF8_HINT, Sources, fill, is_utf8
from applier.secrets import Secret, secrets_in
from applier.spec.gather import Gathered
from applier.spec.given import PREFIX, Given, spelt
from applier.spec.parts import mapping
from applier.spec.schema import Steps
from applier.spec.variable_types import Variable, misfit, typed, variable

OPTION = "APPLIER_VAR_FILE"
"""Not a variable: what the option `--var-file` can be given with."""
DEFAULT = "its default"


@dataclass(frozen=True, slots=True)
class Variables:
    """The values by name, the names of variables that have none (which has been reported), and all problems."""

    values: Mapping[str, object] = field(repr=False)
    without: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Of all that are declared."""
        return self.without.union(self.values)

    @property
    def secrets(self) -> set[str]:
        """Every secret text among the values."""
        return secrets_in(self.values)


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that somebody gives: who in words, and the document and path where it is written, if it is."""

    value: Any = field(repr=False)
    who: str
    document: Document | None = field(default=None, repr=False)
    path: Steps = ()

    @property
    def place(self) -> Place | None:
        """Found only when it is asked for."""
        return self.document.place(self.path) if self.document else None


def variables_of(
    declared: Gathered[Document], environments: Gathered[Document], given: Given, environment: Mapping[str, str]
) -> Variables:
    """The values of all declared variables. `environment` holds the environment variables of the process."""
    known = {name: variable(name, value) for name, value in declared.value.items()}
    offers, problems = _offers(known, declared, environments, given, environment)
    values: dict[str, object] = {}
    for name, one in known.items():
        offer = offers.get(name)
        if offer is None:
            problems.append(_missing(one, declared, environments, given))
            continue
        value, wrong = _settled(one, offer, environment)
        problems += wrong
        if not wrong:
            values[name] = value
    problems += _wrong_defaults(known, offers, declared, environment)
    return Variables(values, frozenset(known) - frozenset(values), tuple(problems))


def _offers(
    known: Mapping[str, Variable],
    declared: Gathered[Document],
    environments: Gathered[Document],
    given: Given,
    environment: Mapping[str, str],
) -> tuple[dict[str, Offer], list[Diagnostic]]:
    """The offer that counts for each variable; offers for others are problems."""
    problems: list[Diagnostic] = []
    offers = {name: _default(name, one, declared) for name, one in known.items() if one.has_default}
    layers = [
        _of_environment(environments, given.environment),
        _of_process(known, environment),
        *_of_files(given, problems),
        _of_command_line(given, problems),
    ]
    for name, offer in ((name, offer) for layer in layers for name, offer in layer.items()):
        if name in known:
            offers[name] = offer
        elif given.strict:
            problems.append(_unknown(name, offer, known))
    for name in environments.value:
        if name != given.environment:
            others = _of_environment(environments, name)
            problems += [_unknown(one, offer, known) for one, offer in others.items() if one not in known]
    return offers, problems


def _default(name: str, one: Variable, declared: Gathered[Document]) -> Offer:
    path = (name, "default") if one.written_out else (name,)
    return Offer(one.default, DEFAULT, declared.document(path), ("variables", *path))


def _of_environment(environments: Gathered[Document], name: str | None) -> dict[str, Offer]:
    chosen = mapping(mapping(environments.value, name or ""), "variables")
    offers: dict[str, Offer] = {}
    for one, value in chosen.items():
        path = (name or "", "variables", one)
        offers[one] = Offer(value, f"the environment {name}", environments.document(path), ("environments", *path))
    return offers


def _of_process(known: Mapping[str, Variable], environment: Mapping[str, str]) -> dict[str, Offer]:
    """`APPLIER_VAR_` and the name as it is, or in capitals; the first of the two wins."""
    names = {spelt(name)[1]: name for name in known} | {spelt(name)[0]: name for name in known}
    offers: dict[str, Offer] = {}
    for key in sorted(environment, reverse=True):  # small letters first, capitals only where there are none
        if key.startswith(PREFIX) and key != OPTION:
            offers.setdefault(names.get(key, key.removeprefix(PREFIX)), Offer(environment[key], key))
    return offers


_AS_VALUES: Mapping[str, Mapping[str, Any]] = {
    "not-a-mapping": {
        "detail": "A file of variables is a mapping of names to values.",
        "hint": 'write "name: value" lines',
    },
    "empty-file": {"detail": "The file gives no values.", "hint": 'write "name: value" lines, or do not give it'},
}
"""What is said otherwise of a file that is not a part of the spec."""


def _of_files(given: Given, problems: list[Diagnostic]) -> Iterator[dict[str, Offer]]:
    for path in given.files:
        documents, wrong = read_file(path)
        problems += (replace(one, **_AS_VALUES.get(one.code, {})) for one in wrong)
        for one in documents:
            yield {name: Offer(value, one.file, one, (name,)) for name, value in one.value.items()}


def _of_command_line(given: Given, problems: list[Diagnostic]) -> dict[str, Offer]:
    offers: dict[str, Offer] = {}
    for text in given.variables:
        name, equals, value = text.partition("=")
        if equals and name.strip():
            offers[name.strip()] = Offer(value, "--var")
        else:
            problems.append(
                Diagnostic(
                    "malformed-variable",
                    "Malformed variable",
                    "What is given with --var is not a name and a value.",
                    hint="write --var name=value",
                )
            )
    return offers


def _settled(one: Variable, offer: Offer, environment: Mapping[str, str]) -> tuple[object, list[Diagnostic]]:
    """The value in the type of its variable, or why it cannot be."""
    value, from_text = offer.value, offer.document is None
    if one.sensitive and value == "" and offer.who.startswith(PREFIX):
        return None, [_empty(one, offer)]
    if isinstance(value, str) and not is_utf8(value):
        said = f'The value that {offer.who} gives to the variable "{one.name}" is not UTF-8 text.'
        return None, [Diagnostic(*NOT_UTF8, said, offer.place, NOT_UTF8_HINT)]
    if offer.document is not None:
        document, path = offer.document, offer.path
        sources = Sources(environment, {}, Path(document.file).parent, document.project)
        filled = fill(value, lambda _: sources, lambda _: frozenset(), lambda inside: document.place((*path, *inside)))
        if filled.problems:
            return None, [_of_variable(problem) for problem in filled.problems]
        value, from_text = filled.value, bool(filled.touched)
    value = typed(one.type, value) if from_text else value
    reason = misfit(one, value)
    if reason is not None:
        code, summary, said, hint = reason
        detail = f'The variable "{one.name}" {said}, but {offer.who} says something else.'
        return None, [Diagnostic(code, summary, detail, offer.place, hint)]
    return _hidden(value) if one.sensitive else value, []


def _empty(one: Variable, offer: Offer) -> Diagnostic:
    return Diagnostic(
        "variable-empty",
        "Environment variable empty",
        f"The environment variable {offer.who} is set, but empty.",
        hint=f"give it a value, or do not set it; --var {one.name}= says that it is to be empty",
    )


def _hidden(value: object) -> object:
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return Secret(value) if isinstance(value, str) else value


def _wrong_defaults(
    known: Mapping[str, Variable],
    offers: Mapping[str, Offer],
    declared: Gathered[Document],
    environment: Mapping[str, str],
) -> Iterator[Diagnostic]:
    """Defaults that do not count this time, unless they would have to be looked up."""
    for name, one in known.items():
        if one.has_default and offers[name].who != DEFAULT and "${" not in repr(one.default):
            yield from _settled(one, _default(name, one, declared), environment)[1]


def _of_variable(problem: Diagnostic) -> Diagnostic:
    """A placeholder for another variable has no meaning inside of one."""
    if problem.code != "variable-unknown":
        return problem
    return replace(
        problem,
        code="variable-in-variable",
        summary="Variable made of a variable",
        detail="The value of a variable cannot hold another variable.",
        hint="${env:NAME} and ${file:path} can stand here; write the text itself, or put both where they are used",
    )


def _missing(one: Variable, declared: Gathered[Document], environments: Gathered[Document], given: Given) -> Diagnostic:
    names = [
        name
        for name, chosen in environments.value.items()
        if isinstance(chosen, dict) and one.name in mapping(chosen, "variables")
    ]
    hint = f"give it with --var {one.name}=…, in {PREFIX}{one.name}, or as a default"
    if names and given.environment is None:
        hint = f"choose an environment that gives it ({', '.join(f'--env {name}' for name in names)}), or {hint}"
    return Diagnostic(
        "variable-without-value",
        "Variable without value",
        f'Nothing gives the variable "{one.name}" a value.',
        declared.place((one.name,), key=True),
        hint,
    )


def _unknown(name: str, offer: Offer, known: Mapping[str, Variable]) -> Diagnostic:
    listed = ", ".join(sorted(known))
    hint = did_you_mean(name, known) or (f"declared are {listed}" if known else 'declare it under "variables"')
    of_process = offer.who.startswith(PREFIX)
    return Diagnostic(
        "variable-not-declared",
        "Variable not declared",
        f'There is no variable "{name}", to which {offer.who} gives a value.',
        offer.place,
        hint,
        Severity.WARNING if of_process else Severity.ERROR,
    )
