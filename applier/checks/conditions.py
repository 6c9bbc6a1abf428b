"""Checks of filters and overrides: their fields exist, and functions and values fit their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from applier.checks.context import finding
from applier.checks.mappings import Fields, unknown_target_field
from applier.checks.models import check_field
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import Result, SourceField, State, Target, TargetField
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.resources import Path

TEXTUAL = (  # without StringOneOf and StringNotOneOf: there is no other way to compare with several values
    *("StringContains", "StringStartsWith", "StringEndsWith", "StringDoesNotContain", "StringDoesNotStartWith"),
    *("StringDoesNotEndWith", "StringLike", "StringNotLike", "StringMatchesTrimmed"),
)
ORDERED = ("GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual", "Between")
LOGICAL = ("True", "False")
OF_LISTS = ("ArrayContains", "ArrayDoesNotContain")
OF_TIMES = ("OnOrAfter", "OnOrBefore", "InTheLast", "RelativeOnOrBefore", "RelativeOnOrAfter")
NEVER: Mapping[str, Sequence[str]] = {
    "string": (*LOGICAL, *OF_LISTS),
    "number": (*TEXTUAL, *LOGICAL, *OF_LISTS, *OF_TIMES),
    "boolean": (*TEXTUAL, *ORDERED, *OF_LISTS, *OF_TIMES),
    "datetime": (*TEXTUAL, *LOGICAL, *OF_LISTS),
    "array": (*TEXTUAL, *ORDERED, *LOGICAL, *OF_TIMES),
}
"""The functions that never hold for values of a type; for other types nothing can be said."""


def check_conditions(form: Declared, target: Target | State, models: Fields) -> Iterator[Result]:
    """Every filter and override of a sync."""
    for number, entry in enumerate(map(mapping, sequence(form.canonical.get("filters")))):
        path: Path = ("filters", number)
        if entry.get("field_type") == "Target":
            yield from _on_target(form, entry, path, target)
        else:
            yield from _on_model(form, entry, path, models)
        other = mapping(entry.get("value_field"))
        if other:
            yield _named(form, other, (*path, "value_field"), models)
    for number, entry in enumerate(map(mapping, sequence(form.canonical.get("overrides")))):
        yield from _on_model(form, entry, ("overrides", number), models)


def _named(form: Declared, entry: Mapping[str, object], path: Path, models: Fields) -> Result:
    model = text(entry.get("model"))
    return check_field(form, text(entry.get("field")), (*path, "field"), model, models.get(model, State.SILENT))


def _on_model(form: Declared, entry: Mapping[str, object], path: Path, models: Fields) -> Iterator[Result]:
    yield _named(form, entry, path, models)
    fields = models.get(text(entry.get("model")), State.SILENT)
    if not isinstance(fields, State):
        source = fields.exposed.get(text(entry.get("field"))) or SourceField("")
        yield fits(form, source.name, source.type, entry, path)


def _on_target(form: Declared, entry: Mapping[str, object], path: Path, target: Target | State) -> Iterator[Result]:
    if isinstance(target, State):
        yield target
        return
    mode = (target.modes or {}).get(text(form.canonical.get("mode")))
    if mode is not None and mode.target_filters is False:
        said = f'{form.resource.address} filters on the target, which its mode "{mode.name}" does not support.'
        place = form.resource.locate(*path, "field_type")
        yield finding("target-filter", said, place, form.resource.address, "filter on a field of the model")
    if target.fields is None:
        return
    name = text(entry.get("field"))
    known = target.fields.get(name)
    if known is None:
        yield unknown_target_field(form, name, target, (*path, "field"))
        return
    yield _filterable(form, known, path, target)
    if known.filter_functions and known.filterable is not False:
        yield _offered(form, known, text(entry.get("function")), path)
    else:
        yield fits(form, known.id, known.type, entry, path)
    yield _allowed(form, known, entry.get("value"), path)


def _filterable(form: Declared, known: TargetField, path: Path, target: Target) -> Result:
    if known.filterable is None:
        return State.SILENT
    if known.filterable:
        return State.PASSED
    able = [one.id for one in (target.fields or {}).values() if one.filterable]
    said = f"{form.resource.address} filters on {known.id}, which {target.called} does not filter by."
    hint = f"it filters by: {join_words(able)}"
    return finding("target-filter", said, form.resource.locate(*path, "field"), form.resource.address, hint)


def _offered(form: Declared, known: TargetField, function: str, path: Path) -> Result:
    if function in known.filter_functions:
        return State.PASSED
    said = f'{form.resource.address} filters {known.id} by "{function}", which it does not offer.'
    hint = f"it offers: {join_words(known.filter_functions)}"
    return finding("filter-function", said, form.resource.locate(*path, "function"), form.resource.address, hint)


def _allowed(form: Declared, known: TargetField, value: object, path: Path) -> Result:
    """A filter by a value that the field does not list."""
    wrong = [one for one in (value if isinstance(value, list) else [value]) if not known.takes(one)]
    if not wrong:
        return State.PASSED
    said = f'{form.resource.address} compares {known.id} with "{wrong[0]}", which is none of its choices.'
    hint = suggest(str(wrong[0]), known.values) or f"it takes: {join_words(known.values)}"
    return finding("value-not-taken", said, form.resource.locate(*path, "value"), form.resource.address, hint)


def fits(form: Declared, name: str, word: str, entry: Mapping[str, object], path: Path) -> Result:
    """Whether function and value can hold for values of a type."""
    function, value = text(entry.get("function")), entry.get("value")
    if word not in NEVER:
        return State.SILENT
    if function in NEVER[word]:
        said = f'{form.resource.address} compares "{name}" ({word}) by "{function}", which is for other types.'
        place = form.resource.locate(*path, "function")
        return finding("filter-type", said, place, form.resource.address)
    numbers = [value] if not isinstance(value, list) else value
    if word == "number" and value is not None and not all(_is_number(one) for one in numbers):
        said = f'{form.resource.address} compares "{name}" (number) with something that is no number.'
        return finding("filter-type", said, form.resource.locate(*path, "value"), form.resource.address)
    return State.PASSED


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        try:
            float(value[:])
        except ValueError:
            return False
        return True
    return isinstance(value, int | float | Mapping)
