"""What Ctrl-C means while something is carried out: finish what is under way, start no more, tell all of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from applier.system import interrupting_signals

INTERRUPTED = 130


@contextmanager
def stop_on_interrupt(stop: threading.Event) -> Iterator[None]:
    """While it lasts, each signal that would raise KeyboardInterrupt sets `stop` instead; a second one ends at once.

    An exception can come between any two steps, and would lose what has been started and not been noted yet.
    """

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the form of a handler
        if stop.is_set():
            os._exit(INTERRUPTED)  # asked twice: leave threads and requests as they are
        stop.set()

    here = threading.current_thread() is threading.main_thread()
    mine = interrupting_signals() if here else []
    for one in mine:
        signal.signal(one, ask)
    try:
        yield
    finally:
        for one in mine:
            signal.signal(one, signal.default_int_handler)
