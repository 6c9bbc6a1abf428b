"""Filters of a sync in the form of version 2024-02-08: labels by position, field ids filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.filter_functions import FUNCTIONS
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.filter_logic import LogicError, parse

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
    """Return the label of a position: A, B … Z, AA, AB …"""
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def normalise_filters(models: Models, filters: Sequence[JsonObject], *, newer: bool = False) -> list[Document]:
    """Return filters as they are stored: labelled by position, whatever label was sent."""
    return [{**_filter(models, sent, newer), "label": label(position)} for position, sent in enumerate(filters)]


def check_logic(logic: object, filters: list[Document], at: str = "filter_logic") -> None:
    """Refuse filter logic that cannot be read or that names a filter which is not in the list."""
    try:
        if logic:
            parse(as_text(logic), [as_text(condition, "label") for condition in filters])
    except LogicError as error:
        raise bad_request(f"{at}: {error}") from error


def _filter(models: Models, sent: JsonObject, newer: bool) -> Document:
    at = "filters: "
    body_checks.check(sent, FILTER_MEMBERS, ("function",), at)
    check_function(as_text(sent, "function"), at)
    value = {"value": sent["value"]} if sent.get("value") is not None else {}
    if sent.get("field_type") == "Target":
        body_checks.check(sent, {"value_field": body_checks.is_object}, ("field_id",), at)
        if newer and sent.get("value_field"):
            value = {**value, "value_field": models.source(as_document(sent, "value_field"), at)}
        return {"field_id": sent["field_id"], "field_type": "Target", "function": sent["function"], **value}
    if sent.get("field"):
        field = models.source(as_document(sent, "field"), at)
    elif sent.get("field_id"):
        field = models.by_field_id(as_text(sent, "field_id"), at)
    else:
        raise bad_request(f"{at}one of field and field_id is required")
    referred = {"field": field, "field_id": models.field_id(field), "field_type": "Model"}
    return {**referred, "function": sent["function"], **value}


def check_function(function: str, at: str) -> None:
    """Refuse a function that does not exist."""
    if function not in FUNCTIONS:
        raise bad_request(f"{at}unknown function {function}")
