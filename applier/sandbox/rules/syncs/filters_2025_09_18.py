"""Filters of a sync in the form of version 2025-09-18: one list on models, one on the target, each with its logic."""

from __future__ import annotations

import json
import re
from collections import Counter

from applier.sandbox.json_values import (
    Document,
    JsonObject,
    as_document,
    as_documents,
    as_mapping,
    as_optional_text,
    as_text,
)
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.filter_logic import LogicError, names_in, parse
from applier.sandbox.rules.syncs.filters import check_function, label, normalise_filters
from applier.sandbox.rules.syncs.model_references import Models

LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPERATORS = ("and", "or", "not")
LIST_MEMBERS = {"conditions": body_checks.is_objects, "logic": body_checks.is_text}
MODEL_MEMBERS = {"source": body_checks.is_object, "function": body_checks.is_text, "label": body_checks.is_text}
TARGET_MEMBERS = {
    "field": body_checks.is_text,
    "function": body_checks.is_text,
    "value_source": body_checks.is_object,
    "label": body_checks.is_text,
}


def normalise_filter_lists(models: Models, body: JsonObject) -> Document:
    """Return the filters of both lists as they are stored; refuse other filters in the old form beside them."""
    on_models, on_target = as_document(body.get("model_filters") or {}), as_document(body.get("target_filters") or {})
    model_conditions = [_model_condition(models, sent) for sent in _conditions("model_filters", on_models)]
    filters = _label_conditions("model_filters", on_models, model_conditions)
    target_conditions = [_target_condition(models, sent) for sent in _conditions("target_filters", on_target)]
    filters += _label_conditions("target_filters", on_target, target_conditions)
    _check_old_form(models, body, filters)
    logic = {"filter_logic": on_models["logic"]} if on_models.get("logic") else {}
    return {"filters": filters, **logic, "target_logic": on_target.get("logic")}


def _conditions(at: str, list_member: JsonObject) -> list[Document]:
    body_checks.check(list_member, LIST_MEMBERS, (), f"{at}: ")
    return as_documents(list_member.get("conditions") or [])


def _model_condition(models: Models, sent: JsonObject) -> Document:
    at = "model_filters: "
    body_checks.check(sent, MODEL_MEMBERS, ("source", "function"), at)
    check_function(as_text(sent, "function"), at)
    field = models.source(as_document(sent, "source"), at)
    referred = {"field": field, "field_id": models.field_id(field), "field_type": "Model"}
    return {**referred, **body_checks.present_members(sent, "function", "value", "label")}


def _target_condition(models: Models, sent: JsonObject) -> Document:
    at = "target_filters: "
    body_checks.check(sent, TARGET_MEMBERS, ("field", "function"), at)
    check_function(as_text(sent, "function"), at)
    value = {"value_field": models.source(as_document(sent, "value_source"), at)} if sent.get("value_source") else {}
    return {
        "field_id": sent["field"],
        "field_type": "Target",
        **body_checks.present_members(sent, "function", "value", "label"),
        **value,
    }


def _label_conditions(at: str, list_member: JsonObject, conditions: list[Document]) -> list[Document]:
    """Return the conditions with labels: their own, or labels by position where no condition has one."""
    named = [as_text(condition, "label") for condition in conditions if condition.get("label")]
    if named and len(named) < len(conditions):
        raise bad_request(f"{at}: label every condition or none")
    for name in named:
        if not LABEL.fullmatch(name) or name.lower() in OPERATORS:
            raise bad_request(f"{at}: {name!r} is not a label")
    if len(set(named)) < len(named):
        raise bad_request(f"{at}: a label is there twice")
    labels = named or [label(position) for position in range(len(conditions))]
    _check_logic(at, as_optional_text(list_member.get("logic")), labels)
    return [{**condition, "label": name} for condition, name in zip(conditions, labels, strict=True)]


def _check_logic(at: str, logic: str | None, labels: list[str]) -> None:
    """Refuse filter logic that cannot be read or does not name every condition."""
    if not logic or not logic.strip():
        return
    try:
        parse(logic, labels)
    except LogicError as error:
        raise bad_request(f"{at}: {error}") from error
    left_out = [name for name in labels if name not in names_in(logic)]
    if left_out:
        raise bad_request(f"{at}: logic does not name {', '.join(left_out)}")


def _check_old_form(models: Models, body: JsonObject, filters: list[Document]) -> None:
    """Refuse filters in the form of version 2024-02-08 that differ from those in the new form."""
    if body.get("filters"):
        old = normalise_filters(models, as_documents(body, "filters"), newer=True)
        if Counter(map(_meaning, old)) != Counter(map(_meaning, filters)):
            raise bad_request("filters contradicts model_filters and target_filters")
    if _contradicts(body.get("filter_logic"), body.get("model_filters")):
        raise bad_request("filter_logic contradicts model_filters")
    if _contradicts(as_document(body, "target").get("filter_logic"), body.get("target_filters")):
        raise bad_request("target: filter_logic contradicts target_filters")


def _contradicts(logic: object, list_member: object) -> bool:
    other = as_mapping(list_member or {}).get("logic")
    return bool(logic) and _words(as_text(logic)) != _words(as_text(other or ""))


def _meaning(condition: JsonObject) -> str:
    kept = {name: value for name, value in condition.items() if name != "label"}
    if kept["field_type"] == "Model":
        kept.pop("field_id", None)
    return json.dumps(kept, sort_keys=True)


def _words(logic: str) -> list[str]:
    words = re.findall(r"[A-Za-z0-9_]+|\S", logic)
    return [word.lower() if word.lower() in OPERATORS else word for word in words]
