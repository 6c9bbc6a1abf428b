"""The dependents of a connection: the models, syncs and bulk syncs that use it."""

from __future__ import annotations

from dataclasses import dataclass

from applier.sandbox.json_values import Document, JsonObject, as_document, as_text, as_texts
from applier.sandbox.rules.context import Context

LABELS = {"model": "model", "sync": "sync", "bulk_sync": "bulk sync"}


@dataclass(frozen=True)
class Dependent:
    """One object that uses a connection."""

    kind: str
    name: str
    id: str

    def to_response(self) -> Document:
        return {"type": LABELS[self.kind], "name": self.name, "id": self.id}


def find_dependents(context: Context, connection: str) -> list[Dependent]:
    """Return every object that uses the connection, in the order in which they have to be deleted."""
    models = [
        model for model in context.session.find_all("model", context.organization) if _model_uses(model, connection)
    ]
    ids = {as_text(model, "id") for model in models}
    syncs = [
        sync for sync in context.session.find_all("sync", context.organization) if _sync_uses(sync, connection, ids)
    ]
    bulk_syncs = [
        sync
        for sync in context.session.find_all("bulk_sync", context.organization)
        if connection in (sync.get("source_connection_id"), sync.get("destination_connection_id"))
    ]
    found = {"bulk_sync": bulk_syncs, "sync": syncs, "model": models}
    return [Dependent(kind, as_text(one, "name"), as_text(one, "id")) for kind, them in found.items() for one in them]


def delete_with_executions(context: Context, kind: str, id: str) -> None:
    """Delete an object with its executions and their logs."""
    context.fetch(kind, id)
    for part in ("execution", "execution_log", "bulk_execution", "bulk_error_handling", "bulk_progress"):
        for document in context.session.find_all(part, context.organization, parent=id):
            context.session.delete(part, as_text(document, "id"), context.organization)
    context.delete(kind, id)


def _model_uses(model: JsonObject, connection: str) -> bool:
    enricher = as_document(model.get("enricher") or {})
    return connection in (model["connection_id"], enricher.get("connection_id"))


def _sync_uses(sync: JsonObject, connection: str, models: set[str]) -> bool:
    target, schedule = as_document(sync, "target"), as_document(sync, "schedule")
    if connection in (target["connection_id"], schedule.get("connection_id")):
        return True
    return bool(models & set(as_texts(sync, "model_ids")))
