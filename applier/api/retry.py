"""Retries of requests: which errors are retried, the pause before each retry, and when to give up."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from applier.api.errors import ApiError, ServerFailed, Throttled, Unreachable

T = TypeVar("T")
SHORTEST_ATTEMPT = 0.25  # seconds; one with less time left would only hide why the one before failed


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `tries` failures within `budget` seconds; pauses double from `first_pause` up to `longest_pause`."""

    tries: int = 10
    budget: float = 120.0
    first_pause: float = 0.25
    longest_pause: float = 20.0


def is_retryable(error: ApiError) -> bool:
    """True for an error that may pass; never for a 409 or another 4xx (docs/api/behaviours.md#retries)."""
    return isinstance(error, Unreachable | Throttled | ServerFailed)


def is_retryable_once_only(error: ApiError) -> bool:
    """True for an error that may pass, of a request that must not act twice.

    A server that failed may have acted, and only a read can tell (docs/api/behaviours.md#retries).
    """
    return isinstance(error, Unreachable) or (isinstance(error, Throttled) and not error.lasting)


def call_with_retries(
    attempt: Callable[[float], T], policy: RetryPolicy, stop: threading.Event, retryable: Callable[[ApiError], bool]
) -> T:
    """Call until it succeeds, fails for good, or the policy is used up; raise the last `ApiError`.

    `attempt` gets the deadline, which is that of all attempts together. The pause is the service's Retry-After, or
    exponential with jitter; it ends early when `stop` is set. A 429 counts only against the budget, not the tries.
    """
    deadline = time.monotonic() + policy.budget
    failures = 0
    while True:
        try:
            return attempt(deadline)
        except ApiError as error:
            failures += not isinstance(error, Throttled)
            pause = _pause(error, failures, policy)
            is_last = failures >= policy.tries or time.monotonic() + pause + SHORTEST_ATTEMPT > deadline
            if is_last or not retryable(error) or stop.wait(pause):
                raise


def _pause(error: ApiError, failures: int, policy: RetryPolicy) -> float:
    """Return the seconds to wait before the next attempt."""
    if isinstance(error, Throttled) and error.wait is not None:
        return min(error.wait, policy.budget)
    return backoff(max(1, failures), policy.first_pause, policy.longest_pause)


def backoff(number: int, first: float, longest: float) -> float:
    """Return the seconds to wait after the n-th try: doubled each time, and different in every run."""
    return min(longest, first * 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - no cryptography
