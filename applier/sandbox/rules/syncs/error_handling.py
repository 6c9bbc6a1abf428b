"""The error handling of a sync: who is notified, and whether failed records are retried."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_document
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, stamp

FLAGS = ("notify_on_record_errors", "warning_notifications", "auto_retry_record_errors")
MEMBERS = {"subscribers": body_checks.is_texts, **dict.fromkeys(FLAGS, body_checks.is_flag)}


def read(context: Context, sync_id: str) -> Document:
    return _response(context.fetch("sync", sync_id))


def update(context: Context, sync_id: str, body: JsonObject) -> Document:
    """Change the members that are sent; the others stay as they are."""
    body_checks.check(body, MEMBERS)
    context.session.begin()
    sync = context.fetch("sync", sync_id)
    handling = {**_response(sync), **body_checks.present_members(body, *MEMBERS)}
    context.save("sync", {**sync, "error_handling": handling, **stamp(context, sync)})
    return handling


def _response(sync: JsonObject) -> Document:
    return {"subscribers": [], **dict.fromkeys(FLAGS, False), **as_document(sync.get("error_handling", {}))}
