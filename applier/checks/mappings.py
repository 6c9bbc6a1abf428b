"""Checks of each mapped field: the target has it, allows the write and accepts its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.model_fields import FieldsByModel
from applier.checks.results import PASSED, CheckResult, finding
from applier.checks.target_fields import (
    check_field_creation,
    check_type,
    check_value,
    target_mode,
    unknown_target_field,
)
from applier.discovery.hints import list_words
from applier.discovery.offerings import Target, TargetField, Unavailable
from applier.kinds.base import mapping, text
from applier.resolve import Declared
from applier.spec.resources import Path


def check_mappings(declared: Declared, target: Target | Unavailable, models: FieldsByModel) -> Iterator[CheckResult]:
    """Check everything about the mapped fields of a sync except whether their sources exist."""
    for name, entry in mapping(declared.canonical.get("fields")).items():
        if isinstance(target, Unavailable):
            yield target
        else:
            yield from _check_mapping(declared, name, mapping(entry), target, models)


def _check_mapping(
    declared: Declared, name: str, entry: Mapping[str, object], target: Target, models: FieldsByModel
) -> Iterator[CheckResult]:
    field = (target.fields or {}).get(name)
    if entry.get("new") and target.flags is not None:
        yield check_field_creation(declared, name, target, ("supports_field_creation",), ("fields", name, "new"))
    if entry.get("sync_mode"):
        yield _check_own_mode(declared, name, target)
    if field is not None:
        yield _check_writable(declared, field, target)
        yield _check_source_type(declared, field, entry, models)
        value = entry.get("value")
        detail = f'{declared.resource.address} sets the field "{name}" to "{value}", which is not one of its values.'
        yield check_value(declared, field, value, detail, ("fields", name, "value"))
    elif target.fields is not None and not entry.get("new"):
        yield unknown_target_field(declared, name, target, ("fields", name), key=True)
    if entry.get("encrypt"):
        yield _check_encryption(declared, name, target, field)


def _check_own_mode(declared: Declared, name: str, target: Target) -> CheckResult:
    mode = target_mode(declared, target)
    if mode is None or mode.field_modes is None:
        return Unavailable.UNKNOWN
    if mode.field_modes:
        return PASSED
    detail = (
        f'{declared.resource.address} sets a sync_mode for the field "{name}", '
        f'but the mode "{mode.name}" does not support modes per field.'
    )
    return finding(declared, "field-mode", detail, ("fields", name, "sync_mode"), 'remove "sync_mode"')


def _check_writable(declared: Declared, field: TargetField, target: Target) -> CheckResult:
    """Check that the mode of the sync can write a field (docs/api/mappings.md)."""
    mode = text(declared.canonical.get("mode"))
    if mode == "remove":
        return PASSED
    if mode == "update":
        allowed, write = field.updateable, "updated"
    elif mode == "updateOrCreate":
        allowed, write = _allows_either(field), "written"
    else:
        allowed, write = field.createable, "set on new records"
    if allowed is None:
        return Unavailable.UNKNOWN
    if allowed:
        return PASSED
    detail = f'{declared.resource.address} maps the field "{field.id}", which cannot be {write} in {target.label}.'
    return finding(
        declared, "not-writable", detail, ("fields", field.id), "remove the field, or change the mode", key=True
    )


def _allows_either(field: TargetField) -> bool | None:
    return field.createable or field.updateable


def _check_source_type(
    declared: Declared, field: TargetField, entry: Mapping[str, object], models: FieldsByModel
) -> CheckResult:
    fields = models.get(text(entry.get("model")))
    if "value" in entry or "field" not in entry or fields is None:
        return PASSED
    if isinstance(fields, Unavailable):
        return fields
    return check_type(declared, fields.exposed.get(text(entry["field"])), field, source_path(declared, field.id))


def source_path(declared: Declared, name: str) -> Path:
    """Return the path of a mapping's source: in the short form it is the value itself."""
    value = mapping(declared.resource.body.get("fields")).get(name)
    return ("fields", name, "field") if isinstance(value, Mapping) else ("fields", name)


def _check_encryption(declared: Declared, name: str, target: Target, field: TargetField | None) -> CheckResult:
    """Check by the flag of the whole target, and by that of the field where the service sets those.

    See docs/api/behaviours.md#target-capabilities.
    """
    target_flag, field_flag = target.has("supports_field_encryption"), field.encryptable if field else None
    if target_flag is None and field_flag is None:
        return Unavailable.UNKNOWN
    encryptable = [one.id for one in (target.fields or {}).values() if one.encryptable]
    is_left_out = bool(target_flag and field_flag is None and encryptable)  # only encryptable fields have the flag
    if target_flag is not False and field_flag is not False and not is_left_out:
        return PASSED
    detail = f'{declared.resource.address} encrypts the field "{name}", but {target.label} cannot encrypt it.'
    hint = 'remove "encrypt"' + (f", or {list_words(encryptable)}" if encryptable else "")
    return finding(declared, "encryption", detail, ("fields", name, "encrypt"), hint)
