"""The global error subscribers: one list of addresses per organization."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

KIND = "error_subscribers"


def read(context: Context) -> Document:
    found = context.session.get(KIND, context.organization, context.organization)
    return {"emails": context.in_switched_order(as_texts(found, "emails")) if found else []}


def replace(context: Context, body: JsonObject) -> Document:
    body_checks.check(body, {"emails": body_checks.is_texts})
    emails = list(dict.fromkeys(as_texts(body.get("emails") or [])))
    wrong = [email for email in emails if "@" not in email]
    if wrong:
        raise bad_request(f"emails: {wrong[0]!r} is not an address")
    context.session.begin()
    context.save(KIND, {"id": context.organization, "emails": emails})
    return read(context)
