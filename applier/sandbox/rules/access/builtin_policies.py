"""The policies that exist without anyone making them: one per kind of object, attached to every object of it."""

from __future__ import annotations

import uuid

from applier.sandbox.store import Document

NAMES = {"connection": "Connections", "model": "Models", "sync": "Syncs", "bulk_sync": "Bulk Syncs"}


def builtin_id(organization: str, kind: str) -> str:
    """The same for as long as the organization lives."""
    return str(uuid.uuid5(uuid.UUID(organization), f"policy {kind}"))


def with_builtin_policy(organization: str, kind: str, document: Document) -> Document:
    """The object with its kind's built-in policy among its policies."""
    if kind not in NAMES:
        return document
    own = builtin_id(organization, kind)
    return {**document, "policies": [own, *(id for id in document.get("policies") or [] if id != own)]}
