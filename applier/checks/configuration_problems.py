"""Explains why no source is found for the configuration of a model or of an enrichment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.checks.results import finding
from applier.diagnostics import Diagnostic
from applier.diagnostics.suggestions import join_words
from applier.discovery.hints import list_words, suggest_or_list
from applier.discovery.offerings import ConfigurationProblem, IncompleteChoice, RefusedChoice
from applier.kinds.base import mapping, text
from applier.resolve import Declared
from applier.secrets import Secret
from applier.spec.resources import Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration of a model: `use` is the verb for what the model does with the choices, `path` leads to it."""

    connection: str
    members: Mapping[str, object]
    path: Path
    use: str


def model_finding(declared: Declared, problem: ConfigurationProblem) -> Diagnostic:
    """Return the finding for the configuration of a model."""
    code = "incomplete-source" if isinstance(problem, IncompleteChoice) else "unknown-source"
    model = declared.canonical
    configuration = Configuration(
        text(model.get("connection")), mapping(model.get("configuration")), ("configuration",), "reads"
    )
    return _configuration_finding(declared, code, configuration, problem)


def enrichment_finding(declared: Declared, problem: ConfigurationProblem) -> Diagnostic:
    """Return the finding for the configuration of a model's enrichment."""
    enricher = mapping(declared.canonical.get("enricher"))
    configuration = Configuration(
        text(enricher.get("connection")),
        mapping(enricher.get("configuration")),
        ("enricher", "configuration"),
        "is enriched by",
    )
    return _configuration_finding(declared, "unknown-enrichment", configuration, problem)


def _configuration_finding(
    declared: Declared, code: str, configuration: Configuration, problem: ConfigurationProblem
) -> Diagnostic:
    address, connection = declared.resource.address, f'the connection "{configuration.connection}"'
    if isinstance(problem, IncompleteChoice):
        required, part = join_words(problem.required), ".".join(map(str, configuration.path))
        given = join_words(problem.given) if problem.given else "none of them"
        detail = f"{address} must set exactly one of {required} in {part} for {connection}, but sets {given}."
        return finding(declared, code, detail, configuration.path, f"set exactly one of: {required}")
    name = problem.name
    path = (*configuration.path, name) if name else configuration.path
    if isinstance(problem, RefusedChoice):
        part = ".".join(map(str, path))
        detail = f"{address} has a {part} that {connection} does not accept: {problem.message}"
        return finding(declared, code, detail, path)
    value = configuration.members.get(name)  # if it is a secret, it is not shown
    detail = f'{address} {configuration.use} the {name} "{value}", but {connection} has no such {name}.'
    is_secret = isinstance(value, Secret)
    hint = list_words(problem.offered) if is_secret else suggest_or_list(problem.value, problem.offered)
    return finding(declared, code, detail, path, hint)
