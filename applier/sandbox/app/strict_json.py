"""Read the JSON of a request strictly: only what every other program takes for JSON, too, and can write down again."""

from __future__ import annotations

import json
import math
from typing import Any

SURROGATE = b"\\ud"
"""How half a character begins in JSON; such a text can neither be stored nor sent."""
DEEPEST = 100
"""Lists and objects inside each other; nothing that the API takes comes near it."""


def parse_json(body: bytes) -> Any:
    """The document; raises ValueError when there is none."""
    try:
        document = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_depth(document)
    if SURROGATE in body.lower():
        _check_text(document)
    return document


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(DEEPEST):
        level = [part for whole in level if isinstance(whole, (dict, list)) for part in _parts(whole)]
        if not level:
            return
    if any(isinstance(part, (dict, list)) for part in level):
        raise ValueError(_too_deep())


def _parts(whole: dict[str, Any] | list[Any]) -> list[Any]:
    return list(whole.values()) if isinstance(whole, dict) else whole


def _check_text(document: Any) -> None:
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
