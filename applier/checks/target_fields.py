"""Checks of one target field: it exists or can be created, and accepts a type or a value."""

from __future__ import annotations

from collections.abc import Sequence

from applier.checks.results import PASSED, CheckResult, finding
from applier.checks.type_compatibility import find_misfit
from applier.diagnostics import Diagnostic
from applier.diagnostics.suggestions import suggest
from applier.discovery.hints import list_words, suggest_or_list
from applier.discovery.offerings import Mode, SourceField, Target, TargetField, Unavailable
from applier.kinds.base import text
from applier.resolve import Declared
from applier.spec.resources import Path


def target_mode(declared: Declared, target: Target) -> Mode | None:
    """Return what the target says of the sync's mode, None where it does not list the mode."""
    return (target.modes or {}).get(text(declared.canonical.get("mode")))


def unknown_target_field(declared: Declared, name: str, target: Target, path: Path, *, key: bool = False) -> Diagnostic:
    """Return the finding for a field that a target does not have."""
    known = target.fields or {}
    detail = f'{declared.resource.address} uses the field "{name}", but {target.label} has no such field.'
    hint = suggest_or_list(name, known)
    if not suggest(name, known) and target.has("supports_field_creation"):
        hint += '; set "new: true" to create it'
    return finding(declared, "unknown-target-field", detail, path, hint, key=key)


def check_field_creation(
    declared: Declared, name: str, target: Target, flags: Sequence[str], path: Path
) -> CheckResult:
    """Check that a target creates fields, which one of several flags says."""
    if target.flags is None or any(map(target.has, flags)):
        return PASSED
    detail = f'{declared.resource.address} creates the field "{name}", but {target.label} does not create fields.'
    hint = list_words(target.fields) if target.fields else None
    return finding(declared, "field-creation", detail, path, hint)


def check_type(declared: Declared, source: SourceField | None, field: TargetField, path: Path) -> CheckResult:
    """Check that the values of a source field fit a target field."""
    if source is None or not source.type or not field.type:
        return Unavailable.UNKNOWN
    misfit = find_misfit(source, field)
    if misfit is None:
        return PASSED
    detail = (
        f'{declared.resource.address} writes the field "{source.name}" ({_format_type(source)}) '
        f'to "{field.id}" ({_format_type(field)}): {misfit.reason}.'
    )
    hint = "map a field of another type, or convert the values in the source" if misfit.is_certain else None
    return finding(declared, misfit.code, detail, path, hint)


def _format_type(field: SourceField | TargetField) -> str:
    return f"{field.type}, {field.native}" if field.native and field.native.casefold() != field.type else field.type


def check_value(declared: Declared, field: TargetField, value: object, detail: str, path: Path) -> CheckResult:
    """Check that a value is one of the choices of a field, if it has any."""
    if field.accepts(value):
        return PASSED
    return finding(declared, "value-not-taken", detail, path, suggest_or_list(str(value), field.values))
