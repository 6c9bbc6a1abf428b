"""The form of a target with its fields: version 2024-02-08 has fewer members and flags."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V1
from applier.sandbox.json_values import Document, as_document, as_documents

NEWER_FIELD_MEMBERS = ("filter_functions", "values", "multiple_associations")
NEWER_FLAGS = ("supports_multiple_identities", "supports_filter_value_fields")


def to_response(version: str, target: Document) -> Document:
    """Return a target with its fields in the form of the version."""
    if version != V1:
        return target
    fields = [_without(field, NEWER_FIELD_MEMBERS) for field in as_documents(target, "fields")]
    return {**target, "properties": _without(as_document(target, "properties"), NEWER_FLAGS), "fields": fields}


def _without(document: Document, names: tuple[str, ...]) -> Document:
    return {name: value for name, value in document.items() if name not in names}
