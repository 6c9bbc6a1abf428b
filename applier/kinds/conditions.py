"""Filters and overrides of a sync: letters in the API, meaning in a diff (api.md 16.3 and 16.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from applier.kinds.base import mapping, unset

MEMBERS = ("function", "value", "override")
LETTERS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def conditions(entry: Mapping[str, object], model: object) -> dict[str, object]:
    """One condition of a spec or of an answer; letters and field ids are the service's (quirks 29 and 30)."""
    if entry.get("field_type") == "Target":
        field = entry.get("field_id") or entry.get("field")
        condition: dict[str, object] = {"field_type": "Target", "field": field}
    else:
        source = entry.get("field")
        if isinstance(source, Mapping):
            condition = {"model": source.get("model_id"), "field": source.get("field")}
        else:
            condition = {"model": entry.get("model") or model, "field": source}
    said = {name: entry[name] for name in MEMBERS if entry.get(name) is not None}
    return {**{name: value for name, value in condition.items() if not unset(value)}, **said}


def api_conditions(condition: Mapping[str, object]) -> dict[str, object]:
    """The request form: `field` alone for the model's, `field_id` and `field_type` for the target's (quirk 30)."""
    if condition.get("field_type") == "Target":
        place: dict[str, object] = {"field_id": condition.get("field"), "field_type": "Target"}
    else:
        place = {"field": {"field": condition.get("field"), "model_id": condition.get("model")}}
    return {**place, **{name: condition[name] for name in MEMBERS if name in condition}}


def keyed(entries: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What each condition compares with, by what it looks at, so that their order means nothing (quirk 40)."""
    return dict(zip(_keys(entries), map(_said, entries), strict=True))


def _said(condition: Mapping[str, object]) -> object:
    """What its key does not say: the value, the override, both, or that it is there."""
    said = {name: condition[name] for name in ("value", "override") if name in condition}
    return said if len(said) > 1 else next(iter(said.values()), True)


def spelled_out(logic: str, filters: Sequence[Mapping[str, object]]) -> str:
    """A `filter_logic` with every letter replaced by its condition, in one writing of operators and spaces."""
    if not logic:
        return ""
    names = dict(zip(ascii_uppercase, _keys(filters), strict=False))
    spaced = " ".join(logic.replace("(", " ( ").replace(")", " ) ").split())
    return LETTERS.sub(lambda word: _word(word.group(), names), spaced)


def _word(word: str, names: Mapping[str, str]) -> str:
    return word.upper() if word.upper() in ("AND", "OR", "NOT") else f"[{names.get(word, word)}]"


def _keys(entries: Sequence[Mapping[str, object]]) -> list[str]:
    """`model.field function` for each; conditions of one key are numbered by their values, not by their order."""
    heads = [_head(one) for one in entries]
    ranked = sorted(range(len(heads)), key=lambda index: (heads[index], _value(entries[index])))
    numbers = {index: sum(heads[other] == heads[index] for other in ranked[:rank]) for rank, index in enumerate(ranked)}
    return [f"{head} #{numbers[index] + 1}" if numbers[index] else head for index, head in enumerate(heads)]


def _head(condition: Mapping[str, object]) -> str:
    owner = "target" if condition.get("field_type") == "Target" else condition.get("model")
    return f"{owner}.{condition.get('field')} {condition.get('function')}"


def _value(condition: Mapping[str, object]) -> str:
    said = mapping({name: condition[name] for name in ("value", "override") if name in condition})
    return json.dumps(said, sort_keys=True, default=str)
