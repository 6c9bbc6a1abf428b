"""Turns HTTP responses into decoded data, or into the `ApiError` of their status (docs/api/errors.md)."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from applier.api.errors import (
    HTTP_FORBIDDEN,
    ApiError,
    BadAnswer,
    Conflicted,
    Missing,
    NotAllowed,
    Refused,
    ServerFailed,
    Throttled,
)
from applier.api.json_limits import decode_json
from applier.secrets import Scrubber
from applier.secrets.urls import hide_urls

LONGEST_RAW_TEXT = 300
LONGEST_MESSAGE = 4000
LONGEST_SCRUBBED = 64 * 1024  # characters of a foreign text that are looked through for secrets
LONGEST_SECRET_AT_END = 4096  # characters before that limit that are dropped: a secret may begin in them
DAY = 86400.0
HTTP_NOT_ALLOWED = (401, HTTP_FORBIDDEN)
HTTP_MISSING = 404
HTTP_TIMEOUT = 408
HTTP_CONFLICT = 409
HTTP_THROTTLED = 429
HTTP_SERVER = 500
HTTP_CLIENT = 400


def check_version(headers: Mapping[str, str], requested: str, scrubber: Scrubber) -> None:
    """Raise `BadAnswer` when another API version served the request: its data has another form.

    See docs/api/behaviours.md#version-header.
    """
    served = headers.get("X-Polytomic-Version")
    if served is not None and served != requested:
        raise BadAnswer(
            f"The service answered in API version {_foreign(served, scrubber)} instead of {requested}.",
            hint="choose a version that the service has with --api-version",
        )


def decode_body(method: str, path: str, content: bytes) -> Mapping[str, object]:
    """Return the JSON object of a success; an empty body is an empty object. Raises `BadAnswer`.

    See docs/api/behaviours.md#missing-envelopes.
    """
    if not content.strip():
        return {}
    try:
        body = decode_json(f"{method} {path}", content)
    except ValueError:
        raise BadAnswer(f"{method} {path} answered with a body that is not JSON.") from None
    if not isinstance(body, Mapping):
        raise BadAnswer(f"{method} {path} answered with JSON that is not an object.")
    _check_ids(f"{method} {path}", body.get("data"))
    return body


def _check_ids(request: str, data: object) -> None:
    """Raise `BadAnswer` for an `id` of the data, or of an entry of it, that is neither a text nor a number."""
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, Mapping) and not isinstance(one.get("id"), str | int | float | None):
            raise BadAnswer(f"{request} answered with an id that is not a text.")


def error_of(status: int, headers: Mapping[str, str], content: bytes, scrubber: Scrubber) -> ApiError:
    """Return the error of a status with the service's own message, without secrets in it or in its metadata."""
    message, metadata = _message_and_metadata(content, scrubber)
    sentence = f"The service answered {status}" + (f": {message}" if message else " without a message")
    if status in HTTP_NOT_ALLOWED:
        return NotAllowed(sentence, status=status, metadata=metadata)
    if status == HTTP_MISSING:
        return Missing(sentence, status=status, metadata=metadata)
    if status == HTTP_CONFLICT:
        return Conflicted(sentence, status=status, metadata=metadata)
    if status == HTTP_THROTTLED:
        return Throttled(sentence, status=status, metadata=metadata, wait=retry_after(headers))
    if status == HTTP_TIMEOUT or status >= HTTP_SERVER:
        return ServerFailed(sentence, status=status, metadata=metadata)
    if status >= HTTP_CLIENT:
        return Refused(sentence + describe_dependents(metadata), status=status, metadata=metadata)
    redirect = (
        f" with a redirect to {hide_urls(_foreign(headers['Location'], scrubber))}" if "Location" in headers else ""
    )
    return BadAnswer(f"Unexpected status {status}{redirect}.")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, at most a day; None when the header is missing or cannot be read.

    An HTTP date is compared with the service's own clock, which need not agree with the one here.
    """
    value = headers.get("Retry-After")
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = (_timestamp(value) or math.nan) - (_timestamp(headers.get("Date")) or time.time())
    return None if math.isnan(seconds) else min(DAY, max(0.0, seconds))


def _timestamp(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def describe_dependents(metadata: Mapping[str, object]) -> str:
    """Return which objects use the one that cannot be deleted (docs/api/behaviours.md#connection-in-use)."""
    used_by = metadata.get("used_by")
    if not isinstance(used_by, list) or not used_by:
        return ""
    names = [f'{one.get("type")} "{one.get("name")}" ({one.get("id")})' for one in used_by if isinstance(one, Mapping)]
    return shorten("; used by " + ", ".join(names), LONGEST_MESSAGE)


def _message_and_metadata(content: bytes, scrubber: Scrubber) -> tuple[str, Mapping[str, object]]:
    """Return the message in either form of errors, else the raw text (docs/api/behaviours.md#error-bodies).

    What is cut or folded could not be recognized as a secret any more, so that secrets are hidden first.
    """
    try:
        body = decode_json("", content)
    except (ValueError, BadAnswer):
        return _foreign(content.decode("utf-8", "replace"), scrubber), {}
    if not isinstance(body, Mapping):
        return _foreign(json.dumps(body, ensure_ascii=False), scrubber), {}
    message = body.get("message") or body.get("error") or ""
    metadata = body.get("metadata") or body.get("context") or {}
    text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    hidden = scrubber.value(metadata) if len(content) <= LONGEST_SCRUBBED else {}
    return shorten(scrub(text, scrubber), LONGEST_MESSAGE), hidden if isinstance(hidden, Mapping) else {}


def scrub(text: str, scrubber: Scrubber) -> str:
    """Return a text of the service without secrets; of a text of more than 64 KB, the beginning."""
    if len(text) <= LONGEST_SCRUBBED:
        return scrubber.text(text)
    return scrubber.text(text[:LONGEST_SCRUBBED])[:-LONGEST_SECRET_AT_END]


def shorten(text: str, length: int) -> str:
    """Return a text of at most that many characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _foreign(text: str, scrubber: Scrubber) -> str:
    """Return the beginning of a text in one line, without secrets."""
    return " ".join(scrub(text, scrubber).split())[:LONGEST_RAW_TEXT]
