"""Who needs a connection: the models, syncs and bulk syncs that fall with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from applier.sandbox.rules.context import Context

LABELS = {"model": "model", "sync": "sync", "bulk_sync": "bulk sync"}


def find_dependents(context: Context, connection: str) -> list[dict[str, str]]:
    """Every object that depends on the connection, those first that have to go first."""
    models = [
        model for model in context.session.find_all("model", context.organization) if _model_uses(model, connection)
    ]
    ids = {model["id"] for model in models}
    syncs = [
        sync for sync in context.session.find_all("sync", context.organization) if _sync_uses(sync, connection, ids)
    ]
    bulk_syncs = [
        sync
        for sync in context.session.find_all("bulk_sync", context.organization)
        if connection in (sync.get("source_connection_id"), sync.get("destination_connection_id"))
    ]
    return [*_references("bulk_sync", bulk_syncs), *_references("sync", syncs), *_references("model", models)]


def remove(context: Context, kind: str, id: str) -> None:
    """Delete an object with what belongs to it."""
    for part in ("execution", "execution_log", "bulk_execution", "bulk_error_handling", "bulk_progress"):
        for document in context.session.find_all(part, context.organization, parent=id):
            context.session.delete(part, document["id"], context.organization)
    context.delete(kind, id)


def _references(kind: str, documents: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for document in documents:
        yield {"type": LABELS[kind], "name": document["name"], "id": document["id"], "kind": kind}


def _model_uses(model: Mapping[str, Any], connection: str) -> bool:
    enricher = model.get("enricher") or {}
    return connection in (model["connection_id"], enricher.get("connection_id"))


def _sync_uses(sync: Mapping[str, Any], connection: str, models: set[str]) -> bool:
    if connection in (sync["target"]["connection_id"], sync["schedule"].get("connection_id")):
        return True
    return bool(models & set(sync["model_ids"]))
