"""The activation of syncs and bulk syncs."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, stamp


def set_active(context: Context, kind: str, id: str, body: JsonObject) -> Document:
    """Activate or deactivate an object, and return the answer to that."""
    body_checks.check(body, {"active": body_checks.is_flag}, ("active",))
    context.session.begin()
    stored = context.fetch(kind, id)
    context.save(kind, {**stored, "active": body["active"], **stamp(context, stored)})
    return {"id": id, "active": body["active"]}
