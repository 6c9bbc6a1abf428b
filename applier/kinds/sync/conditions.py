"""Filters and overrides of a sync: letters in the API, meaning in a diff (api.md 16.3 and 16.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from applier.kinds.base import Canonical, is_unset, mapping, sequence, text

Condition = Mapping[str, object]
MEMBERS = ("function", "value", "override")
LETTERS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def declared_filters(body: Mapping[str, object]) -> Canonical:
    """The filters of a spec, in its order; letters of the logic count those on models and on the target apart."""
    filters = [conditions(mapping(one), body.get("model")) for one in sequence(body.get("filters"))]
    return {"filters": filters, "filter_logic": body.get("filter_logic")}


def live_filters(answer: Mapping[str, object]) -> tuple[Canonical, str]:
    """The filters of an answer and their logic, and the logic of the target's ones, in letters by position.

    The service labels filters (quirk 29), in one row or in one for each sort (quirk 31), and lists them in any order.
    """
    entries = [mapping(one) for one in sequence(answer.get("filters"))]
    if all(one.get("label") for one in entries):
        entries.sort(key=lambda one: (len(text(one["label"])), text(one["label"])))
    filters = [{**conditions(one, None), "label": one.get("label")} for one in entries]
    on_model = _relettered(text(answer.get("filter_logic")), _of_model(filters))
    on_target = _relettered(text(mapping(answer.get("target")).get("filter_logic")), _of_target(filters))
    bare = [{name: value for name, value in one.items() if name != "label"} for one in filters]
    return {"filters": bare, "filter_logic": on_model}, on_target


def conditions(entry: Condition, model: object) -> dict[str, object]:
    """One condition of a spec or of an answer; letters and field ids are the service's (quirks 29 and 30)."""
    if entry.get("field_type") == "Target":
        field = entry.get("field_id") or entry.get("field")
        condition: dict[str, object] = {"field_type": "Target", "field": field}
    else:
        condition = _source(entry.get("field"), entry.get("model") or model)
    if mapping(entry.get("value_field")):
        value_field = mapping(entry["value_field"])
        other = value_field if "model_id" in value_field else value_field.get("field")
        condition["value_field"] = _source(other, value_field.get("model") or model)
    said = {name: entry[name] for name in MEMBERS if entry.get(name) is not None}
    return {**{name: value for name, value in condition.items() if not is_unset(value)}, **said}


def _source(source: object, model: object) -> dict[str, object]:
    """The field of a model: two members in a spec, one object in an answer."""
    if isinstance(source, Mapping):
        return {"model": source.get("model_id"), "field": source.get("field")}
    return {"model": model, "field": source}


def api_filters(canonical: Canonical) -> list[object]:
    """The request's filters, those on models first: so their letters are the same however the service counts."""
    filters = [mapping(one) for one in sequence(canonical.get("filters"))]
    return [api_conditions(one) for one in (*_of_model(filters), *_of_target(filters))]


def api_conditions(condition: Condition) -> dict[str, object]:
    """The request form: `field` alone for the model's, `field_id` and `field_type` for the target's (quirk 30)."""
    if condition.get("field_type") == "Target":
        body: dict[str, object] = {"field_id": condition.get("field"), "field_type": "Target"}
    else:
        body = {"field": _api_source(condition)}
    if "value_field" in condition:
        body["value_field"] = _api_source(mapping(condition["value_field"]))
    return {**body, **{name: condition[name] for name in MEMBERS if name in condition}}


def _api_source(source: Condition) -> dict[str, object]:
    return {"field": source.get("field"), "model_id": source.get("model")}


def comparable_filters(canonical: Canonical) -> Canonical:
    """Filters by what they look at, logic with the conditions themselves instead of their letters."""
    filters = [mapping(one) for one in sequence(canonical.get("filters"))]
    target = mapping(canonical.get("target"))
    logic = expand_logic(text(target.get("filter_logic")), _of_target(filters))
    return {
        "filters": by_condition(filters),
        "filter_logic": expand_logic(text(canonical.get("filter_logic")), _of_model(filters)),
        "target": {**target, "filter_logic": logic} if logic else dict(target),
    }


def by_condition(entries: Sequence[Condition]) -> dict[str, object]:
    """The conditions by what they look at, so that their order means nothing (quirk 40)."""
    return dict(zip(_keys(entries), map(_beside_its_key, entries), strict=True))


def _beside_its_key(condition: Condition) -> Condition:
    return {name: value for name, value in condition.items() if name not in ("model", "field", "field_type")}


def letters(position: int) -> str:
    """A, B … Z, AA, AB …"""
    word, position = "", position + 1
    while position:
        position, digit = divmod(position - 1, len(ascii_uppercase))
        word = ascii_uppercase[digit] + word
    return word


def expand_logic(logic: str, filters: Sequence[Condition]) -> str:
    """A `filter_logic` with every letter replaced by its condition, in one writing of operators and spaces."""
    names = {letters(position): f"[{key}]" for position, key in enumerate(_keys(filters))}
    spaced = " ".join(logic.replace("(", " ( ").replace(")", " ) ").split())
    return _replaced(spaced, names)


def _relettered(logic: str, filters: Sequence[Condition]) -> str:
    labels = [text(one.get("label")) or letters(position) for position, one in enumerate(filters)]
    return _replaced(logic, {label: letters(position) for position, label in enumerate(labels)})


def _replaced(logic: str, names: Mapping[str, str]) -> str:
    return LETTERS.sub(lambda word: _word(word.group(), names), logic)


def _word(word: str, names: Mapping[str, str]) -> str:
    return word.upper() if word.upper() in ("AND", "OR", "NOT") else names.get(word, word)


def _of_model(filters: Sequence[Condition]) -> list[Condition]:
    return [one for one in filters if one.get("field_type") != "Target"]


def _of_target(filters: Sequence[Condition]) -> list[Condition]:
    return [one for one in filters if one.get("field_type") == "Target"]


def _keys(entries: Sequence[Condition]) -> list[str]:
    """`model.field function` for each; conditions of one key are numbered by their values, not by their order."""
    heads = [_head(one) for one in entries]
    ranked = sorted(range(len(heads)), key=lambda index: (heads[index], _value(entries[index])))
    numbers = {index: sum(heads[other] == heads[index] for other in ranked[:rank]) for rank, index in enumerate(ranked)}
    return [f"{head} #{numbers[index] + 1}" if numbers[index] else head for index, head in enumerate(heads)]


def _head(condition: Condition) -> str:
    owner = "target" if condition.get("field_type") == "Target" else condition.get("model")
    return f"{owner}.{condition.get('field')} {condition.get('function')}"


def _value(condition: Condition) -> str:
    said = {name: condition[name] for name in ("value", "override", "value_field") if name in condition}
    return json.dumps(said, sort_keys=True, default=str)
