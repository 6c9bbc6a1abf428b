"""Checks of filters and overrides: their fields exist, and functions and values fit the types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from applier.checks.model_fields import FieldsByModel, ModelFields
from applier.checks.results import PASSED, CheckResult, check_offered, finding
from applier.checks.source_fields import check_model_field
from applier.checks.target_fields import check_value, target_mode, unknown_target_field
from applier.discovery.hints import list_words
from applier.discovery.offerings import SourceField, Target, TargetField, Unavailable
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.secrets import reveal_text
from applier.spec.documents import scalars
from applier.spec.resources import Path

TEXT = (  # without StringOneOf and StringNotOneOf: there is no other way to compare with several values
    *("StringContains", "StringStartsWith", "StringEndsWith", "StringDoesNotContain", "StringDoesNotStartWith"),
    *("StringDoesNotEndWith", "StringLike", "StringNotLike", "StringMatchesTrimmed"),
)
ORDER = ("GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual", "Between")
LOGIC = ("True", "False")
LISTS = ("ArrayContains", "ArrayDoesNotContain")
TIMES = ("OnOrAfter", "OnOrBefore", "InTheLast", "RelativeOnOrBefore", "RelativeOnOrAfter")
NEVER_TRUE: Mapping[str, Sequence[str]] = {
    "string": (*LOGIC, *LISTS),
    "number": (*TEXT, *LOGIC, *LISTS, *TIMES),
    "boolean": (*TEXT, *ORDER, *LISTS, *TIMES),
    "datetime": (*TEXT, *LOGIC, *LISTS),
    "array": (*TEXT, *ORDER, *LOGIC, *TIMES),
}
"""The functions that no value of a type satisfies; of other types nothing is known."""


def check_conditions(declared: Declared, target: Target | Unavailable, models: FieldsByModel) -> Iterator[CheckResult]:
    """Check every filter and override of a sync."""
    for number, entry in enumerate(map(mapping, sequence(declared.canonical.get("filters")))):
        path: Path = ("filters", number)
        if entry.get("field_type") == "Target":
            yield from _check_target_filter(declared, entry, path, target)
        else:
            yield from _check_model_condition(declared, entry, path, models)
        value_field = mapping(entry.get("value_field"))
        if value_field:
            yield _check_named_field(declared, value_field, (*path, "value_field"), models)
    for number, entry in enumerate(map(mapping, sequence(declared.canonical.get("overrides")))):
        yield from _check_model_condition(declared, entry, ("overrides", number), models)


def _check_named_field(
    declared: Declared, entry: Mapping[str, object], path: Path, models: FieldsByModel
) -> CheckResult:
    model = text(entry.get("model"))
    fields = models.get(model, Unavailable.UNKNOWN)
    return check_model_field(declared, text(entry.get("field")), (*path, "field"), model, fields)


def _check_model_condition(
    declared: Declared, entry: Mapping[str, object], path: Path, models: FieldsByModel
) -> Iterator[CheckResult]:
    yield _check_named_field(declared, entry, path, models)
    fields = models.get(text(entry.get("model")), Unavailable.UNKNOWN)
    if isinstance(fields, ModelFields):
        field = fields.exposed.get(text(entry.get("field"))) or SourceField("")
        yield check_condition_type(declared, field.name, field.type, entry, path)


def _check_target_filter(
    declared: Declared, entry: Mapping[str, object], path: Path, target: Target | Unavailable
) -> Iterator[CheckResult]:
    if isinstance(target, Unavailable):
        yield target
        return
    address = declared.resource.address
    mode = target_mode(declared, target)
    if mode is not None and mode.target_filters is False:
        detail = f'{address} filters on the target, but its mode "{mode.name}" does not support target filters.'
        yield finding(declared, "target-filter", detail, (*path, "field_type"), "filter on a field of the model")
    if target.fields is None:
        return
    name = text(entry.get("field"))
    field = target.fields.get(name)
    if field is None:
        yield unknown_target_field(declared, name, target, (*path, "field"))
        return
    yield _check_filterable(declared, field, path, target)
    if field.filter_functions and field.filterable is not False:
        yield _check_function(declared, field, text(entry.get("function")), path)
    else:
        yield check_condition_type(declared, field.id, field.type, entry, path)
    value = _find_wrong_value(field, entry.get("value"))
    detail = f'{address} compares the field "{field.id}" with "{value}", which is not one of its values.'
    yield check_value(declared, field, value, detail, (*path, "value"))


def _check_filterable(declared: Declared, field: TargetField, path: Path, target: Target) -> CheckResult:
    if field.filterable is None:
        return Unavailable.UNKNOWN
    if field.filterable:
        return PASSED
    filterable = [one.id for one in (target.fields or {}).values() if one.filterable]
    detail = (
        f'{declared.resource.address} filters on the field "{field.id}", by which {target.label} cannot be filtered.'
    )
    hint = list_words(filterable) if filterable else "filter on a field of the model"
    return finding(declared, "target-filter", detail, (*path, "field"), hint)


def _check_function(declared: Declared, field: TargetField, function: str, path: Path) -> CheckResult:
    detail = (
        f'{declared.resource.address} filters the field "{field.id}" by "{function}", '
        "which this field does not support."
    )
    return check_offered(declared, "filter-function", function, field.filter_functions, detail, (*path, "function"))


def _find_wrong_value(field: TargetField, value: object) -> object:
    """Return the first of one or several values that a field does not accept, None if it accepts all."""
    values = value if isinstance(value, list) else [value]
    return next((one for one in values if not field.accepts(one)), None)


def check_condition_type(
    declared: Declared, name: str, type_name: str, entry: Mapping[str, object], path: Path
) -> CheckResult:
    """Check that some value of a type can satisfy a condition."""
    function, value = text(entry.get("function")), entry.get("value")
    address = declared.resource.address
    if type_name not in NEVER_TRUE:
        return Unavailable.UNKNOWN
    if function in NEVER_TRUE[type_name]:
        detail = (
            f'{address} compares the field "{name}" by "{function}", which is not a function for the type {type_name}.'
        )
        return finding(declared, "filter-type", detail, (*path, "function"), "use a function for this type")
    if type_name != "number" or value is None:
        return PASSED
    wrong = [one for one in (value if isinstance(value, list) else [value]) if not _is_number(one)]
    if not wrong:
        return PASSED
    detail = f'{address} compares the field "{name}" (number) with "{wrong[0]}", which is not a number.'
    return finding(declared, "filter-type", detail, (*path, "value"), "use a number")


def _is_number(value: object) -> bool:
    found = scalars.number(reveal_text(value).strip()) if isinstance(value, str) else value
    return isinstance(found, int | float | Mapping) and not isinstance(found, bool)
