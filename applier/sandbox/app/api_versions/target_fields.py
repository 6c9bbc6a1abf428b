"""Targets as each version shows them: 2024-02-08 knows fewer members of a field and fewer flags."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V1
from applier.sandbox.store import Document

NEWER_FIELD_MEMBERS = ("filter_functions", "values", "multiple_associations")
NEWER_FLAGS = ("supports_multiple_identities", "supports_filter_value_fields")


def to_response(version: str, target: Document) -> Document:
    """A target with its fields."""
    if version != V1:
        return target
    fields = [_without(field, NEWER_FIELD_MEMBERS) for field in target["fields"]]
    return {**target, "properties": _without(target["properties"], NEWER_FLAGS), "fields": fields}


def _without(document: Document, names: tuple[str, ...]) -> Document:
    return {name: value for name, value in document.items() if name not in names}
