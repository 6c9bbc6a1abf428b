"""Who gives a variable its value: `--var`, `--var-file`, `APPLIER_VAR_…`, the environment, its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from applier.diagnostics import Diagnostic, Place, Severity, diagnose
from applier.diagnostics.suggestions import suggest
from applier.spec.body import mapping
from applier.spec.documents import Document, read_file
from applier.spec.schema.lookup import Steps
from applier.spec.sections import Section
from applier.spec.variables.given import PREFIX, Given, environment_names
from applier.spec.variables.types import Variable
from applier.system import windows

OPTION = "APPLIER_VAR_FILE"
"""Not a variable: what the option `--var-file` can be given with."""
DEFAULT = "its default"


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


def offers_of(
    known: Mapping[str, Variable],
    declared: Section[Document],
    environments: Section[Document],
    given: Given,
    environment: Mapping[str, str],
) -> tuple[dict[str, Offer], list[Diagnostic]]:
    """The offer that counts for each variable; offers for others are problems."""
    problems: list[Diagnostic] = []
    offers = {name: default_of(name, one, declared) for name, one in known.items() if one.has_default}
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


def default_of(name: str, one: Variable, declared: Section[Document]) -> Offer:
    """What the declaration of a variable itself offers."""
    path = (name, "default") if one.written_out else (name,)
    return Offer(one.default, DEFAULT, declared.document(path), ("variables", *path))


def _of_environment(environments: Section[Document], name: str | None) -> dict[str, Offer]:
    chosen = mapping(mapping(environments.value, name or ""), "variables")
    offers: dict[str, Offer] = {}
    for one, value in chosen.items():
        path = (name or "", "variables", one)
        offers[one] = Offer(value, f"the environment {name}", environments.document(path), ("environments", *path))
    return offers


def _of_process(known: Mapping[str, Variable], environment: Mapping[str, str]) -> dict[str, Offer]:
    """`APPLIER_VAR_` and the name as it is, or in capitals; the first of the two wins."""
    names = (
        {environment_names(name)[0].upper(): name for name in known} if windows() else {}
    )  # where all names are in capitals
    names |= {environment_names(name)[1]: name for name in known} | {environment_names(name)[0]: name for name in known}
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
                diagnose(
                    "malformed-variable",
                    "What is given with --var is not a name and a value.",
                    hint="write --var name=value",
                )
            )
    return offers


def _unknown(name: str, offer: Offer, known: Mapping[str, Variable]) -> Diagnostic:
    listed = ", ".join(sorted(known))
    hint = suggest(name, known) or (f"declared are {listed}" if known else 'declare it under "variables"')
    of_process = offer.who.startswith(PREFIX)
    return diagnose(
        "variable-not-declared",
        f'There is no variable "{name}", to which {offer.who} gives a value.',
        offer.place,
        hint,
        severity=Severity.WARNING if of_process else Severity.ERROR,
    )
