"""Parse the JSON of a request strictly: only what every other program accepts and can write again."""

from __future__ import annotations

import json
import math

from applier.sandbox.json_values import Document

SURROGATE = b"\\ud"
"""How an escaped surrogate begins; a text with half of a pair can neither be stored nor sent."""
DEEPEST = 100
"""The allowed nesting of lists and objects; no request of the API needs as much."""


def parse_json(body: bytes) -> object:
    """Return the document. Raises ValueError."""
    try:
        document: object = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_depth(document)
    if SURROGATE in body.lower():
        _check_text(document)
    return document


def _check_depth(document: object) -> None:
    level: list[object] = [document]
    for _ in range(DEEPEST):
        level = [part for whole in level if isinstance(whole, (dict, list)) for part in _parts(whole)]
        if not level:
            return
    if any(isinstance(part, (dict, list)) for part in level):
        raise ValueError(_too_deep())


def _parts(whole: Document | list[object]) -> list[object]:
    return list(whole.values()) if isinstance(whole, dict) else whole


def _check_text(document: object) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None


def _too_deep() -> str:
    return f"it is nested deeper than {DEEPEST} levels"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large a number")
    return number
