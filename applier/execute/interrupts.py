"""Turns Ctrl-C into an orderly stop: what is running ends, nothing more starts, everything is reported."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from applier.api import Client
from applier.system import INTERRUPTED_EXIT_CODE, interrupting_signals


@contextmanager
def stop_on_interrupt(client: Client) -> Iterator[None]:
    """Inside the block, a signal that would raise KeyboardInterrupt sets the `stop` of the client instead.

    A KeyboardInterrupt can be raised between any two statements. It would lose what has been started, but not been
    recorded yet. A second signal sets `abandoned`: nobody waits for requests any more, and what is known is reported.
    A third one ends the process.
    """

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        if client.abandoned.is_set():
            os._exit(INTERRUPTED_EXIT_CODE)
        if client.stop.is_set():
            client.abandoned.set()
        client.stop.set()

    is_main_thread = threading.current_thread() is threading.main_thread()  # only there can handlers be set
    signals = interrupting_signals() if is_main_thread else []
    for one in signals:
        signal.signal(one, handle)
    try:
        yield
    finally:
        for one in signals:
            signal.signal(one, signal.default_int_handler)
