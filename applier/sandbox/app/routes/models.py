"""Models."""

from __future__ import annotations

from collections.abc import Callable

from applier.sandbox.app.http_messages import DONE, Answer, Call, Endpoint, data
from applier.sandbox.app.pagination import cut_undeclared_page
from applier.sandbox.json_values import Document, as_document
from applier.sandbox.rules import jobs
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.models import models


def list_models(call: Call) -> Answer:
    context = call.context
    every = context.session.find_all(models.KIND, context.organization, newest=True)
    found = access_checks.readable(context, models.KIND, every)
    entries, beside = cut_undeclared_page(call, found)
    return data([models.to_list_entry(context, as_document(document)) for document in entries], **beside)


def create(call: Call) -> Answer:
    body = call.body()
    return _run_or_start_job(
        call, "createmodel", lambda: models.to_response(call.context, models.create(call.context, body))
    )


def preview(call: Call) -> Answer:
    body = call.body()
    return _run_or_start_job(
        call, "previewmodel", lambda: models.to_response(call.context, models.preview(call.context, body))
    )


def read(call: Call) -> Answer:
    return data(models.to_response(call.context, call.context.fetch(models.KIND, call.parameter("id"))))


def replace(call: Call) -> Answer:
    id, body = call.parameter("id"), call.body()
    return _run_or_start_job(
        call, "updatemodel", lambda: models.to_response(call.context, models.replace(call.context, id, body))
    )


def delete(call: Call) -> Answer:
    models.delete(call.context, call.parameter("id"))
    return DONE


def sample(call: Call) -> Answer:
    return _run_or_start_job(call, "samplemodel", lambda: models.sample(call.context, call.parameter("id")))


def _run_or_start_job(call: Call, type: str, work: Callable[[], Document]) -> Answer:
    """Answer the result of the work; with `async`, the job that does it."""
    if call.flag("async"):
        return Answer(document={"job": jobs.start(call.context, type, work)})
    return data(work())


ONE = "/api/models/{id}"
ENDPOINTS = (
    Endpoint("GET", "/api/models", list_models),
    Endpoint("POST", "/api/models", create),
    Endpoint("POST", "/api/model-preview", preview),
    Endpoint("GET", ONE, read),
    Endpoint("PUT", ONE, replace),
    Endpoint("DELETE", ONE, delete),
    Endpoint("GET", f"{ONE}/sample", sample),
)
