"""Collects every secret that a spec knows, of all its environments, so that it can be hidden wherever it appears.

A secret is what `${env:…}` gave to a text, the value of a sensitive variable (in any environment, by default or
overridden), what `${env:…}` gives to another variable that fills a text, in whatever environment, a sensitive member,
and the API key of each environment. Names of resources, words such as a mode, numbers and booleans are none: they are
looked up and shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from applier.secrets import SHORTEST_SCRUBBED, InClear, Secret, secret_text, secrets_in
from applier.spec.body import as_mapping, mapping, members_of, text
from applier.spec.documents import Document, read_file
from applier.spec.documents.streams import is_stream
from applier.spec.kinds import Declaration, Kinds, SpecKind
from applier.spec.lifecycle import Lifecycle
from applier.spec.resources import Path, Resource, address_of
from applier.spec.schema.lookup import RESOURCE_STEPS, is_word, value_at
from applier.spec.sections import Section, gather_section
from applier.spec.variables.filled_document import FilledDocument
from applier.spec.variables.given import Given, environment_names
from applier.spec.variables.interpolation import fill
from applier.spec.variables.overrides import apply_layers
from applier.spec.variables.placeholders import MARK, Sources
from applier.spec.variables.types import Variable, parse_variable, to_type
from applier.system import is_file

_ENVIRONMENT = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)")
_VARIABLE = re.compile(r"\$\{var:([A-Za-z_][A-Za-z0-9_]*)")
_NO_TEXTS = ("number", "boolean")
_DEFAULT = re.compile(r"\$\$\{|\$\{env:[A-Za-z_][A-Za-z0-9_]*:-([^}]+)\}")
_SETTING = re.compile(r"[-+]?[0-9.]{1,5}|true|false", re.IGNORECASE)
"""What `${env:…}` gives to ports, limits and switches, as far as the text tells: placeholders of an environment that is
not chosen are not filled in."""


Overridden = Sequence[tuple[SpecKind, str, object]]
"""The resources that any environment overrides, with their bodies there."""


def secrets_of_documents(documents: Sequence[FilledDocument]) -> set[str]:
    """Return what was filled in from secret sources where it stays text. Names and words must not be revealed yet."""
    found: set[str] = set()
    for document in documents:
        for path, secrets in document.secrets.items():
            value = value_at(document.value, path)
            if isinstance(value, Secret) and _may_be_secret(path, document.value, document.kinds):
                is_short = any(len(one) < SHORTEST_SCRUBBED for one in secrets)
                found |= secrets | ({value.reveal()} if is_short else set())
    return found


def _may_be_secret(path: Path, document: object, kinds: Kinds) -> bool:
    """Return whether the text at a path of a document is shown to nobody: it belongs to a resource and is no name."""
    kind = kinds.get(str(path[0]))
    confidential = kind is not None and kind.is_confidential(path[RESOURCE_STEPS:])
    return confidential and not is_word(path, document, kinds)


def texts_in_clear(resources: Collection[Resource], lifecycle: Lifecycle, kinds: Kinds) -> InClear:
    """Return the names, addresses and keys that the files say in clear: they are in git. Kinds begin all addresses."""
    named = {(one.kind, one.name) for one in resources} | {(one.kind, one.name) for one in lifecycle.removals}
    named |= {(one.kind, name) for one in lifecycle.moves for name in (one.old, one.new)}
    names = {text for kind, name in named for text in (name, address_of(kind, name))}
    return InClear(
        frozenset(names | {address_of(kind, "") for kind in kinds}),
        frozenset(key for one in resources for key in _keys(one.body)),
    )


def _keys(value: object) -> Iterator[str]:
    for step, member in members_of(value):
        if isinstance(step, str):
            yield step
        yield from _keys(member)


def secrets_of_resources(declared: Mapping[str, Declaration], resources: Mapping[str, Resource]) -> set[str]:
    """Return the members of resources that are secret wherever their values come from."""
    changed = (one for address, one in resources.items() if one is not declared[address].resource)
    return set().union(*(secrets_in(one.body) for one in changed))


def secrets_of_bodies(documents: Iterable[Mapping[str, object]], kinds: Kinds) -> set[str]:
    """Return the sensitive members as the files have them, also where an environment or an override has another value.

    Of a member with placeholders, that are the defaults behind them.
    """
    found: set[str] = set()
    for document in documents:
        for kind in kinds.values():
            for body in mapping(document, kind.name).values():
                found |= _sensitive_members(kind, body)
    return found


def _sensitive_members(kind: SpecKind, body: object) -> set[str]:
    """Return the texts of the sensitive members of a body, and the defaults of their placeholders."""
    members = as_mapping(body)
    hidden = kind.hide_secrets(members)
    found = secrets_in(hidden) if hidden is not members else set()
    defaults = {default for one in found if MARK in one for default in _DEFAULT.findall(one)}
    return {one for one in found if MARK not in one} | (defaults - {""})


def secrets_of_settings(
    documents: Sequence[Document], kinds: Kinds, environment: Mapping[str, str], given: Given
) -> set[str]:
    """Return the secrets of all environments and of all variables, also where another value counts.

    `environment` holds the environment variables of the process.
    """
    variables, _ = gather_section("variables", documents, 1)
    environments, _ = gather_section("environments", documents)
    overridden = _overridden(documents, environments, kinds)
    declared = [parse_variable(name, one) for name, one in variables.value.items()]
    found = _secrets_of_texts(declared, documents, environments.value, overridden, kinds, environment)
    sensitive = [one for one in declared if one.sensitive]
    paths = given.files if sensitive else ()
    files = [one for path in paths if is_file(path) or is_stream(path) for one in read_file(path)[0]]
    for variable in sensitive:
        found.update(_values(variable, variables, environments, environment, given, files))
    for name in environments.value:
        one = mapping(environments.value, name)
        found.add(environment.get(text(one, "api_key_variable"), "").strip())
    return found | _secrets_of_overrides(overridden, kinds, environment)


def _secrets_of_texts(
    declared: Sequence[Variable],
    documents: Sequence[Document],
    environments: Mapping[str, object],
    overridden: Overridden,
    kinds: Kinds,
    environment: Mapping[str, str],
) -> set[str]:
    """Return what the environment gives to other variables that fill texts; few specs have such variables."""
    texts: dict[str, set[str]] = {}
    for one in declared:
        if not one.sensitive and one.type not in _NO_TEXTS:
            own = [mapping(mapping(environments, each), "variables").get(one.name) for each in environments]
            texts[one.name] = set(_values_of_environment([one.default, *own], environment)) - {""}
    if not any(texts.values()):
        return set()
    names = set(_variables_in_texts(documents, overridden, kinds))
    return set().union(*(found for name, found in texts.items() if name in names))


def _values(
    variable: Variable,
    variables: Section[Document],
    environments: Section[Document],
    environment: Mapping[str, str],
    given: Given,
    files: Sequence[Document],
) -> Iterator[str]:
    """Yield every value that anything gives to a sensitive variable; `files` are those of `given`."""
    name = variable.name
    for one in environments.value:
        value = mapping(mapping(environments.value, one), "variables").get(name)
        yield from _texts(variable, value, environments.document((one, "variables", name)), environment)
    yield from _texts(variable, variable.default, variables.document((name,)), environment)
    for value in (environment.get(one) for one in environment_names(name)):
        yield from _texts(variable, value)
    for assignment in given.variables:
        key, _, value = assignment.partition("=")
        if key.strip() == name:
            yield from _texts(variable, value)
    for document in files:
        yield from _texts(variable, document.value.get(name), document, environment)


def _texts(
    variable: Variable, value: object, document: Document | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield the texts of one value, filled in as far as that is possible."""
    if document is not None and environment is not None and MARK in repr(value):
        sources = Sources(environment, {}, document.folder, document.project)
        value = fill(value, lambda _: sources, lambda _: frozenset(), lambda _: document.place()).value
    value = to_type(variable, value)
    for one in value if isinstance(value, list) else [value]:
        yield secret_text(one)


def _variables_in_texts(documents: Sequence[Document], overridden: Overridden, kinds: Kinds) -> Iterator[str]:
    """Yield the names of the variables that fill texts which may be secrets: of resources, defaults and overrides."""
    bodies = list(overridden)
    for kind in kinds.values():
        for document in documents:
            bodies += [(kind, name, body) for name, body in mapping(document.value, kind.name).items()]
            bodies.append((kind, "", mapping(mapping(document.value, "defaults"), kind.name)))
    for kind, name, body in bodies:
        for value in _confidential_texts(body, (kind.name, name), {kind.name: {name: body}}, kinds):
            yield from _VARIABLE.findall(value)


def _secrets_of_overrides(overridden: Overridden, kinds: Kinds, environment: Mapping[str, str]) -> set[str]:
    """Return the secrets in the overrides of all environments, of which none need be chosen."""
    found: set[str] = set()
    for kind, name, body in overridden:
        found |= _sensitive_members(kind, body)
        texts = _confidential_texts(body, (kind.name, name), {kind.name: {name: body}}, kinds)
        found |= set(_values_of_environment([*texts], environment))
    return found


def _overridden(documents: Sequence[Document], environments: Section[Document], kinds: Kinds) -> Overridden:
    """Return the resources that any environment overrides, as they are there."""
    defaults, _ = gather_section("defaults", documents)
    found: list[tuple[SpecKind, str, object]] = []
    for environment in environments.value:
        overrides = mapping(mapping(environments.value, environment), "overrides")
        layered = apply_layers(documents, defaults, environments, environment, kinds).documents if overrides else ()
        for kind in kinds.values():
            names = mapping(overrides, kind.name).keys()
            bodies = (mapping(one.value, kind.name) for one in layered if names)
            found += [(kind, name, body[name]) for body in bodies for name in names & body.keys()]
    return found


def _confidential_texts(value: object, path: Path, document: object, kinds: Kinds) -> Iterator[str]:
    """Yield the texts with placeholders at or below a path that may be secrets: no names and no words."""
    if isinstance(value, str) and MARK in value and _may_be_secret(path, document, kinds):
        yield value
    for step, member in members_of(value):
        yield from _confidential_texts(member, (*path, step), document, kinds)


def _values_of_environment(value: object, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what `${env:…}` gives to the texts of a value, but for settings."""
    if isinstance(value, str):
        for name in _ENVIRONMENT.findall(value):
            given = environment.get(name, "")
            if not _SETTING.fullmatch(given):
                yield given
    for _, member in members_of(value):
        yield from _values_of_environment(member, environment)
