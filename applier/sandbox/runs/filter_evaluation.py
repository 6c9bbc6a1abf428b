"""Whether a value meets a filter function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from applier.sandbox.json_values import as_list

Test = Callable[[object, object], bool]
SPANS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}


def meets(function: str | None, actual: object, wanted: object) -> bool:
    """Return whether the value meets the function; a value that cannot be compared does not."""
    test = TESTS.get(function or "Equality")
    if test is None:
        return False
    try:
        return test(actual, wanted)
    except (TypeError, ValueError, ArithmeticError, RecursionError, re.error):
        return False


def _equal(actual: object, wanted: object) -> bool:
    if actual is None or wanted is None:
        return actual is wanted
    try:
        return bool(_comparable(actual) == _comparable(wanted))
    except (TypeError, ValueError):
        return str(actual) == str(wanted)


def _comparable(value: object) -> Decimal | str:
    """Return a value in a form in which values of one kind can be compared: a number, a time or a text."""
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


def _moment(value: object) -> datetime:
    text = value.isoformat() if isinstance(value, date) else str(value)
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _order(left: object, right: object) -> int:
    """Return -1, 0 or 1: whether a value is less than, equal to or greater than another. Raises TypeError."""
    one, other = _comparable(left), _comparable(right)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return (one > other) - (one < other)
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    raise TypeError("a number and a text cannot be compared")


def _compare(accepts: Callable[[int], bool]) -> Test:
    return lambda actual, wanted: actual is not None and accepts(_order(actual, wanted))


def _text(test: Callable[[str, str], bool], *, negated: bool = False) -> Test:
    def compare(actual: object, wanted: object) -> bool:
        found = actual is not None and test(str(actual), str(wanted))
        return found is not negated

    return compare


def _one_of(actual: object, wanted: object) -> bool:
    choices = wanted if isinstance(wanted, list) else [wanted]
    return any(_equal(actual, choice) for choice in choices)


def _contains(actual: object, wanted: object) -> bool:
    members = json.loads(actual) if isinstance(actual, str) else actual
    return isinstance(members, (list, tuple)) and any(_equal(member, wanted) for member in members)


def _between(actual: object, wanted: object) -> bool:
    low, high = wanted.values() if isinstance(wanted, dict) else as_list(wanted)
    return actual is not None and _order(low, actual) <= 0 and _order(actual, high) <= 0


def _ago(wanted: object) -> datetime:
    """Return the time that is a number of units ago: `{"value": 3, "unit": "days"}` or `3 days`."""
    if isinstance(wanted, dict):
        amount, unit = str(wanted.get("value", 0)), str(wanted.get("unit", "day"))
    else:
        amount, _, unit = str(wanted).partition(" ")
    seconds = SPANS.get(unit.strip().lower().rstrip("s") or "day", SPANS["day"])
    return datetime.now(UTC) - timedelta(seconds=float(amount) * seconds)


def _like(actual: object, wanted: object) -> bool:
    pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in str(wanted))
    return actual is not None and re.fullmatch(pattern, str(actual), re.DOTALL) is not None


def _truth(value: object) -> bool:
    return str(value).strip().lower() in ("1", "1.0", "true", "t", "yes")


TESTS: Mapping[str, Test] = {
    "Equality": _equal,
    "Inequality": lambda actual, wanted: not _equal(actual, wanted),
    "IsNull": lambda actual, wanted: actual is None,
    "IsNotNull": lambda actual, wanted: actual is not None,
    "True": lambda actual, wanted: actual is not None and _truth(actual),
    "False": lambda actual, wanted: actual is not None and not _truth(actual),
    "OnOrAfter": _compare(lambda order: order >= 0),
    "OnOrBefore": _compare(lambda order: order <= 0),
    "GreaterThan": _compare(lambda order: order > 0),
    "GreaterThanEqual": _compare(lambda order: order >= 0),
    "LessThan": _compare(lambda order: order < 0),
    "LessThanEqual": _compare(lambda order: order <= 0),
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
