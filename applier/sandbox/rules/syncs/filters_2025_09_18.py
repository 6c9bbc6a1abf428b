"""Filters as version 2025-09-18 says them: conditions on models and on the target, each list with labels and logic."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.filter_logic import LogicError, names_in, parse
from applier.sandbox.rules.syncs.filters import check_function, label, normalise_filters
from applier.sandbox.rules.syncs.model_references import Models
from applier.sandbox.store import Document

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


def normalise_filter_lists(models: Models, body: Mapping[str, Any]) -> Document:
    """The filters of both lists as they are stored; a request that says other ones in the old shape is refused."""
    on_models, on_target = body.get("model_filters") or {}, body.get("target_filters") or {}
    filters = [
        *_label_conditions(
            "model_filters",
            on_models,
            [_model_condition(models, sent) for sent in _conditions("model_filters", on_models)],
        ),
        *_label_conditions(
            "target_filters",
            on_target,
            [_target_condition(models, sent) for sent in _conditions("target_filters", on_target)],
        ),
    ]
    _check_old_shape(models, body, filters)
    logic = {"filter_logic": on_models["logic"]} if on_models.get("logic") else {}
    return {"filters": filters, **logic, "target_logic": on_target.get("logic")}


def _conditions(at: str, given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if not isinstance(given, dict):
        raise bad_request(f"{at} must be an object")
    body_checks.check(given, LIST_MEMBERS, (), f"{at}: ")
    return given.get("conditions") or []


def _model_condition(models: Models, sent: Mapping[str, Any]) -> Document:
    at = "model_filters: "
    body_checks.check(sent, MODEL_MEMBERS, ("source", "function"), at)
    check_function(sent["function"], at)
    field = models.source(sent["source"], at)
    referred = {"field": field, "field_id": models.field_id(field), "field_type": "Model"}
    return {**referred, **body_checks.present_members(sent, "function", "value", "label")}


def _target_condition(models: Models, sent: Mapping[str, Any]) -> Document:
    at = "target_filters: "
    body_checks.check(sent, TARGET_MEMBERS, ("field", "function"), at)
    check_function(sent["function"], at)
    value = {"value_field": models.source(sent["value_source"], at)} if sent.get("value_source") else {}
    return {
        "field_id": sent["field"],
        "field_type": "Target",
        **body_checks.present_members(sent, "function", "value", "label"),
        **value,
    }


def _label_conditions(at: str, given: Mapping[str, Any], conditions: list[Document]) -> list[Document]:
    """Every condition with its label: its own, or by position where none has one."""
    named = [condition["label"] for condition in conditions if condition.get("label")]
    if named and len(named) < len(conditions):
        raise bad_request(f"{at}: label every condition or none")
    for name in named:
        if not LABEL.fullmatch(name) or name.lower() in OPERATORS:
            raise bad_request(f"{at}: {name!r} is not a label")
    if len(set(named)) < len(named):
        raise bad_request(f"{at}: a label is there twice")
    done = [{**condition, "label": condition.get("label") or label(i)} for i, condition in enumerate(conditions)]
    _check_logic(at, given.get("logic"), [condition["label"] for condition in done])
    return done


def _check_logic(at: str, logic: str | None, labels: list[str]) -> None:
    """The logic can be read, and names every condition."""
    if not logic or not logic.strip():
        return
    try:
        parse(logic, labels)
    except LogicError as error:
        raise bad_request(f"{at}: {error}") from error
    left_out = [name for name in labels if name not in names_in(logic)]
    if left_out:
        raise bad_request(f"{at}: logic does not name {', '.join(left_out)}")


def _check_old_shape(models: Models, body: Mapping[str, Any], filters: list[Document]) -> None:
    old = body.get("filters")
    if old and Counter(map(_meaning, normalise_filters(models, old, newer=True))) != Counter(map(_meaning, filters)):
        raise bad_request("filters contradicts model_filters and target_filters")
    logic = (body.get("model_filters") or {}).get("logic")
    if body.get("filter_logic") and _words(body["filter_logic"]) != _words(logic or ""):
        raise bad_request("filter_logic contradicts model_filters")
    target_logic = (body.get("target_filters") or {}).get("logic")
    if body["target"].get("filter_logic") and _words(body["target"]["filter_logic"]) != _words(target_logic or ""):
        raise bad_request("target: filter_logic contradicts target_filters")


def _meaning(condition: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in condition.items() if name != "label"}
    if kept["field_type"] == "Model":
        kept.pop("field_id", None)
    return json.dumps(kept, sort_keys=True)


def _words(logic: str) -> list[str]:
    words = re.findall(r"[A-Za-z0-9_]+|\S", logic)
    return [word.lower() if word.lower() in OPERATORS else word for word in words]
