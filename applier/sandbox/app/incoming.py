"""Read a request: its body within limits of size and time, and only if it is said to be JSON."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from applier.sandbox.app.http_messages import Incoming
from applier.sandbox.json_values import whole_number
from applier.sandbox.rules.refusals import Refusal

MOST_BYTES = 8 * 1024 * 1024
"""The size of the largest accepted body; the largest part of a real one is the SQL of a model."""
MOST_DIGITS = 18
BODY_SECONDS = 60.0
"""The time within which a body has to arrive."""


async def read_incoming(request: Request) -> Incoming:
    """Return the request with its body. Raises Refusal, and ClientDisconnect when the connection ends before.

    Starlette's RequestBodyLimitMiddleware, which newer versions have, answers in plain text.
    """
    try:
        body = await asyncio.wait_for(_read_body(request), BODY_SECONDS)
    except TimeoutError:
        raise Refusal(408, f"the request body did not arrive within {BODY_SECONDS:g} s") from None
    if body:
        _check_media_type(request.headers.getlist("content-type"))
    return Incoming(
        method=request.method,
        path=request.url.path,
        query=request.query_params.multi_items(),
        headers=dict(request.headers),
        body=body,
        parameters={name: str(value) for name, value in request.path_params.items()},
        scheme=request.url.scheme,
    )


async def _read_body(request: Request) -> bytes:
    """Return the body; the announced length is refused before the first byte is read."""
    if _announced_length(request.headers.get("content-length", "")) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _too_large()
    return bytes(body)


def _announced_length(header: str) -> int:
    """Return the length in a header; a server has refused what is no number, and far too many digits are too many."""
    return whole_number(header, MOST_DIGITS) or (MOST_BYTES + 1 if len(header) > MOST_DIGITS else 0)


def _too_large() -> Refusal:
    return Refusal(413, f"the request body is larger than {MOST_BYTES} bytes")


def _check_media_type(named: list[str]) -> None:
    """Refuse a body that is not said to be JSON: only such a body makes a browser ask before it sends."""
    kinds = [one.partition(";")[0].strip().lower() for one in named]
    if len(kinds) != 1 or not (kinds[0] == "application/json" or _is_json_variant(kinds[0])):
        given = f'not "{", ".join(named)}"' if named else "and it is missing"
        raise Refusal(415, f"the Content-Type of a request body must be application/json, {given}")


def _is_json_variant(kind: str) -> bool:
    return kind.startswith("application/") and kind.endswith("+json")
