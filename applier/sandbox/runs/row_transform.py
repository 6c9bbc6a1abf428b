"""Turn source records into target rows: joined models, filters, overrides, mappings and constants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_documents, as_optional_text, as_text
from applier.sandbox.rules.syncs.filter_logic import Verdict, all_of, parse
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.runs.errors import RunError
from applier.sandbox.runs.filter_evaluation import meets

HIDDEN = "\0"
"""How the name of a value begins that a row carries for target filters and that is not written."""
Record = Mapping[str, Row]
"""The values of one record: model id to field name to value."""


@dataclass(frozen=True)
class Source:
    """A field of a model."""

    model_id: str
    field: str


@dataclass(frozen=True)
class Join:
    """Rows of another model, found by the value of a field of the base model."""

    model_id: str
    base_field: str
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Condition:
    """One filter over a field of a model."""

    label: str
    source: Source
    function: str
    value: object


@dataclass(frozen=True)
class Override:
    """A value that replaces that of a field where the condition is met."""

    source: Source
    function: str | None
    value: object
    replacement: object


def target_rows(
    batches: Iterable[Sequence[Row]], sync: JsonObject, base: str, joins: Sequence[Join]
) -> Iterator[list[Row]]:
    """Return batches of rows for the target, keyed by target field, from batches of rows of the base model."""
    conditions, verdict = filters_of(sync)
    overrides = overrides_of(sync)
    sources = {**mapped_sources(sync), **compared_sources(sync)}
    constants = mapped_constants(sync)
    for batch in batches:
        rows: list[Row] = []
        for row in batch:
            record = apply_overrides(join_row(row, base, joins), overrides)
            if passes(record, conditions, verdict):
                mapped = {target: record.get(one.model_id, {}).get(one.field) for target, one in sources.items()}
                rows.append({**mapped, **constants})
        if rows:
            yield rows


def mapped_sources(sync: JsonObject) -> dict[str, Source]:
    """Return the source of each target field, including the target of the identity."""
    members = [*mappings_of(sync), *as_documents(sync, "fields")]
    return {
        as_text(member, "target"): _source(member, "source")
        for member in members
        if member.get("override_value") is None
    }


def compared_sources(sync: JsonObject) -> dict[str, Source]:
    """Return the sources with which target filters compare, under hidden names."""
    filters = as_documents(sync, "filters")
    return {f"{HIDDEN}{one['label']}": _source(one, "value_field") for one in filters if "value_field" in one}


def check_columns(batches: Iterable[list[Row]], model: JsonObject, used: set[str]) -> Iterator[list[Row]]:
    """Return the batches; raise RunError if the table has lost a column, so that nothing is overwritten by nulls."""
    additional = {as_text(field, "name") for field in as_documents(model.get("additional_fields") or [])}
    for batch in batches:
        if batch and (gone := sorted(used - additional - batch[0].keys())):
            raise RunError(f"the source of model {model['name']} does not have the field {gone[0]} any more")
        yield batch


def used_fields(sync: JsonObject, model: str) -> set[str]:
    """Return the fields of a model that a sync writes, filters by or overrides."""
    conditions, _ = filters_of(sync)
    used = [
        *mapped_sources(sync).values(),
        *compared_sources(sync).values(),
        *(condition.source for condition in conditions),
        *(override.source for override in overrides_of(sync)),
    ]
    return {source.field for source in used if source.model_id == model}


def mapped_constants(sync: JsonObject) -> dict[str, str]:
    members = [*as_documents(sync, "fields"), *as_documents(sync, "override_fields")]
    return {
        as_text(member, "target"): as_text(member, "override_value")
        for member in members
        if member.get("override_value") is not None
    }


def join_row(row: Row, base: str, joins: Sequence[Join]) -> dict[str, Row]:
    """Return a base row with the rows of the other models that belong to it, which may be empty."""
    record = {base: row}
    for join in joins:
        record[join.model_id] = join.rows.get(str(row.get(join.base_field)), {})
    return record


def overrides_of(sync: JsonObject) -> list[Override]:
    return [
        Override(
            source=_source(override, "field"),
            function=as_optional_text(override.get("function")),
            value=override.get("value"),
            replacement=override.get("override"),
        )
        for override in as_documents(sync, "overrides")
    ]


def apply_overrides(record: dict[str, Row], overrides: Sequence[Override]) -> dict[str, Row]:
    """Return the record with every value replaced whose override has its condition met."""
    for override in overrides:
        model, field = override.source.model_id, override.source.field
        values = record.get(model, {})
        if meets(override.function, values.get(field), override.value):
            record = {**record, model: {**values, field: override.replacement}}
    return record


def filters_of(sync: JsonObject) -> tuple[list[Condition], Verdict]:
    """Return the model filters of a sync, and the logic that joins them."""
    filters = as_documents(sync, "filters")
    conditions = [_condition(one) for one in filters if one["field_type"] == "Model"]
    if not sync.get("filter_logic"):
        return conditions, all_of(condition.label for condition in conditions)
    target_filters = {as_text(one, "label"): True for one in filters if one["field_type"] == "Target"}
    verdict = parse(as_text(sync, "filter_logic"), [as_text(one, "label") for one in filters])
    return conditions, lambda answers: verdict({**target_filters, **answers})


def passes(record: Record, conditions: Sequence[Condition], verdict: Verdict) -> bool:
    if not conditions:
        return True
    answers = {}
    for condition in conditions:
        value = record.get(condition.source.model_id, {}).get(condition.source.field)
        answers[condition.label] = meets(condition.function, value, condition.value)
    return verdict(answers)


def _condition(sent: Document) -> Condition:
    return Condition(
        label=as_text(sent, "label"),
        source=_source(sent, "field"),
        function=as_text(sent, "function"),
        value=sent.get("value"),
    )


def _source(member: JsonObject, name: str) -> Source:
    return Source(as_text(member, name, "model_id"), as_text(member, name, "field"))
