"""The rate limit of all threads: none until the service answers 429, then slow, then faster after each success."""

from __future__ import annotations

import threading
import time

from applier.api.errors import Throttled
from applier.api.responses import HTTP_THROTTLED

LONGEST_INTERVAL = 1.0  # seconds between two requests
FIRST_INTERVAL = 0.05
GROWTH = 1.5  # of the interval after each 429
RECOVERY = 0.9  # of the interval after each success
NEGLIGIBLE_INTERVAL = 0.005


class RateLimit:
    """The moment at which the next request may be sent; threads wait for it and report how the request went."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next = 0.0
        self._slowed_at = 0.0

    def wait(self, stop: threading.Event, deadline: float) -> float:
        """Sleep until a request may be sent, and return that moment; `stop` ends the wait.

        Raises `Throttled` when that moment is later than the `deadline`.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                pause = self._next - now
                if pause <= 0 or stop.is_set():
                    self._next = max(self._next, now + self._interval)
                    return now
            if now + pause > deadline:
                message = f"The service asks to wait {pause:.0f} seconds before the next request"
                raise Throttled(message, status=HTTP_THROTTLED, metadata=None, wait=pause)
            stop.wait(pause)  # then look again: another thread may have been faster, or a later 429 may ask for more

    def record_success(self) -> None:
        """Send a little faster."""
        if self._interval:
            with self._lock:
                self._interval *= RECOVERY
                if self._interval < NEGLIGIBLE_INTERVAL:
                    self._interval = 0.0

    def record_throttled(self, seconds: float | None, sent_at: float) -> None:
        """After a 429 send nothing for `seconds` (as the service asks), and then more slowly.

        Requests that were sent before the last slowdown do not count: ten 429s for ten simultaneous requests are one.
        """
        with self._lock:
            now = time.monotonic()
            if sent_at >= self._slowed_at:
                self._interval = min(LONGEST_INTERVAL, max(FIRST_INTERVAL, self._interval * GROWTH))
                self._slowed_at = now
            self._next = max(self._next, now + (self._interval if seconds is None else seconds))
