"""Webhooks: the endpoint to which the events of an organization are posted. Their secret is masked in answers."""

from __future__ import annotations

from urllib.parse import urlsplit

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import Refusal, unprocessable
from applier.sandbox.rules.secret_masks import MASK

KIND = "webhook"
REQUIRED = ("endpoint", "secret")
MEMBERS = {
    "endpoint": body_checks.is_text,
    "secret": body_checks.is_text,
    "organization_id": body_checks.is_organization,
}
SCHEMES = ("http", "https")


def list_webhooks(context: Context) -> list[Document]:
    return [_response(context, webhook) for webhook in context.session.find_all(KIND, context.organization)]


def read(context: Context, id: str) -> Document:
    return _response(context, context.fetch(KIND, id))


def create(context: Context, body: JsonObject) -> Document:
    """Create the organization's webhook; a second one is refused."""
    _check(context, body)
    context.session.begin()
    if context.session.find_all(KIND, context.organization):
        raise Refusal(int(context.switches["second_webhook"]), "the organization already has a webhook")
    webhook: Document = {
        "id": new_id(),
        "endpoint": body["endpoint"],
        "secret": body["secret"],
        "organization_id": context.organization,
        "disabled": False,
        "created_at": now(),
    }
    return _response(context, context.save(KIND, webhook))


def replace(context: Context, id: str, body: JsonObject) -> Document:
    """Replace the endpoint and the secret; whether the webhook is disabled does not change."""
    _check(context, body)
    context.session.begin()
    before = context.fetch(KIND, id)
    is_mask = body["secret"] == MASK and context.switches["mask_sent_back"] == "unchanged"
    secret = before["secret"] if is_mask else body["secret"]
    return _response(context, context.save(KIND, {**before, "endpoint": body["endpoint"], "secret": secret}))


def delete(context: Context, id: str) -> None:
    context.session.begin()
    context.fetch(KIND, id)
    context.delete(KIND, id)


def set_disabled(context: Context, id: str, *, disabled: bool) -> Document:
    """Enable or disable the webhook; a request that asks for the present state changes nothing."""
    context.session.begin()
    webhook = context.fetch(KIND, id)
    if webhook["disabled"] != disabled:
        webhook = {**webhook, "disabled": disabled, "disabled_at": now() if disabled else None}
        context.save(KIND, webhook)
    return _response(context, webhook)


def _check(context: Context, body: JsonObject) -> None:
    body_checks.check(body, MEMBERS, REQUIRED, refusal=unprocessable)
    for name in REQUIRED:
        if not as_text(body, name).strip():
            raise unprocessable(f"{name} is required")
    if context.switches["webhook_endpoint"] == "refuse" and not _is_url(as_text(body, "endpoint")):
        raise unprocessable("endpoint must be an http or https URL")


def _is_url(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.hostname)


def _response(context: Context, webhook: Document) -> Document:
    response = {name: value for name, value in webhook.items() if value is not None}
    return {**response, "secret": MASK} if context.switches["webhook_secrets"] == "mask" else response
