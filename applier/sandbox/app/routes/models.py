"""Models."""

from __future__ import annotations

from applier.sandbox.app.messages import DONE, Answer, Call, Endpoint, data
from applier.sandbox.app.paging import undeclared_page
from applier.sandbox.rules import models


def listing(call: Call) -> Answer:
    context = call.context
    found = context.session.every(models.KIND, context.organization, newest=True)
    entries, beside = undeclared_page(call, found)
    return data([models.listed(context, document) for document in entries], **beside)


def create(call: Call) -> Answer:
    return data(models.shown(call.context, models.create(call.context, call.body())))


def preview(call: Call) -> Answer:
    return data(models.shown(call.context, models.preview(call.context, call.body())))


def read(call: Call) -> Answer:
    return data(models.shown(call.context, call.context.fetch(models.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    return data(models.shown(call.context, models.replace(call.context, call.parameter("id"), call.body())))


def delete(call: Call) -> Answer:
    models.delete(call.context, call.parameter("id"))
    return DONE


def sample(call: Call) -> Answer:
    return data(models.sample(call.context, call.parameter("id")))


ONE = "/api/models/{id}"
ENDPOINTS = (
    Endpoint("GET", "/api/models", listing),
    Endpoint("POST", "/api/models", create),
    Endpoint("POST", "/api/model-preview", preview),
    Endpoint("GET", ONE, read),
    Endpoint("PUT", ONE, replace),
    Endpoint("DELETE", ONE, delete),
    Endpoint("GET", f"{ONE}/sample", sample),
)
