"""Overrides of a sync: values of a model's field that are replaced where a condition is met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.filters import check_function

if TYPE_CHECKING:
    from applier.sandbox.rules.syncs.model_references import Models

MEMBERS = {"function": body_checks.is_text, "field": body_checks.is_object, "field_id": body_checks.is_text}


def normalise_overrides(models: Models, overrides: Sequence[JsonObject]) -> list[Document]:
    return [_override(models, override) for override in overrides]


def _override(models: Models, override: JsonObject) -> Document:
    at = "overrides: "
    body_checks.check(override, MEMBERS, (), at)
    if override.get("function") is not None:
        check_function(as_text(override, "function"), at)
    if override.get("field_id"):
        field = models.by_field_id(as_text(override, "field_id"), at)
    elif override.get("field"):
        field = models.source(as_document(override, "field"), at)
    else:
        raise bad_request(f"{at}one of field and field_id is required")
    kept = body_checks.present_members(override, "function", "value", "override")
    return {"field": field, "field_id": models.field_id(field), **kept}
