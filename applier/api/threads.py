"""Threads for requests that only look: at Ctrl-C nobody waits for their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

from applier.system import wait_for


class _Pool(ThreadPoolExecutor):
    """Threads for whose results the main thread waits in a way that Ctrl-C ends on every system."""

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        return _results([self.submit(fn, *each) for each in zip(*iterables, strict=False)])


def _results(futures: Sequence[Future[Any]]) -> Iterator[Any]:
    try:
        for one in futures:
            wait_for(partial(_ended, one))
            yield one.result()
    finally:
        for one in futures:
            one.cancel()


def _ended(one: Future[Any], seconds: float | None) -> bool:
    return bool(wait([one], seconds).done)


@contextmanager
def side_by_side(most: int) -> Iterator[Executor]:
    """At most so many threads, until all is done that was asked for."""
    pool = _Pool(max_workers=max(1, most), thread_name_prefix="look")
    try:
        yield pool
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()
