"""Decodes JSON within limits: a few bytes make large values, deep ones, and numbers that nothing can read again."""

from __future__ import annotations

import json
import math

from applier.api.errors import BadAnswer, TooLarge
from applier.nesting import DEEPEST, is_too_deep

MOST_VALUES = 4_000_000
"""Values of an answer: each takes up to 100 bytes of memory, so that 64 MiB of `[],[],` take gigabytes."""


def decode_json(request: str, content: bytes) -> object:
    """Return the value that JSON stands for; the request is for messages, as `GET /api/me`.

    Raises `ValueError` for what is not JSON, `BadAnswer` for numbers that cannot be read and texts that cannot be
    written, `TooLarge` for too many values or levels.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooLarge(request, MOST_VALUES, "values")
    written = content.decode("utf-8-sig")
    try:
        body: object = json.loads(written, parse_constant=_refuse_number, parse_float=_finite)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise TooLarge(request, DEEPEST, "levels of lists and objects") from None
    except ValueError:  # of the two functions, or of Python for an integer of thousands of digits
        raise BadAnswer(f"{request} answered with a number that is too large to read.") from None
    if is_too_deep(body):
        raise TooLarge(request, DEEPEST, "levels of lists and objects")
    if "\\ud" in written or "\\uD" in written:
        _refuse_half_characters(request, body)
    return body


def _refuse_half_characters(request: str, body: object) -> None:
    """Raise `BadAnswer` for half of a pair of surrogates, as in "\\ud83d": no file and no terminal can hold it."""
    try:
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise BadAnswer(f"{request} answered with a text that is not Unicode.") from None


def _finite(text: str) -> float:
    number = float(text)
    return _refuse_number(text) if math.isinf(number) else number


def _refuse_number(text: str) -> float:
    raise ValueError(text)
