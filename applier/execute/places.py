"""Counts the changes that run at the same time; one that waits for a shared list gives its place to others."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue

from applier.execute.outcome import Outcome


class Places:
    """The places of the changes that may run at the same time.

    `events` gets None when a change lends its place, and from the executor each change that has ended.
    """

    def __init__(self, number: int) -> None:
        self.number = self._free = number
        self.events: SimpleQueue[Future[Outcome] | None] = SimpleQueue()
        self._lenders: deque[threading.Event] = deque()  # changes that wait until nothing else can go on
        self._returning: deque[threading.Event] = deque()  # changes that get the next free places, in this order
        self._lock = threading.Lock()

    def try_take(self) -> bool:
        """Take a place for a change that starts; return whether there was one."""
        with self._lock:
            if not self._free:
                return False
            self._free -= 1
            return True

    def give_back(self) -> None:
        """Free the place of a change that has ended."""
        with self._lock:
            self._free += 1
            self._hand_out()

    def lend(self, seconds: float) -> None:
        """Free the place of a running change until nothing else can go on, at most so long; then take one again."""
        has_place = threading.Event()
        with self._lock:
            self._lenders.append(has_place)
            self._free += 1
            self._hand_out()
        self.events.put(None)
        if not has_place.wait(seconds):
            self._call_back()
            has_place.wait()

    def call_back_if_idle(self) -> None:
        """Let the changes that have lent their places go on if no other change runs."""
        if self._free == self.number:
            self._call_back()

    def _call_back(self) -> None:
        with self._lock:
            self._returning.extend(self._lenders)
            self._lenders.clear()
            self._hand_out()

    def _hand_out(self) -> None:
        """Give the free places to the changes that go on; the lock is held."""
        while self._free and self._returning:
            self._free -= 1
            self._returning.popleft().set()
