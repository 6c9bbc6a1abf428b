"""What an HTTP answer means: decoded data, or the `ApiError` that it stands for (api.md sections 2 and 4)."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from applier.api.errors import (
    Answered,
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

LONGEST_RAW = 300
DAY = 86400.0
HTTP_NOT_ALLOWED = (401, 403)
HTTP_MISSING = 404
HTTP_TIMEOUT = 408
HTTP_CONFLICT = 409
HTTP_THROTTLED = 429
HTTP_SERVER = 500
HTTP_CLIENT = 400


def check_version(headers: Mapping[str, str], wanted: str) -> None:
    """Raises `BadAnswer` when another version served the request: shapes would not fit (quirk 49)."""
    served = headers.get("X-Polytomic-Version")
    if served is not None and served != wanted:
        raise BadAnswer(
            f"The service answered in version {served}, asked for was {wanted}.",
            hint="choose a version that the service has with --api-version",
        )


def decoded(method: str, path: str, content: bytes) -> Mapping[str, object]:
    """The JSON object of a success; an empty body is an empty object (quirk 57). Raises `BadAnswer`."""
    if not content.strip():
        return {}
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise BadAnswer(f"{method} {path} answered with something that is not JSON.") from None
    if not isinstance(body, Mapping):
        raise BadAnswer(f"{method} {path} answered with JSON that is not an object.")
    return body


def failure(status: int, headers: Mapping[str, str], content: bytes, secrets: Iterable[str]) -> ApiError:
    """The error that a status stands for, with the service's own words, from which secrets are taken out."""
    message, metadata = _words(content)
    told = scrub(message, secrets) if message else ""
    sentence = f"The service answered {status}" + (f": {told}" if told else " without a message")
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
        return Refused(sentence + used_by(metadata), status=status, metadata=metadata)
    leads = f" and leads to {scrub(headers['Location'], secrets)}" if "Location" in headers else ""
    return BadAnswer(f"The service answered {status}{leads}, which this API does not do.")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, at most a day, from a number or an HTTP date by the service's clock; None when it says nothing.

    The clocks here and there need not agree.
    """
    value = headers.get("Retry-After")
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = (_moment(value) or math.nan) - (_moment(headers.get("Date")) or time.time())
    return None if math.isnan(seconds) else min(DAY, max(0.0, seconds))


def _moment(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def used_by(metadata: Mapping[str, object]) -> str:
    """Who holds on to an object that cannot be deleted, as the service lists it (quirk 12)."""
    users = metadata.get("used_by")
    if not isinstance(users, list) or not users:
        return ""
    names = [f'{one.get("type")} "{one.get("name")}" ({one.get("id")})' for one in users if isinstance(one, Mapping)]
    return "; used by " + ", ".join(names)


def _words(content: bytes) -> tuple[str, Mapping[str, object]]:
    """The message in either error shape, else the raw text (quirk 55)."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return " ".join(content.decode("utf-8", "replace").split())[:LONGEST_RAW], {}
    if not isinstance(body, Mapping):
        return " ".join(str(body).split())[:LONGEST_RAW], {}
    message = body.get("message") or body.get("error") or ""
    metadata = body.get("metadata") or body.get("context") or {}
    return str(message), metadata if isinstance(metadata, Mapping) else {}


__all__ = ["Answered", "check_version", "decoded", "failure", "retry_after", "used_by"]
