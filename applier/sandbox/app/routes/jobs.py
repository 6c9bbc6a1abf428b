"""Jobs, and the input fields of enrichments."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V1, Answer, Call, Endpoint, data
from applier.sandbox.rules import jobs
from applier.sandbox.rules.models import enrichment


def read(call: Call) -> Answer:
    further = () if call.version == V1 else ("connectionproxy",)
    return data(jobs.read(call.context, call.parameter("type"), call.parameter("id"), further=further))


def input_fields(call: Call) -> Answer:
    return data(enrichment.input_fields(call.context, call.parameter("id"), call.body()))


ENDPOINTS = (
    Endpoint("GET", "/api/jobs/{type}/{id}", read),
    Endpoint("POST", "/api/enrichment/{id}/inputfields", input_fields),
)
