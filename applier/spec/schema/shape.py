"""Does every document have the shape that the schema demands? Quickly yes, or slowly everything that is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.spec.schema.lookup import SECTIONS, resource_schema, spec_schema
from applier.spec.schema.messages import Subject, describe_violations
from applier.spec.schema.validator import fits_kind, fits_spec
from applier.spec.schema.violations import violations
from applier.spec.variables.filled_document import FilledDocument


def shape_problems(document: FilledDocument, variables: Collection[str]) -> Iterator[Diagnostic]:
    """Everything about a document that the schema of the spec does not allow. `variables` holds all their names."""
    if fits_spec(document.value):
        return
    if all(key in variables for key in document.value):
        yield _values(document)
        return
    yield from describe_violations(Subject(document, ()), violations(spec_schema(), _outline(document.value)))
    for kind in SECTIONS:
        section = document.value.get(kind)
        for name, body in section.items() if isinstance(section, dict) else ():
            if not fits_kind(kind, body):
                yield from describe_violations(Subject(document, (kind, name)), violations(resource_schema(kind), body))


def _values(document: FilledDocument) -> Diagnostic:
    place = document.place()
    return diagnose(
        "variables-as-spec",
        "This file gives values to variables, but is read as a part of the spec.",
        place,
        f"give it with --var-file {place.file}; a file called NAME.vars.yaml is never a part of the spec",
    )


def has_sections(document: FilledDocument) -> bool:
    """False when a section is misspelt or not a mapping, so that the names in it are not known."""
    known = spec_schema()["properties"]
    return all(
        (key in known or key.startswith("x-")) and (key not in SECTIONS or section is None or isinstance(section, dict))
        for key, section in document.value.items()
    )


def _outline(value: dict[str, object]) -> dict[str, object]:
    """The document with a minimal valid resource for each of its resources, which are looked at one by one."""
    outline = dict(value)
    for kind in SECTIONS:
        section = value.get(kind)
        if isinstance(section, dict):
            outline[kind] = {name: {"managed": False} for name in section}
    return outline
