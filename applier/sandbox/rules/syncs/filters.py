"""Filters of a sync in the form of version 2024-02-08: labels by position, field ids filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.filter_functions import FUNCTIONS
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.filter_logic import LogicError, parse
from applier.sandbox.store import Document

if TYPE_CHECKING:
    from applier.sandbox.rules.syncs.model_references import Models

FILTER_MEMBERS = {
    "function": body_checks.is_text,
    "field": body_checks.is_object,
    "field_id": body_checks.is_text,
    "field_type": body_checks.is_text,
    "label": body_checks.is_text,
}


def label(position: int) -> str:
    """A, B … Z, AA, AB …"""
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def normalise_filters(models: Models, filters: list[Mapping[str, Any]], *, newer: bool = False) -> list[Document]:
    """Filters as they are stored: labelled by position whatever label was sent."""
    return [{**_filter(models, sent, newer), "label": label(position)} for position, sent in enumerate(filters)]


def check_logic(logic: str | None, filters: list[Document], at: str = "filter_logic") -> None:
    """Refuse logic that cannot be read or that names no filter of the list."""
    try:
        if logic:
            parse(logic, [condition["label"] for condition in filters])
    except LogicError as error:
        raise bad_request(f"{at}: {error}") from error


def _filter(models: Models, sent: Mapping[str, Any], newer: bool) -> Document:
    at = "filters: "
    body_checks.check(sent, FILTER_MEMBERS, ("function",), at)
    check_function(sent["function"], at)
    value = {"value": sent["value"]} if sent.get("value") is not None else {}
    if sent.get("field_type") == "Target":
        body_checks.check(sent, {"value_field": body_checks.is_object}, ("field_id",), at)
        if newer and sent.get("value_field"):
            value = {**value, "value_field": models.source(sent["value_field"], at)}
        return {"field_id": sent["field_id"], "field_type": "Target", "function": sent["function"], **value}
    if sent.get("field"):
        field = models.source(sent["field"], at)
    elif sent.get("field_id"):
        field = models.by_field_id(sent["field_id"], at)
    else:
        raise bad_request(f"{at}one of field and field_id is required")
    referred = {"field": field, "field_id": models.field_id(field), "field_type": "Model"}
    return {**referred, "function": sent["function"], **value}


def check_function(function: str, at: str) -> None:
    """Refuse a function that does not exist."""
    if function not in FUNCTIONS:
        raise bad_request(f"{at}unknown function {function}")
