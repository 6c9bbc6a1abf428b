"""When to try again and how long to wait: connection failures, 408, 429 and 5xx, within one budget of seconds."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from applier.api.errors import ApiError, ServerFailed, Throttled, Unreachable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: at most `tries` failures and `budget` seconds; waits double from `first` up to `longest`."""

    tries: int = 10
    budget: float = 120.0
    first: float = 0.25
    longest: float = 20.0


def worth_another_try(error: ApiError) -> bool:
    """True for what may be gone in a moment. Never a 409 or another 4xx (quirk 53)."""
    return isinstance(error, Unreachable | Throttled | ServerFailed)


def clearly_not_done(error: ApiError) -> bool:
    """As above for a POST: a server that failed may have acted, and only a look can tell (quirk 53)."""
    return isinstance(error, Unreachable) or (isinstance(error, Throttled) and not error.lasting)


def persistent(
    attempt: Callable[[float], T], patience: Patience, stop: threading.Event, again: Callable[[ApiError], bool]
) -> T:
    """Call until it succeeds, fails for good, or patience ends; raises the last `ApiError`.

    `attempt` is told the moment at which patience ends.

    Waits are the server's Retry-After or exponential with jitter, and end early when `stop` is set. Being throttled
    is no failure: it counts only against the budget.
    """
    deadline = time.monotonic() + patience.budget
    failures = 0
    while True:
        try:
            return attempt(deadline)
        except ApiError as error:
            failures += not isinstance(error, Throttled)
            wait = _wait(error, failures, patience)
            last = failures >= patience.tries or time.monotonic() + wait > deadline
            if last or not again(error) or stop.wait(wait):
                raise


def _wait(error: ApiError, failures: int, patience: Patience) -> float:
    if isinstance(error, Throttled) and error.wait is not None:
        return min(error.wait, patience.budget)
    longest: float = min(patience.longest, patience.first * 2 ** max(0, failures - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter needs no cryptography
