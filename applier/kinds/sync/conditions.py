"""Filters and overrides of a sync: letters in the API, conditions in a diff.

See docs/api/mappings.md#filters and docs/api/mappings.md#overrides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from applier.kinds.base import Canonical, is_unset, mapping, sequence, text
from applier.kinds.sync.filter_logic import label_of
from applier.spec.documents.scalars import to_comparable_json

Condition = Mapping[str, object]
MEMBERS = ("function", "value", "override")
LETTERS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def filters_from_spec(body: Mapping[str, object]) -> Canonical:
    """Return the filters of a spec, in its order; the letters of the logic count model and target filters apart."""
    filters = [parse_condition(mapping(one), body.get("model")) for one in sequence(body.get("filters"))]
    return {"filters": filters, "filter_logic": body.get("filter_logic")}


def filters_from_api(answer: Mapping[str, object]) -> tuple[Canonical, str]:
    """Return the filters of an answer with their logic, and the logic of the target filters, in letters by position.

    The service labels filters, in one row or in one for each sort, and lists them in any order.

    See docs/api/behaviours.md#filter-labels and docs/api/behaviours.md#target-filters.
    """
    entries = [mapping(one) for one in sequence(answer.get("filters"))]
    if all(one.get("label") for one in entries):
        entries.sort(key=lambda one: (len(text(one["label"])), text(one["label"])))
    filters = [{**parse_condition(one, None), "label": one.get("label")} for one in entries]
    on_model = _letters_by_position(text(answer.get("filter_logic")), _model_filters(filters))
    on_target = _letters_by_position(text(mapping(answer.get("target")).get("filter_logic")), _target_filters(filters))
    bare = [{name: value for name, value in one.items() if name != "label"} for one in filters]
    return {"filters": bare, "filter_logic": on_model}, on_target


def parse_condition(entry: Condition, model: object) -> dict[str, object]:
    """Return one condition of a spec or of an answer; letters and field ids are the service's.

    See docs/api/behaviours.md#filter-labels and docs/api/behaviours.md#field-references.
    """
    if entry.get("field_type") == "Target":
        field = entry.get("field_id") or entry.get("field")
        condition: dict[str, object] = {"field_type": "Target", "field": field}
    else:
        condition = _source(entry.get("field"), entry.get("model") or model)
    if mapping(entry.get("value_field")):
        value_field = mapping(entry["value_field"])
        other = value_field if "model_id" in value_field else value_field.get("field")
        condition["value_field"] = _source(other, value_field.get("model") or model)
    members = {name: entry[name] for name in MEMBERS if entry.get(name) is not None}
    return {**{name: value for name, value in condition.items() if not is_unset(value)}, **members}


def _source(source: object, model: object) -> dict[str, object]:
    """Return the field of a model: two members in a spec, one object in an answer."""
    if isinstance(source, Mapping):
        return {"model": source.get("model_id"), "field": source.get("field")}
    return {"model": model, "field": source}


def filters_to_api(canonical: Canonical) -> list[object]:
    """Return the filters of a request, model filters first, so that letters do not depend on how they are counted."""
    filters = [mapping(one) for one in sequence(canonical.get("filters"))]
    return [condition_to_api(one) for one in (*_model_filters(filters), *_target_filters(filters))]


def condition_to_api(condition: Condition) -> dict[str, object]:
    """Return a condition of a request: `field` for the model, `field_id` and `field_type` for the target.

    See docs/api/behaviours.md#field-references.
    """
    if condition.get("field_type") == "Target":
        body: dict[str, object] = {"field_id": condition.get("field"), "field_type": "Target"}
    else:
        body = {"field": _source_to_api(condition)}
    if "value_field" in condition:
        body["value_field"] = _source_to_api(mapping(condition["value_field"]))
    return {**body, **{name: condition[name] for name in MEMBERS if name in condition}}


def _source_to_api(source: Condition) -> dict[str, object]:
    return {"field": source.get("field"), "model_id": source.get("model")}


def normalize_filters(canonical: Canonical) -> Canonical:
    """Return filters by what they test, and logic with the conditions in place of their letters."""
    filters = [mapping(one) for one in sequence(canonical.get("filters"))]
    target = mapping(canonical.get("target"))
    logic = expand_logic(text(target.get("filter_logic")), _target_filters(filters))
    return {
        "filters": key_by_condition(filters),
        "filter_logic": expand_logic(text(canonical.get("filter_logic")), _model_filters(filters)),
        "target": {**target, "filter_logic": logic} if logic else dict(target),
    }


def key_by_condition(entries: Sequence[Condition]) -> dict[str, object]:
    """Return the conditions by what they test, so that their order means nothing.

    See docs/api/behaviours.md#list-order.
    """
    return dict(zip(_keys(entries), map(_without_key, entries), strict=True))


def _without_key(condition: Condition) -> Condition:
    return {name: value for name, value in condition.items() if name not in ("model", "field", "field_type")}


def expand_logic(logic: str, filters: Sequence[Condition]) -> str:
    """Return a `filter_logic` with every letter replaced by its condition, and one spelling of operators and spaces."""
    names = {label_of(position): f"[{key}]" for position, key in enumerate(_keys(filters))}
    spaced = " ".join(logic.replace("(", " ( ").replace(")", " ) ").split())
    return _replace_words(spaced, names)


def _letters_by_position(logic: str, filters: Sequence[Condition]) -> str:
    labels = [text(one.get("label")) or label_of(position) for position, one in enumerate(filters)]
    return _replace_words(logic, {label: label_of(position) for position, label in enumerate(labels)})


def _replace_words(logic: str, names: Mapping[str, str]) -> str:
    return LETTERS.sub(lambda word: _word(word.group(), names), logic)


def _word(word: str, names: Mapping[str, str]) -> str:
    return word.upper() if word.upper() in ("AND", "OR", "NOT") else names.get(word, word)


def _model_filters(filters: Sequence[Condition]) -> list[Condition]:
    return [one for one in filters if one.get("field_type") != "Target"]


def _target_filters(filters: Sequence[Condition]) -> list[Condition]:
    return [one for one in filters if one.get("field_type") == "Target"]


def _keys(entries: Sequence[Condition]) -> list[str]:
    """Return `model.field function` for each; conditions of one key are numbered by their values, not their order."""
    heads = [_head(one) for one in entries]
    ranked = sorted(range(len(heads)), key=lambda index: (heads[index], _value(entries[index])))
    numbers = {index: sum(heads[other] == heads[index] for other in ranked[:rank]) for rank, index in enumerate(ranked)}
    return [f"{head} #{numbers[index] + 1}" if numbers[index] else head for index, head in enumerate(heads)]


def _head(condition: Condition) -> str:
    owner = "target" if condition.get("field_type") == "Target" else condition.get("model")
    return f"{owner}.{condition.get('field')} {condition.get('function')}"


def _value(condition: Condition) -> str:
    members = {name: condition[name] for name in ("value", "override", "value_field") if name in condition}
    return to_comparable_json(members)
