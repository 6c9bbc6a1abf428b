"""Checks of how a sync matches records: identities are set where required, on fields and functions that support it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from applier.checks.model_fields import FieldsByModel, ModelFields
from applier.checks.results import PASSED, CheckResult, check_offered, finding
from applier.checks.source_fields import check_model_field
from applier.checks.target_fields import check_field_creation, check_type, target_mode, unknown_target_field
from applier.diagnostics.suggestions import join_words
from applier.discovery.hints import list_words
from applier.discovery.offerings import Target, TargetField, Unavailable
from applier.kinds.base import text
from applier.kinds.sync.identities import sync_identities
from applier.resolve import Declared
from applier.spec.resources import Path


def check_identities(declared: Declared, target: Target | Unavailable, models: FieldsByModel) -> Iterator[CheckResult]:
    """Check whether a sync has the identities that it needs, and each of them."""
    identities = sync_identities(declared.canonical)
    if isinstance(target, Target):
        yield _check_required(declared, target, identities)
        yield from _check_several(declared, target, identities)
    for number, entry in enumerate(identities):
        path = _identity_path(declared, number)
        model = text(entry.get("model"))
        fields = models.get(model, Unavailable.UNKNOWN)
        yield check_model_field(declared, text(entry.get("field")), (*path, "field"), model, fields)
        if isinstance(target, Unavailable):
            yield target
        elif target.fields is not None:
            yield from _check_target_field(declared, entry, path, target, fields)


def _identity_path(declared: Declared, number: int) -> Path:
    """Return the path of an identity: a single one is written as `identity` or as a list of one."""
    return ("identity",) if "identities" not in declared.resource.body else ("identities", "mappings", number)


def _check_required(declared: Declared, target: Target, identities: Sequence[Mapping[str, object]]) -> CheckResult:
    mode = target_mode(declared, target)
    if mode is None or mode.requires_identity is None:
        return Unavailable.UNKNOWN
    if identities or not mode.requires_identity:
        return PASSED
    able = _identity_fields(target)
    detail = f'{declared.resource.address} has no identity, but the mode "{mode.name}" of {target.label} requires one.'
    hint = f"add an identity on one of these fields: {join_words(able)}" if able else "add an identity"
    return finding(declared, "identity-missing", detail, ("mode",), hint)


def _check_several(
    declared: Declared, target: Target, identities: Sequence[Mapping[str, object]]
) -> Iterator[CheckResult]:
    if len(identities) < 2:
        return
    address = declared.resource.address
    if target.has("supports_multiple_identities") is False:
        detail = f"{address} has {len(identities)} identities, but {target.label} supports only one."
        hint = 'keep one of them as "identity"'
        yield finding(declared, "several-identities", detail, ("identities",), hint, key=True)
    for name, count in Counter(text(one.get("target")) for one in identities).items():
        if count > 1:
            detail = f'{address} has {count} identities on the target field "{name}", which can have only one.'
            yield finding(declared, "several-identities", detail, ("identities",), "keep one of them", key=True)


def _check_target_field(
    declared: Declared, entry: Mapping[str, object], path: Path, target: Target, fields: ModelFields | Unavailable
) -> Iterator[CheckResult]:
    """Check one identity against its target field."""
    name = text(entry.get("target"))
    field = (target.fields or {}).get(name)
    if entry.get("new_field") and not field:
        flags = ("supports_identity_field_creation", "supports_field_creation")
        yield check_field_creation(declared, name, target, flags, (*path, "new_field"))
    elif entry.get("new_field"):
        yield PASSED
    if field is None:
        if not entry.get("new_field"):
            yield unknown_target_field(declared, name, target, (*path, "target"))
        return
    yield _check_supported(declared, field, path, target)
    if field.identity is not False:
        yield _check_function(declared, field, text(entry.get("function")), path)
    if isinstance(fields, ModelFields):
        source = fields.exposed.get(text(entry.get("field")))
        yield check_type(declared, source, field, (*path, "field"))


def _check_supported(declared: Declared, field: TargetField, path: Path, target: Target) -> CheckResult:
    if field.identity is None:
        return Unavailable.UNKNOWN
    if field.identity:
        return PASSED
    detail = (
        f'{declared.resource.address} uses the field "{field.id}" as identity, which {target.label} does not support.'
    )
    hint = list_words(_identity_fields(target))
    return finding(declared, "identity-not-supported", detail, (*path, "target"), hint)


def _identity_fields(target: Target) -> list[str]:
    return [one.id for one in (target.fields or {}).values() if one.identity]


def _check_function(declared: Declared, field: TargetField, function: str, path: Path) -> CheckResult:
    if not field.identity_functions:
        return Unavailable.UNKNOWN
    detail = (
        f'{declared.resource.address} compares the identity field "{field.id}" by "{function}", '
        "which this field does not support."
    )
    return check_offered(declared, "identity-function", function, field.identity_functions, detail, (*path, "function"))
