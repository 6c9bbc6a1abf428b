"""The error body of a refusal in the version of the request."""

from __future__ import annotations

from http import HTTPStatus

from applier.sandbox.app.http_messages import V1, Answer
from applier.sandbox.rules.refusals import KEYS, Refusal


def error_answer(refusal: Refusal, version: str) -> Answer:
    if refusal.status == 401 and version == V1:
        return Answer(401, {"code": 401, "context": {}, "error": refusal.message, "status": HTTPStatus(401).phrase})
    document = {
        "key": KEYS.get(refusal.status, "error"),
        "message": refusal.message,
        "metadata": dict(refusal.metadata),
        "status": refusal.status,
    }
    return Answer(refusal.status, document)
