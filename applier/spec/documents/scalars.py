"""Resolves plain (unquoted) texts by the core schema of YAML 1.2.2, section 10.3.2: the grammar of all numbers.

So `on`, `yes`, `no`, dates and `1:30` are text, `010` is ten, `0o10` is eight. A number means the decimal number that
is written. What would be sent as another number is refused: `.inf`, `.nan`, integers beyond 64 bits, and decimals with
more digits than a double has. Values of variables and of the environment have the same grammar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from math import isinf
from typing import NamedTuple


class Special(Enum):
    """What a plain text can be besides text, a boolean or a number."""

    NULL = "null"
    MERGE = "merge"
    NOT_JSON = "not-json"
    INEXACT = "inexact"


class Unusable(NamedTuple):
    """Why a number is refused: the code and the detail of its diagnostic, and the hint where it is not YAML."""

    code: str
    detail: str
    hint: str


UNUSABLE_NUMBERS: dict[object, Unusable] = {
    Special.NOT_JSON: Unusable(
        "not-a-json-number",
        "Infinity, not-a-number and numbers beyond 64 bits cannot be sent to the API.",
        "infinity, not-a-number and numbers beyond 64 bits cannot be sent",
    ),
    Special.INEXACT: Unusable(
        "inexact-number",
        "The number has more digits, or a smaller exponent, than a 64-bit number keeps: another one would be sent.",
        "it has more digits, or a smaller exponent, than a 64-bit number keeps",
    ),
}


class UnusableNumber(ValueError):
    """A number that JSON cannot carry, or not exactly. `reason` tells which."""

    def __init__(self, reason: Special) -> None:
        super().__init__(reason.value)
        self.reason = reason


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
MOST_BITS = 1023
"""How many bits an integer has at most that is surely no larger than the largest double."""
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
    """Return the number that a text stands for, None if it is none.

    Return `Special.NOT_JSON` for a number that JSON cannot carry, `Special.INEXACT` for one that would become another.
    """
    if _INTEGER.fullmatch(text):
        if len(text) > LONGEST_NUMBER:
            return Special.NOT_JSON
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        integer = int(text, base) if base != 10 else int(text)
        return integer if SMALLEST <= integer <= LARGEST else _beyond_64_bits(integer)
    if _FLOAT.fullmatch(text):
        if len(text) > LONGEST_NUMBER or isinf(nearest := float(text)):
            return Special.NOT_JSON
        return nearest if _is_exact(text, nearest) else Special.INEXACT
    return None


def _beyond_64_bits(integer: int) -> object:
    """Return the double of the same digits: services that count in doubles answer 1e20 as 100000000000000000000."""
    nearest = float(integer) if integer.bit_length() <= MOST_BITS else 0.0
    return nearest if same_number(integer, nearest) else Special.NOT_JSON


def _is_exact(text: str, nearest: float) -> bool:
    """Return whether a double is sent as the number that is written."""
    if nearest == 0:
        return not re.search("[1-9]", re.split("[eE]", text)[0])
    return Decimal(text) == Decimal(repr(nearest))


def same_number(one: float, other: float) -> bool:
    """Return whether two numbers are written as the same decimal number, which is what JSON carries."""
    return _decimal(one) == _decimal(other)


def to_comparable_json(value: object) -> str:
    """Return a value as a JSON text that is the same for equal values: 10.0 and 1e1 stand in it as 10."""
    return json.dumps(_with_integers(value), sort_keys=True, default=str)


def _with_integers(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(_decimal(value))
    if isinstance(value, Mapping):
        return {key: _with_integers(member) for key, member in value.items()}
    return list(map(_with_integers, value)) if isinstance(value, list) else value


def _decimal(value: float) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def parse_json(text: str) -> object:
    """Return the value of a JSON text. Raise `ValueError` for what is not JSON, `UnusableNumber` for such a number."""
    return json.loads(text, parse_int=_usable, parse_float=_usable, parse_constant=_not_a_number)


def parse_foreign_json(text: str | bytes) -> object:
    """Return the value of a JSON text of others, in which a number that cannot be kept as it is stays its text.

    Raise `ValueError` for what is not JSON.
    """
    return json.loads(text, parse_int=_usable_or_text, parse_float=_usable_or_text, parse_constant=str)


def _usable_or_text(text: str) -> object:
    value = number(text)
    return text if isinstance(value, Special) else value


def _usable(text: str) -> object:
    value = number(text)
    if isinstance(value, Special):
        raise UnusableNumber(value)
    return value


def _not_a_number(_: str) -> object:
    raise UnusableNumber(Special.NOT_JSON)
