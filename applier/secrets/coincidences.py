"""Tells what equals a secret by chance in what applier says itself: its own words, and parts of times and ids."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from sys import maxsize

from applier.secrets.words import ORDINARY_WORDS

_AFTER_WORDS = (b" ", b".", b",", b";", b":", b")")
_COMPUTED = re.compile(
    rb"(?<![0-9A-Za-z-])(?:[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    rb"(?:Z|[+-][0-9]{2}:[0-9]{2}| UTC)?)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z-])"
)
"""Times and ids, which are computed: a part of one equals a short secret by chance."""

Span = tuple[int, int]


def drop_coincidences(data: bytes, spans: Sequence[Span]) -> list[Span]:
    """Return the spans of secrets in a text of applier without those that equal one by chance."""
    if not spans:
        return []
    computed = [one.span() for one in _COMPUTED.finditer(data)]
    return [one for one in spans if not _is_prose(data, *one) and not _is_part(one, computed)]


def _is_prose(data: bytes, start: int, end: int) -> bool:
    """Return whether a span is an ordinary word, or a part of one, of a sentence that applier wrote.

    A password can be such a word, for example "other": the sentence would tell it by its gap. What a sentence quotes of
    others can be any other word, and is hidden.
    """
    first, last = start, end
    while first and data[first - 1 : first].isalpha():
        first -= 1
    while data[last : last + 1].isalpha():
        last += 1
    if data[first:last].decode("utf-8", "replace") not in ORDINARY_WORDS:
        return False
    is_apart = first > 0 and data[first - 1] in b" (" and data[last : last + 1] in (b"", *_AFTER_WORDS)
    return is_apart and data.rstrip().endswith((b".", b":")) and data.count(b'"', 0, start) % 2 == 0


def _is_part(span: Span, wholes: Sequence[Span]) -> bool:
    """Return whether a span is a part, but not all, of one of the sorted spans, which do not overlap."""
    before = bisect_right(wholes, (span[0], maxsize))
    if not before:
        return False
    start, end = wholes[before - 1]
    return end >= span[1] and (start, end) != span
