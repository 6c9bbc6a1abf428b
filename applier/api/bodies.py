"""Reads the body of a response in bounded steps: what it unpacks to is limited, not only what is sent."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

import httpx

from applier.api.errors import BadAnswer, TooLarge

MIB = 1024 * 1024
LARGEST_BODY = 64 * MIB
"""Bytes of an answer, as it is sent and as it is unpacked. A list of thousands of objects has a few."""
STEP = MIB  # bytes that are unpacked at once
ENCODINGS = "gzip, deflate"
"""What `Accept-Encoding` asks for: both unpack in bounded steps with zlib, whatever else is installed."""
_GZIP = 16 + zlib.MAX_WBITS
_WINDOWS = {"": 0, "identity": 0, "gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_ZLIB_METHOD = 8  # in the low bits of the first byte; "deflate" without that header is common


def read_body(request: str, response: httpx.Response, deadline: float) -> bytes:
    """Return the unpacked body of a response to a request, for messages `GET /api/me`.

    Raises `TooLarge` as soon as it is known to be so, `BadAnswer` for one that cannot be unpacked, and
    `httpx.HTTPError` when it does not end by the deadline, or ends too early.
    """
    if response.is_stream_consumed:  # by a transport inside this process, which has unpacked it, too
        return b"".join(_limit(request, [response.content], deadline))
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > len(str(LARGEST_BODY)) or int(length) > LARGEST_BODY):
        raise TooLarge(request, LARGEST_BODY // MIB)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _WINDOWS:
        raise BadAnswer(f'{request} answered in the encoding "{encoding[:40]}"; accepted are {ENCODINGS}.')
    parts = _limit(request, response.iter_raw(), deadline)
    if _WINDOWS[encoding]:
        parts = _limit(request, _unpack(request, parts, _WINDOWS[encoding]), deadline)
    content = BytesIO()
    for part in parts:
        content.write(part)
    return content.getvalue()


def _limit(request: str, parts: Iterable[bytes], deadline: float) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > LARGEST_BODY:
            raise TooLarge(request, LARGEST_BODY // MIB)
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("")
        yield part


def _unpack(request: str, parts: Iterable[bytes], window: int) -> Iterator[bytes]:
    """Yield what packed parts hold, in pieces of at most a `STEP`. What follows the packed data is not looked at."""
    unpacker = None
    try:
        for part in parts:
            if unpacker is None and part:
                is_bare = window == zlib.MAX_WBITS and part[0] & 0x0F != _ZLIB_METHOD
                unpacker = zlib.decompressobj(-window if is_bare else window)
            left = part
            while left and unpacker is not None and not unpacker.eof:
                yield unpacker.decompress(left, STEP)
                left = unpacker.unconsumed_tail
        while unpacker is not None and not unpacker.eof and (piece := unpacker.decompress(b"", STEP)):
            yield piece
    except zlib.error:
        raise BadAnswer(f"{request} answered with a body that cannot be unpacked.") from None
    if unpacker is not None and not unpacker.eof:
        raise httpx.RemoteProtocolError("The connection was closed before the packed answer was complete.")
