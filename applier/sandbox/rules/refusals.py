"""Refusals: the errors that the service answers, as exceptions with a status, a message and metadata."""

from __future__ import annotations

from applier.sandbox.json_values import JsonObject

KEYS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "conflict",
    413: "content_too_large",
    415: "unsupported_media_type",
    422: "unprocessable_entity",
    500: "internal_error",
}


class Refusal(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, metadata: JsonObject | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.metadata: JsonObject = metadata or {}


def bad_request(message: str) -> Refusal:
    return Refusal(400, message)


def forbidden(message: str) -> Refusal:
    return Refusal(403, message)


def not_found(what: str, id: str) -> Refusal:
    return Refusal(404, f"{what} {id} not found")


def conflict(message: str) -> Refusal:
    return Refusal(409, message)


def unprocessable(message: str, metadata: JsonObject | None = None) -> Refusal:
    return Refusal(422, message, metadata)
