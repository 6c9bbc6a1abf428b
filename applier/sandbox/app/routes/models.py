"""Models."""

from __future__ import annotations

from collections.abc import Callable

from applier.sandbox.app.http_messages import DONE, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import undeclared_page
from applier.sandbox.rules import jobs
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.models import models
from applier.sandbox.store import Document


def listing(call: Call) -> Answer:
    context = call.context
    every = context.session.every(models.KIND, context.organization, newest=True)
    found = access_checks.visible(context, models.KIND, every)
    entries, beside = undeclared_page(call, found)
    return data([models.listed(context, document) for document in entries], **beside)


def create(call: Call) -> Answer:
    body = call.body()
    return _done(call, "createmodel", lambda: models.shown(call.context, models.create(call.context, body)))


def preview(call: Call) -> Answer:
    body = call.body()
    return _done(call, "previewmodel", lambda: models.shown(call.context, models.preview(call.context, body)))


def read(call: Call) -> Answer:
    return data(models.shown(call.context, call.context.fetch(models.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    id, body = call.parameter("id"), call.body()
    return _done(call, "updatemodel", lambda: models.shown(call.context, models.replace(call.context, id, body)))


def delete(call: Call) -> Answer:
    models.delete(call.context, call.parameter("id"))
    return DONE


def sample(call: Call) -> Answer:
    return _done(call, "samplemodel", lambda: models.sample(call.context, call.parameter("id")))


def _done(call: Call, type: str, work: Callable[[], Document]) -> Answer:
    """What the work comes to, or with `async` the job that does it."""
    if call.flag("async"):
        return Answer(document={"job": jobs.started(call.context, type, work)})
    return data(work())


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
