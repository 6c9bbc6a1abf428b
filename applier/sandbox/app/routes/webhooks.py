"""Webhooks and their deliveries."""

from __future__ import annotations

from applier.sandbox.app.http_messages import DONE, V1, V2, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_page
from applier.sandbox.json_values import Document
from applier.sandbox.rules.notifications import webhooks


def list_webhooks(call: Call) -> Answer:
    return data([_response(call, webhook) for webhook in webhooks.list_webhooks(call.context)])


def create_webhook(call: Call) -> Answer:
    return data(_response(call, webhooks.create(call.context, call.body())))


def read_webhook(call: Call) -> Answer:
    return data(_response(call, webhooks.read(call.context, call.parameter("id"))))


def replace_webhook(call: Call) -> Answer:
    return data(_response(call, webhooks.replace(call.context, call.parameter("id"), call.body())))


def delete_webhook(call: Call) -> Answer:
    webhooks.delete(call.context, call.parameter("id"))
    return DONE


def enable_webhook(call: Call) -> Answer:
    return data(_response(call, webhooks.set_disabled(call.context, call.parameter("id"), disabled=False)))


def disable_webhook(call: Call) -> Answer:
    return data(_response(call, webhooks.set_disabled(call.context, call.parameter("id"), disabled=True)))


def list_deliveries(call: Call) -> Answer:
    """Answer an empty list, since the sandbox posts no events."""
    webhooks.read(call.context, call.parameter("id"))
    deliveries: list[Document] = []
    entries, pagination = cut_page(deliveries, call.query("page_token"), None)
    return data(entries, **pagination)


def _response(call: Call, webhook: Document) -> Document:
    """Return the webhook in the version of the request: 2024-02-08 has no `disabled_at`."""
    return {name: value for name, value in webhook.items() if call.version != V1 or name != "disabled_at"}


ALL = "/api/webhooks"
ONE = f"{ALL}/{{id}}"
ENDPOINTS = (
    Endpoint("GET", ALL, list_webhooks),
    Endpoint("POST", ALL, create_webhook),
    Endpoint("GET", ONE, read_webhook),
    Endpoint("PUT", ONE, replace_webhook),
    Endpoint("DELETE", ONE, delete_webhook),
    Endpoint("POST", f"{ONE}/enable", enable_webhook),
    Endpoint("POST", f"{ONE}/disable", disable_webhook),
    Endpoint("GET", f"{ONE}/deliveries", list_deliveries, (V2,)),
)
