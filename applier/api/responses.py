"""Turns HTTP responses into decoded data, or into the `ApiError` of their status (docs/api/errors.md)."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
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
from applier.secrets import scrub

LONGEST_RAW_TEXT = 300
DAY = 86400.0
HTTP_NOT_ALLOWED = (401, HTTP_FORBIDDEN)
HTTP_MISSING = 404
HTTP_TIMEOUT = 408
HTTP_CONFLICT = 409
HTTP_THROTTLED = 429
HTTP_SERVER = 500
HTTP_CLIENT = 400


def check_version(headers: Mapping[str, str], requested: str) -> None:
    """Raise `BadAnswer` when another API version served the request: its data has another form.

    See docs/api/behaviours.md#version-header.
    """
    served = headers.get("X-Polytomic-Version")
    if served is not None and served != requested:
        raise BadAnswer(
            f"The service answered in API version {served} instead of {requested}.",
            hint="choose a version that the service has with --api-version",
        )


def decode_body(method: str, path: str, content: bytes) -> Mapping[str, object]:
    """Return the JSON object of a success; an empty body is an empty object. Raises `BadAnswer`.

    See docs/api/behaviours.md#missing-envelopes.
    """
    if not content.strip():
        return {}
    try:
        body = json.loads(content, parse_constant=_refuse_number, parse_float=_finite)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise BadAnswer(f"{method} {path} answered with a body that is not JSON.") from None
    except ValueError:  # of the two functions, or of Python for an integer of thousands of digits
        raise BadAnswer(f"{method} {path} answered with a number that is too large to read.") from None
    if not isinstance(body, Mapping):
        raise BadAnswer(f"{method} {path} answered with JSON that is not an object.")
    return body


def _finite(text: str) -> float:
    number = float(text)
    return _refuse_number(text) if math.isinf(number) else number


def _refuse_number(text: str) -> float:
    raise ValueError(text)


def error_of(status: int, headers: Mapping[str, str], content: bytes, secrets: Iterable[str]) -> ApiError:
    """Return the error of a status with the service's own message, without the secrets."""
    message, metadata = _message_and_metadata(content)
    message = scrub(message, secrets)
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
    redirect = f" with a redirect to {scrub(headers['Location'], secrets)}" if "Location" in headers else ""
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
    return "; used by " + ", ".join(names)


def _message_and_metadata(content: bytes) -> tuple[str, Mapping[str, object]]:
    """Return the message in either form of errors, else the raw text (docs/api/behaviours.md#error-bodies)."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return " ".join(content.decode("utf-8", "replace").split())[:LONGEST_RAW_TEXT], {}
    if not isinstance(body, Mapping):
        return " ".join(str(body).split())[:LONGEST_RAW_TEXT], {}
    message = body.get("message") or body.get("error") or ""
    metadata = body.get("metadata") or body.get("context") or {}
    return str(message), metadata if isinstance(metadata, Mapping) else {}
