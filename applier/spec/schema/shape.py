"""Validates every document against the schema of the spec: first fast, then with a diagnostic for each violation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.diagnostics import Diagnostic, diagnose
from applier.spec.body import mapping
from applier.spec.kinds import Kinds
from applier.spec.schema.lookup import resource_schema, spec_schema
from applier.spec.schema.messages import Subject, describe_violations
from applier.spec.schema.validator import fits_definition, fits_spec
from applier.spec.schema.violations import find_violations
from applier.spec.variables.filled_document import FilledDocument
from applier.system import quote_path


def shape_problems(document: FilledDocument, variables: Collection[str]) -> Iterator[Diagnostic]:
    """Return everything in a document that the schema refuses. `variables` holds the names of all variables."""
    if fits_spec(document.value):
        return
    if all(key in variables for key in document.value):
        yield _variables_as_spec(document)
        return
    outline = _outline(document.value, document.kinds)
    yield from describe_violations(Subject(document, ()), find_violations(spec_schema(), outline))
    for name, kind in document.kinds.items():
        schema = resource_schema(kind.definition)
        for key, body in mapping(document.value, name).items():
            if not fits_definition(kind.definition, body):
                yield from describe_violations(Subject(document, (name, key)), find_violations(schema, body))


def _variables_as_spec(document: FilledDocument) -> Diagnostic:
    place = document.place()
    return diagnose(
        "variables-as-spec",
        "This file gives values to variables, but is read as a part of the spec.",
        place,
        f"give it with --var-file {quote_path(place.file)}; a file called NAME.vars.yaml is never a part of the spec",
    )


def sections_are_complete(document: FilledDocument) -> bool:
    """Return whether the names in every section can be known: none is misspelt, and each is a mapping."""
    known = mapping(spec_schema(), "properties")
    return all(
        (key in known or key.startswith("x-"))
        and (key not in document.kinds or section is None or isinstance(section, dict))
        for key, section in document.value.items()
    )


def _outline(value: Mapping[str, object], kinds: Kinds) -> dict[str, object]:
    """Return the document with a minimal valid resource in place of each resource, which is validated by itself."""
    outline = dict(value)
    for kind in kinds:
        section = value.get(kind)
        if isinstance(section, dict):
            outline[kind] = {name: {"managed": False} for name in section}
    return outline
