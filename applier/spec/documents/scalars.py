"""Resolves plain (unquoted) texts of YAML by the core schema of YAML 1.2.2, section 10.3.2.

So `on`, `yes`, `no`, dates and `1:30` are text, `010` is ten, `0o10` is eight. Where 1.2 is silent but JSON has no
such value (`.inf`, `.nan`, numbers beyond 64 bits), the text is refused.
"""

from __future__ import annotations

import re
from enum import Enum
from math import isinf


class Special(Enum):
    """What a plain text can be besides text, a boolean or a number."""

    NULL = "null"
    MERGE = "merge"
    NOT_JSON = "not-json"


NULLS = frozenset({"", "~", "null", "Null", "NULL"})
WORDS: dict[str, object] = {
    **dict.fromkeys(NULLS, Special.NULL),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((sign + dot for sign in ("", "+", "-") for dot in (".inf", ".Inf", ".INF")), Special.NOT_JSON),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Special.NOT_JSON),
    "<<": Special.MERGE,
}
FIRST = frozenset("+-.0123456789")
SMALLEST, LARGEST = -(2**63), 2**64 - 1
LONGEST_NUMBER = 400
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def plain(text: str) -> object:
    """Return the value that a plain text stands for, None when it stands for itself."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in FIRST:
        return None
    return number(text)


def number(text: str) -> object:
    """Return the number that a text stands for, None if it is none, `Special.NOT_JSON` if JSON cannot carry it."""
    if _INTEGER.fullmatch(text):
        if len(text) > LONGEST_NUMBER:
            return Special.NOT_JSON
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        integer = int(text, base) if base != 10 else int(text)
        return integer if SMALLEST <= integer <= LARGEST else Special.NOT_JSON
    if _FLOAT.fullmatch(text):
        if len(text) > LONGEST_NUMBER or isinf(float(text)):
            return Special.NOT_JSON
        return float(text)
    return None
