"""The built-in policies: one per kind of object, attached to every object of that kind."""

from __future__ import annotations

import uuid

from applier.sandbox.json_values import Document, as_texts

NAMES = {"connection": "Connections", "model": "Models", "sync": "Syncs", "bulk_sync": "Bulk Syncs"}


def builtin_id(organization: str, kind: str) -> str:
    """Return the id of a kind's built-in policy; it does not change while the organization exists."""
    return str(uuid.uuid5(uuid.UUID(organization), f"policy {kind}"))


def with_builtin_policy(organization: str, kind: str, document: Document) -> Document:
    """Return the object with the built-in policy of its kind among its policies."""
    if kind not in NAMES:
        return document
    own = builtin_id(organization, kind)
    others = [id for id in as_texts(document.get("policies") or []) if id != own]
    return {**document, "policies": [own, *others]}
