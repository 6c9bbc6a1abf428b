"""Threads for requests that only read: Ctrl-C does not wait for their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TypeVar

from applier.system import wait_for

Item = TypeVar("Item")
Result = TypeVar("Result")


class ReadPool:
    """Threads for whose results the main thread waits in a way that Ctrl-C ends on every system."""

    def __init__(self, parallelism: int, abandoned: Event | None = None) -> None:
        self._abandoned = abandoned
        self._executor = ThreadPoolExecutor(max(1, parallelism), thread_name_prefix="read")

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Call the function for every item at once; yield the results in the order of the items."""
        return wait_for_results([self._executor.submit(function, one) for one in items], self._abandoned)

    def close(self, *, wait: bool, cancel: bool) -> None:
        """End the threads; `wait` for calls that run, `cancel` those that have not started."""
        self._executor.shutdown(wait=wait, cancel_futures=cancel)


def wait_for_results(futures: Sequence[Future[Result]], abandoned: Event | None = None) -> Iterator[Result]:
    """Yield the results in order; raise the first error, and cancel what has not started.

    Raises KeyboardInterrupt once they are `abandoned`.
    """
    try:
        for one in futures:
            wait_for(partial(_has_ended, one), abandoned.is_set if abandoned else None)
            if abandoned is not None and abandoned.is_set() and not one.done():
                raise KeyboardInterrupt
            yield one.result()
    finally:
        for one in futures:
            one.cancel()


def _has_ended(future: Future[Result], seconds: float | None) -> bool:
    return bool(wait([future], seconds).done)


@contextmanager
def side_by_side(parallelism: int, abandoned: Event | None = None) -> Iterator[ReadPool]:
    """Yield a pool of at most so many threads; at the end of the block wait until all calls have ended.

    Once `abandoned` is set, as by a second Ctrl-C, waiting ends as if KeyboardInterrupt were raised.
    """
    pool = ReadPool(parallelism, abandoned)
    try:
        yield pool
    except KeyboardInterrupt:
        pool.close(wait=False, cancel=True)
        raise
    except BaseException:
        pool.close(wait=True, cancel=True)
        raise
    pool.close(wait=True, cancel=False)
