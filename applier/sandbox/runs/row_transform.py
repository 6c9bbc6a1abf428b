"""Turn source records into target rows: joined models, filters, overrides, mapping and constants; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from applier.sandbox.rules.syncs.filter_logic import Verdict, all_of, parse
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.runs.filter_evaluation import meets

Row = dict[str, Any]
HIDDEN = "\0"
"""Begins the name of a value that goes along with a row and is not written."""
Record = Mapping[str, Row]
"""The values of one record: model id to field name to value."""


class RunError(Exception):
    """The run cannot be carried out; the text says why."""


@dataclass(frozen=True)
class Join:
    """Rows of another model, found by the value of a field of the base model."""

    model_id: str
    base_field: str
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Condition:
    """One filter over a model's field."""

    label: str
    model_id: str
    field: str
    function: str
    value: Any


def target_rows(
    batches: Iterable[Sequence[Row]], sync: Mapping[str, Any], base: str, joins: Sequence[Join]
) -> Iterator[list[Row]]:
    """Batches of rows of the base model as batches of rows for the target, keyed by target field."""
    conditions, verdict = filters_of(sync)
    sources = mapped_sources(sync)
    given = {**sources, **compared_sources(sync)}
    constants = mapped_constants(sync)
    for batch in batches:
        rows: list[Row] = []
        for row in batch:
            record = apply_overrides(join_row(row, base, joins), sync["overrides"])
            if passes(record, conditions, verdict):
                mapped = {target: record.get(model, {}).get(field) for target, (model, field) in given.items()}
                rows.append({**mapped, **constants})
        if rows:
            yield rows


def mapped_sources(sync: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Where each target field's value comes from; the identity's target included."""
    members = [*mappings_of(sync), *sync["fields"]]
    return {
        member["target"]: (member["source"]["model_id"], member["source"]["field"])
        for member in members
        if member.get("override_value") is None
    }


def compared_sources(sync: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The values that target filters compare with, under hidden names."""
    return {
        f"{HIDDEN}{one['label']}": (one["value_field"]["model_id"], one["value_field"]["field"])
        for one in sync["filters"]
        if "value_field" in one
    }


def check_columns(batches: Iterable[list[Row]], model: Mapping[str, Any], used: set[str]) -> Iterator[list[Row]]:
    """Batches of a table's rows; a column that it has lost must not empty what was written from it."""
    known = {added["name"] for added in model.get("additional_fields") or []}
    for batch in batches:
        if batch and (gone := sorted(used - known - batch[0].keys())):
            raise RunError(f"the source of model {model['name']} does not have the field {gone[0]} any more")
        yield batch


def used_fields(sync: Mapping[str, Any], model: str) -> set[str]:
    """The fields of a model that a sync writes, filters by or overrides."""
    used = [*mapped_sources(sync).values(), *compared_sources(sync).values()]
    named = [*(sent for sent in sync["filters"] if sent["field_type"] == "Model"), *sync["overrides"]]
    used += [(sent["field"]["model_id"], sent["field"]["field"]) for sent in named]
    return {field for id, field in used if id == model}


def mapped_constants(sync: Mapping[str, Any]) -> dict[str, str]:
    members = [*sync["fields"], *sync["override_fields"]]
    return {
        member["target"]: member["override_value"] for member in members if member.get("override_value") is not None
    }


def join_row(row: Row, base: str, joins: Sequence[Join]) -> dict[str, Row]:
    """A base row with the rows of the other models that belong to it; a missing partner leaves nothing."""
    record = {base: row}
    for join in joins:
        record[join.model_id] = join.rows.get(str(row.get(join.base_field)), {})
    return record


def apply_overrides(record: dict[str, Row], overrides: Sequence[Mapping[str, Any]]) -> dict[str, Row]:
    """The record with every value replaced that an override's condition is met by."""
    for override in overrides:
        model, field = override["field"]["model_id"], override["field"]["field"]
        values = record.get(model, {})
        if meets(override.get("function"), values.get(field), override.get("value")):
            record = {**record, model: {**values, field: override.get("override")}}
    return record


def filters_of(sync: Mapping[str, Any]) -> tuple[list[Condition], Verdict]:
    """The model filters of a sync, and how their answers make one."""
    conditions = [
        Condition(
            label=sent["label"],
            model_id=sent["field"]["model_id"],
            field=sent["field"]["field"],
            function=sent["function"],
            value=sent.get("value"),
        )
        for sent in sync["filters"]
        if sent["field_type"] == "Model"
    ]
    logic = sync.get("filter_logic")
    if not logic:
        return conditions, all_of(condition.label for condition in conditions)
    target_filters = {sent["label"]: True for sent in sync["filters"] if sent["field_type"] == "Target"}
    verdict = parse(logic, [sent["label"] for sent in sync["filters"]])
    return conditions, lambda answers: verdict({**target_filters, **answers})


def passes(record: Record, conditions: Sequence[Condition], verdict: Verdict) -> bool:
    if not conditions:
        return True
    return verdict(
        {
            condition.label: meets(
                condition.function, record.get(condition.model_id, {}).get(condition.field), condition.value
            )
            for condition in conditions
        }
    )
