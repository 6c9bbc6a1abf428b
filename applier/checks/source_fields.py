"""Checks whether a field exists in a model, or in another source."""

from __future__ import annotations

from collections.abc import Iterable

from applier.checks.model_fields import ModelFields
from applier.checks.results import PASSED, CheckResult, finding
from applier.diagnostics import Diagnostic
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import Unavailable
from applier.resolve import Declared
from applier.spec.resources import Path


def check_model_field(
    declared: Declared, name: str, path: Path, model: str, fields: ModelFields | Unavailable
) -> CheckResult:
    """Check that a model has a field that is named at a path."""
    if isinstance(fields, Unavailable):
        return fields
    if name in fields.exposed or fields.open or not name:
        return PASSED
    if name not in fields.unselected:
        known = [*fields.exposed, *sorted(fields.unselected)]
        return unknown_source_field(declared, name, path, fields.origin, known)
    detail = (
        f'{declared.resource.address} uses the field "{name}" of {fields.origin}, '
        f'but the model "{model}" does not select it.'
    )
    hint = 'add it to the "fields" of the model, or set "refresh: true" to read the source again'
    return finding(declared, "field-not-in-model", detail, path, hint)


def unknown_source_field(declared: Declared, name: str, path: Path, source: str, known: Iterable[str]) -> Diagnostic:
    """Return the finding for a field that a source does not have."""
    detail = f'{declared.resource.address} uses the field "{name}", but {source} has no such field.'
    return finding(declared, "unknown-source-field", detail, path, suggest_or_list(name, known))
