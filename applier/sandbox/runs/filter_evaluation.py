"""Decide whether a record's value meets a filter function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

Test = Callable[[Any, Any], bool]
SPANS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}


def meets(function: str | None, actual: Any, wanted: Any) -> bool:
    """Whether the value answers the function; a value that cannot be compared does not."""
    test = TESTS.get(function or "Equality")
    if test is None:
        return False
    try:
        return test(actual, wanted)
    except (TypeError, ValueError, InvalidOperation, RecursionError, re.error):
        return False


def _equal(actual: Any, wanted: Any) -> bool:
    if actual is None or wanted is None:
        return actual is wanted
    try:
        return bool(_comparable(actual) == _comparable(wanted))
    except (TypeError, ValueError):
        return str(actual) == str(wanted)


def _comparable(value: Any) -> Any:
    """A form in which values of one kind can be compared: numbers, times, text."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).isoformat()
    text = str(value)
    try:
        return Decimal(text)
    except InvalidOperation:
        return _moment(text).isoformat() if re.match(r"\d{4}-\d\d-\d\d", text) else text


def _moment(value: Any) -> datetime:
    text = value.isoformat() if isinstance(value, date) else str(value)
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _compare(test: Callable[[Any, Any], bool]) -> Test:
    return lambda actual, wanted: actual is not None and test(_comparable(actual), _comparable(wanted))


def _text(test: Callable[[str, str], bool], *, negated: bool = False) -> Test:
    def compare(actual: Any, wanted: Any) -> bool:
        found = actual is not None and test(str(actual), str(wanted))
        return found is not negated

    return compare


def _one_of(actual: Any, wanted: Any) -> bool:
    choices = wanted if isinstance(wanted, list) else [wanted]
    return any(_equal(actual, choice) for choice in choices)


def _contains(actual: Any, wanted: Any) -> bool:
    members = json.loads(actual) if isinstance(actual, str) else actual
    return isinstance(members, (list, tuple)) and any(_equal(member, wanted) for member in members)


def _between(actual: Any, wanted: Any) -> bool:
    low, high = wanted.values() if isinstance(wanted, dict) else wanted
    return actual is not None and bool(_comparable(low) <= _comparable(actual) <= _comparable(high))


def _ago(wanted: Any) -> datetime:
    """The moment that lies a number of units back: `{"value": 3, "unit": "days"}` or `3 days`."""
    if isinstance(wanted, dict):
        amount, unit = str(wanted.get("value", 0)), str(wanted.get("unit", "day"))
    else:
        amount, _, unit = str(wanted).partition(" ")
    seconds = SPANS.get(unit.strip().lower().rstrip("s") or "day", SPANS["day"])
    return datetime.now(UTC) - timedelta(seconds=float(amount) * seconds)


def _like(actual: Any, wanted: Any) -> bool:
    pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in str(wanted))
    return actual is not None and re.fullmatch(pattern, str(actual), re.DOTALL) is not None


def _truth(value: Any) -> bool:
    return str(value).strip().lower() in ("1", "1.0", "true", "t", "yes")


TESTS: Mapping[str, Test] = {
    "Equality": _equal,
    "Inequality": lambda actual, wanted: not _equal(actual, wanted),
    "IsNull": lambda actual, wanted: actual is None,
    "IsNotNull": lambda actual, wanted: actual is not None,
    "True": lambda actual, wanted: actual is not None and _truth(actual),
    "False": lambda actual, wanted: actual is not None and not _truth(actual),
    "OnOrAfter": _compare(lambda actual, wanted: bool(actual >= wanted)),
    "OnOrBefore": _compare(lambda actual, wanted: bool(actual <= wanted)),
    "GreaterThan": _compare(lambda actual, wanted: bool(actual > wanted)),
    "GreaterThanEqual": _compare(lambda actual, wanted: bool(actual >= wanted)),
    "LessThan": _compare(lambda actual, wanted: bool(actual < wanted)),
    "LessThanEqual": _compare(lambda actual, wanted: bool(actual <= wanted)),
    "StringContains": _text(lambda actual, wanted: wanted in actual),
    "StringStartsWith": _text(str.startswith),
    "StringEndsWith": _text(str.endswith),
    "StringDoesNotContain": _text(lambda actual, wanted: wanted in actual, negated=True),
    "StringDoesNotStartWith": _text(str.startswith, negated=True),
    "StringDoesNotEndWith": _text(str.endswith, negated=True),
    "StringOneOf": _one_of,
    "StringNotOneOf": lambda actual, wanted: not _one_of(actual, wanted),
    "Between": _between,
    "ArrayContains": _contains,
    "ArrayDoesNotContain": lambda actual, wanted: not _contains(actual, wanted),
    "InTheLast": lambda actual, wanted: _ago(wanted) <= _moment(actual) <= datetime.now(UTC),
    "RelativeOnOrBefore": lambda actual, wanted: _moment(actual) <= _ago(wanted),
    "RelativeOnOrAfter": lambda actual, wanted: _moment(actual) >= _ago(wanted),
    "StringLike": _like,
    "StringNotLike": lambda actual, wanted: not _like(actual, wanted),
    "StringMatchesTrimmed": _text(lambda actual, wanted: actual.strip() == wanted.strip()),
}
