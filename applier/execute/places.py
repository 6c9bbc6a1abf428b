"""Counts the changes that run at the same time; one that waits for a shared list gives its place to others."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Places:
    """The places of the changes that may run at the same time. `on_free` is called when a change lends its place.

    A single place is never lent, so that the changes run one after the other, in the order of the plan.
    """

    def __init__(self, number: int, on_free: Callable[[], None]) -> None:
        self._free = number
        self._number = number
        self._on_free = on_free
        self._round = 0  # of changes that have lent their places; the next round begins when they go on
        self._lenders: deque[object] = deque()  # they take places again in the order in which they lent theirs
        self._condition = threading.Condition()

    def try_take(self) -> bool:
        """Take a place for a change that starts; return whether there was one."""
        with self._condition:
            if not self._free:
                return False
            self._free -= 1
            return True

    def give_back(self) -> None:
        """Free the place of a change that has ended."""
        with self._condition:
            self._free += 1
            self._condition.notify_all()

    def lend(self, seconds: float) -> None:
        """Free the place of a running change until nothing else can go on, at most so long; then take one again."""
        if self._number == 1:
            return
        with self._condition:
            ours, lender = self._round, object()
            self._lenders.append(lender)
            self._free += 1
            self._on_free()
            if not self._condition.wait_for(lambda: self._round > ours, seconds):
                self._start_round()
            self._condition.wait_for(lambda: self._free > 0 and self._lenders[0] is lender)
            self._lenders.popleft()
            self._free -= 1
            self._condition.notify_all()

    def go_on_if_idle(self) -> None:
        """Let the changes that have lent their places go on if no other change runs."""
        with self._condition:
            if self._free == self._number:
                self._start_round()

    def _start_round(self) -> None:
        self._round += 1
        self._condition.notify_all()
