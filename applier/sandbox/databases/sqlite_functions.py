"""SQL functions that the real systems have and SQLite does not."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from applier.sandbox.databases.query_limits import MOST_VALUE_BYTES
from applier.sandbox.databases.regular_expressions import matches


def add_functions(connection: sqlite3.Connection) -> None:
    """Register the functions on one connection."""
    for name, count, function in (
        ("concat", -1, _concat),
        ("concat_ws", -1, _concat_ws),
        ("left", 2, lambda text, count: None if text is None else str(text)[:count]),
        ("right", 2, lambda text, count: None if text is None else str(text)[-count:] if count else ""),
        ("initcap", 1, lambda text: None if text is None else str(text).title()),
        ("md5", 1, _md5),
        ("split_part", 3, _split_part),
        ("regexp", 2, _regexp),
        ("regexp_like", 2, lambda text, pattern: _regexp(pattern, text)),  # older sqlglot writes REGEXP as this
        ("greatest", -1, lambda *values: max(values) if values and None not in values else None),
        ("least", -1, lambda *values: min(values) if values and None not in values else None),
    ):
        connection.create_function(name, count, function, deterministic=True)


def _regexp(pattern: str, text: object) -> bool | None:
    return None if text is None else matches(pattern, str(text))


def _concat(*values: object) -> str | None:
    return None if None in values else _join("", values)


def _concat_ws(separator: str, *values: object) -> str:
    return _join(separator, [value for value in values if value is not None])


def _join(separator: str, values: Sequence[object]) -> str:
    """Return the joined values. Raises OverflowError, which SQLite tells as "too big", before there is such a text."""
    texts = [str(value) for value in values]
    if sum(map(len, texts)) + len(separator) * len(texts) > MOST_VALUE_BYTES:
        raise OverflowError
    return separator.join(texts)


def _split_part(text: str | None, separator: str, place: int) -> str | None:
    if text is None:
        return None
    start = 0
    for _ in range(place - 1):
        found = text.find(separator, start) if separator else -1
        if found < 0:
            return ""
        start = found + len(separator)
    end = text.find(separator, start) if separator else -1
    return "" if place < 1 else text[start:] if end < 0 else text[start:end]


def _md5(text: object) -> str | None:
    return None if text is None else hashlib.md5(str(text).encode(), usedforsecurity=False).hexdigest()
