"""Threads for requests that only look: at Ctrl-C nobody waits for their answers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def side_by_side(most: int) -> Iterator[Executor]:
    """At most so many threads, until all is done that was asked for."""
    pool = ThreadPoolExecutor(max_workers=max(1, most), thread_name_prefix="look")
    try:
        yield pool
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()
