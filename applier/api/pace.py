"""One pace for all threads: unlimited until the service says "too many", then slow, then ever faster again."""

from __future__ import annotations

import threading
import time

SLOWEST = 2.0  # seconds between two requests
FIRST = 0.05
RECOVERY = 0.9  # what is left of the interval after each success
NEGLIGIBLE = 0.005


class Pace:
    """When the next request may leave. Every thread asks before it sends and tells how it went."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Take the next free moment and sleep until it comes; `stop` ends the wait."""
        with self._lock:
            now = time.monotonic()
            moment = max(now, self._next)
            self._next = moment + self._interval
        if moment > now:
            stop.wait(moment - now)

    def went_well(self) -> None:
        """The service keeps up: a little faster."""
        if self._interval:
            with self._lock:
                self._interval *= RECOVERY
                if self._interval < NEGLIGIBLE:
                    self._interval = 0.0

    def throttled(self, seconds: float | None) -> None:
        """429: nobody sends for `seconds` (as the service asks), and then at half the pace."""
        with self._lock:
            self._interval = min(SLOWEST, max(FIRST, self._interval * 2))
            self._next = max(self._next, time.monotonic() + (seconds or self._interval))
