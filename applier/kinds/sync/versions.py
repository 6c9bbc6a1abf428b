"""Version 2025-09-18 of a sync: model and target filters apart, several identities.

See docs/api/mappings.md#filters-and-identities-of-2025-09-18.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import ApiObject, is_unset, mapping, sequence, without
from applier.kinds.endpoints import V2, VersionAdapter

IDENTITIES = (V2,)
VALUE_FIELDS = (V2,)
# lists that an update always spells out, as [] too (docs/api/behaviours.md#empty-bodies-and-explicit-nulls)
CLEARED = ("override_fields", "filters", "overrides")
NEW_SHAPES = ("model_filters", "target_filters")


def decode(answer: ApiObject) -> ApiObject:
    """Return an answer in the shape of 2024-02-08.

    Answers carry both shapes of filters; the new one says more and counts. A light entry of a list has only
    some members of its target.

    See docs/api/behaviours.md#filter-shapes and docs/api/behaviours.md#light-sync-lists.
    """
    if "target" not in answer and "target_connection_id" in answer:
        target = {"connection_id": answer["target_connection_id"], "object": answer.get("target_object")}
        return {**answer, "target": target}
    if all(is_unset(answer.get(shape)) for shape in NEW_SHAPES):
        return answer
    on_model, on_target = (mapping(answer.get(shape)) for shape in NEW_SHAPES)
    filters = [
        *(_decode_model_filter(mapping(one)) for one in sequence(on_model.get("conditions"))),
        *(_decode_target_filter(mapping(one)) for one in sequence(on_target.get("conditions"))),
    ]
    target = {**mapping(answer.get("target")), "filter_logic": on_target.get("logic")}
    return {**answer, "filters": filters, "filter_logic": on_model.get("logic"), "target": target}


def _decode_model_filter(condition: Mapping[str, object]) -> dict[str, object]:
    others = {name: value for name, value in condition.items() if name != "source"}
    return {**others, "field": condition.get("source"), "field_type": "Model"}


def _decode_target_filter(condition: Mapping[str, object]) -> dict[str, object]:
    others = {name: value for name, value in condition.items() if name not in ("field", "value_source")}
    form = {**others, "field_id": condition.get("field"), "field_type": "Target"}
    return form if is_unset(condition.get("value_source")) else {**form, "value_field": condition["value_source"]}


def encode(body: dict[str, object]) -> dict[str, object]:
    """Return a body with the new shapes alone. Without filters the old empty list stays, which clears both sorts."""
    encoded = dict(body)
    one = mapping(encoded.pop("identity", None))
    if one:
        encoded["identities"] = {"mappings": [one]}
    elif "identities" not in encoded and all(member in encoded for member in CLEARED):
        encoded["identities"] = {"mappings": []}  # an update has something to clear
    filters = [mapping(entry) for entry in sequence(encoded.get("filters"))]
    if not filters:
        return encoded
    del encoded["filters"]
    target = dict(mapping(encoded.get("target")))
    on_target = [_encode_filter(entry) for entry in filters if entry.get("field_type") == "Target"]
    on_model = [_encode_filter(entry) for entry in filters if entry.get("field_type") != "Target"]
    logic, target_logic = encoded.pop("filter_logic", None), target.pop("filter_logic", None)
    if on_model:
        encoded["model_filters"] = {"conditions": on_model, **without({"logic": logic})}
    if on_target:
        encoded["target_filters"] = {"conditions": on_target, **without({"logic": target_logic})}
    return {**encoded, "target": target}


def _encode_filter(entry: Mapping[str, object]) -> dict[str, object]:
    names = {"field": "source", "field_id": "field", "value_field": "value_source"}
    return {names.get(name, name): value for name, value in entry.items() if name != "field_type"}


ADAPTERS = MappingProxyType({V2: VersionAdapter(decode, encode)})
