"""One pace for all threads: unlimited until the service says "too many", then slow, then ever faster again."""

from __future__ import annotations

import threading
import time

from applier.api.errors import Throttled

TOO_MANY = 429
SLOWEST = 1.0  # seconds between two requests
FIRST = 0.05
SLOWER = 1.5
RECOVERY = 0.9  # what is left of the interval after each success
NEGLIGIBLE = 0.005


class Pace:
    """When the next request may leave. Every thread asks before it sends and tells how it went."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next = 0.0
        self._slowed = 0.0

    def wait(self, stop: threading.Event, deadline: float) -> float:
        """Sleep until the next free moment, and return it; `stop` ends the wait.

        Raises `Throttled` when that moment is later than the `deadline`: the service has asked for more patience.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                pause = self._next - now
                if pause <= 0 or stop.is_set():
                    self._next = max(self._next, now + self._interval)
                    return now
            if now + pause > deadline:
                said = f"The service asks to wait {pause:.0f} seconds before the next request"
                raise Throttled(said, status=TOO_MANY, metadata=None, wait=pause)
            stop.wait(pause)  # another thread may be faster, or be told meanwhile to wait longer

    def went_well(self) -> None:
        """The service keeps up: a little faster."""
        if self._interval:
            with self._lock:
                self._interval *= RECOVERY
                if self._interval < NEGLIGIBLE:
                    self._interval = 0.0

    def throttled(self, seconds: float | None, left: float) -> None:
        """429: nobody sends for `seconds` (as the service asks), and then more slowly.

        Requests that had left before the last slowing down say nothing about it: ten at once are one "too many".
        """
        with self._lock:
            now = time.monotonic()
            if left >= self._slowed:
                self._interval = min(SLOWEST, max(FIRST, self._interval * SLOWER))
                self._slowed = now
            self._next = max(self._next, now + (self._interval if seconds is None else seconds))
