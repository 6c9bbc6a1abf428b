"""Checks of the filters and overrides of a sync: values where functions need them, and logic that fits the filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds.sync.filter_logic import LogicError, label_of, labels_in
from applier.secrets import Secret
from applier.spec.body import items, mapping, text
from applier.spec.resources import Path, Resource
from applier.spec.schema.lookup import spec_schema

WITHOUT_VALUE = frozenset({"IsNull", "IsNotNull", "True", "False"})


@cache
def known_functions() -> frozenset[str]:
    """Return the functions that the schema allows."""
    return frozenset(map(str, items(mapping(mapping(spec_schema(), "$defs"), "function"), "enum")))


def filter_problems(resource: Resource) -> Iterator[Diagnostic]:
    """Return everything that is wrong with the filters and overrides of a sync."""
    for section in ("filters", "overrides"):
        for index, one in enumerate(items(resource.body, section)):
            if isinstance(one, dict):
                yield from _value(resource, (section, index), one)
    filters = [one for one in items(resource.body, "filters") if isinstance(one, dict)]
    yield from _target_filters(resource)
    on_target = sum(one.get("field_type") == "Target" for one in filters)
    on_model = len(filters) - on_target
    mixed = bool(on_target and on_model)
    yield from _logic(resource, ("filter_logic",), text(resource.body, "filter_logic"), on_model, mixed)
    target_logic = text(mapping(resource.body, "target"), "filter_logic")
    yield from _logic(resource, ("target", "filter_logic"), target_logic, on_target, mixed)


def _value(resource: Resource, path: Path, condition: Mapping[str, object]) -> Iterator[Diagnostic]:
    function = condition.get("function")
    if not isinstance(function, str) or isinstance(function, Secret):
        return
    if function in WITHOUT_VALUE and "value" in condition:
        yield diagnose(
            "value-not-used",
            f'Function "{function}" in {resource.address} takes no value.',
            resource.locate(*path, "value", key=True),
            "remove the value, or choose another function",
            address=resource.address,
        )
    elif (
        function not in WITHOUT_VALUE
        and function in known_functions()
        and not {"value", "value_field"} & condition.keys()
    ):
        yield diagnose(
            "value-missing",
            f'Function "{function}" in {resource.address} needs a value.',
            resource.locate(*path, "function"),
            'add "value", or choose another function',
            address=resource.address,
        )


def _target_filters(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error for each filter on a target's field in a mode other than update.

    See docs/api/behaviours.md#target-filters.
    """
    if text(resource.body, "mode") in ("", "update"):
        return
    for index, one in enumerate(items(resource.body, "filters")):
        if isinstance(one, dict) and one.get("field_type") == "Target":
            yield diagnose(
                "target-filter-mode",
                f'{resource.address} filters on a field of the target, which only the mode "update" allows.',
                resource.locate("filters", index, "field_type"),
                "filter on a field of the model, or change the mode",
                address=resource.address,
            )


def _logic(resource: Resource, path: Path, logic: str, count: int, mixed: bool) -> Iterator[Diagnostic]:
    if not logic.strip() or isinstance(logic, Secret):
        return
    try:
        used = labels_in(logic)
    except LogicError as error:
        yield _invalid_logic(resource, path, str(error), "combine the letters of the filters, as in: A AND (B OR C)")
        return
    if mixed:
        yield _ambiguous(resource, path)
        return
    labels = [label_of(position) for position in range(count)]
    owner = "target filters" if path[0] == "target" else "filters on models"
    known = f"its {owner} are {', '.join(labels)}, by position" if labels else f"it has no {owner}"
    for label in dict.fromkeys(used):
        if label not in labels:
            yield _invalid_logic(resource, path, f'there is no filter "{label}"', known)
    for label in labels:
        if label not in used:
            yield _invalid_logic(resource, path, f'the filter "{label}" is not used', "use every filter, or remove it")


def _invalid_logic(resource: Resource, path: Path, what: str, hint: str) -> Diagnostic:
    return diagnose(
        "filter-logic",
        f'"{".".join(map(str, path))}" of {resource.address} is invalid: {what}.',
        resource.locate(*path),
        hint,
        address=resource.address,
    )


def _ambiguous(resource: Resource, path: Path) -> Diagnostic:
    """Return a warning for the logic of mixed filters: which letters they get is not documented.

    See docs/api/behaviours.md#target-filters.
    """
    return diagnose(
        "filter-logic-ambiguous",
        f"{resource.address} has filters on models and on the target; the letters of mixed filters are not documented.",
        resource.locate(*path),
        "filter on one of the two only, or remove the logic",
        address=resource.address,
    )
