"""The value of each declared variable: the topmost that is given, in the type that the variable has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import Secret, secrets_in
from applier.spec.body import mapping
from applier.spec.documents import Document
from applier.spec.sections import Section
from applier.spec.variables.given import PREFIX, Given
from applier.spec.variables.interpolation import fill
from applier.spec.variables.placeholders import NOT_UTF8, NOT_UTF8_HINT, Sources, is_utf8
from applier.spec.variables.precedence import DEFAULT, Offer, default_of, offers_of
from applier.spec.variables.types import Variable, misfit, to_type, variable


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


def variables_of(
    declared: Section[Document], environments: Section[Document], given: Given, environment: Mapping[str, str]
) -> Variables:
    """The values of all declared variables. `environment` holds the environment variables of the process."""
    known = {name: variable(name, value) for name, value in declared.value.items()}
    offers, problems = offers_of(known, declared, environments, given, environment)
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
    value = to_type(one.type, value) if from_text else value
    reason = misfit(one, value)
    if reason is not None:
        code, summary, said, hint = reason
        detail = f'The variable "{one.name}" {said}, but {offer.who} says something else.'
        return None, [Diagnostic(code, summary, detail, offer.place, hint)]
    return _hidden(value) if one.sensitive else value, []


def _empty(one: Variable, offer: Offer) -> Diagnostic:
    return diagnose(
        "variable-empty",
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
    declared: Section[Document],
    environment: Mapping[str, str],
) -> Iterator[Diagnostic]:
    """Defaults that do not count this time, unless they would have to be looked up."""
    for name, one in known.items():
        if one.has_default and offers[name].who != DEFAULT and "${" not in repr(one.default):
            yield from _settled(one, default_of(name, one, declared), environment)[1]


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


def _missing(one: Variable, declared: Section[Document], environments: Section[Document], given: Given) -> Diagnostic:
    names = [
        name
        for name, chosen in environments.value.items()
        if isinstance(chosen, dict) and one.name in mapping(chosen, "variables")
    ]
    hint = f"give it with --var {one.name}=…, in {PREFIX}{one.name}, or as a default"
    if names and given.environment is None:
        hint = f"choose an environment that gives it ({', '.join(f'--env {name}' for name in names)}), or {hint}"
    return diagnose(
        "variable-without-value",
        f'Nothing gives the variable "{one.name}" a value.',
        declared.place((one.name,), key=True),
        hint,
    )
