"""The limits of a read: how long it may take, why it has to stop, and how large its values and batches may be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain
from sys import getsizeof
from typing import TypeVar

MOST_VALUE_BYTES = 16 * 1024 * 1024
"""The size of the largest value: the `VARCHAR` of Snowflake and the `MEDIUMTEXT` of MySQL have as much."""
MOST_HEAP_BYTES = 512 * 1024 * 1024
"""The memory that SQLite may use for all queries of the process: a row may have many large values."""
MOST_BATCH_BYTES = 16 * 1024 * 1024
"""The memory of the values after which a batch ends before it has all of its rows."""
_MOST_FETCHED, _SMALL_BYTES = 16, 1024 * 1024
"""How many rows are fetched at once, and their size beyond which it is the next row alone."""
MOST_QUERY_LENGTH = 250_000
"""The number of characters of the longest query; its translation takes a second and 100 MB for each 50,000."""


Row = TypeVar("Row", bound=Iterable[object])


@dataclass(frozen=True)
class _Limits:
    reason: Callable[[], str | None]
    deadline: float | None = None
    """In the seconds of `time.monotonic`."""


_LIMITS: ContextVar[_Limits | None] = ContextVar("limits", default=None)


@contextmanager
def stop_when(reason: Callable[[], str | None]) -> Iterator[None]:
    """Stop the reads from embedded databases in this block when the function returns a reason; it is called often."""
    outer = _LIMITS.get()
    with _apply(_Limits(reason, outer.deadline if outer else None), outer):
        yield


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the time of the reads in this block together; inside another limit the earlier one counts."""
    outer = _LIMITS.get()
    deadline, told = time.monotonic() + seconds, f"the query did not come to an end within {seconds:g} s"
    limits = _Limits(
        lambda: told if time.monotonic() > deadline else None,
        min(deadline, outer.deadline) if outer and outer.deadline else deadline,
    )
    with _apply(limits, outer):
        yield


@contextmanager
def _apply(limits: _Limits, outer: _Limits | None) -> Iterator[None]:
    """Apply limits in this block, in which the outer ones count, too."""
    both = _Limits(lambda: limits.reason() or outer.reason(), limits.deadline) if outer else limits
    before = _LIMITS.set(both)
    try:
        yield
    finally:
        _LIMITS.reset(before)


def stop_reason() -> Callable[[], str | None] | None:
    """Return the function that says why the reads of this block have to stop; None when nothing limits them."""
    limits = _LIMITS.get()
    return limits.reason if limits else None


def seconds_left() -> float | None:
    """Return the seconds that the reads of this block may still take, at least 1; None when nothing limits them."""
    limits = _LIMITS.get()
    return None if limits is None or limits.deadline is None else max(1.0, limits.deadline - time.monotonic())


def batches_of(fetch: Callable[[int], Sequence[Row]], most: int) -> Iterator[list[Row]]:
    """Return the rows in batches of at most `most` rows, which are smaller where the values are large.

    `fetch` returns at most so many further rows; few are asked for at once as long as the last ones were large.
    """
    batch: list[Row] = []
    size, some = 0, 1
    while rows := fetch(min(some, most - len(batch))):
        batch.extend(rows)
        fetched = sum(map(getsizeof, chain.from_iterable(rows)))
        size += fetched
        some = min(2 * some, _MOST_FETCHED) if fetched < _SMALL_BYTES else 1
        if len(batch) >= most or size > MOST_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
