"""Prepares the signals of the process for a command, and ends them cleanly."""

from __future__ import annotations

import signal

from applier.cli.streams import prepare_streams
from applier.system import ending_signals, interrupting_signals


def prepare_process() -> None:
    """Prepare the streams, and treat the signals that end a job in CI like Ctrl-C."""
    prepare_streams()
    for number in ending_signals():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def restore_signals() -> None:
    """Give the signals back to the system for a server, which installs handlers of its own."""
    for number in ending_signals():
        if signal.getsignal(number) is signal.default_int_handler:
            signal.signal(number, signal.SIG_DFL)


def ignore_signals() -> None:
    """Ignore further signals once the result is written, so that they cannot change the exit code.

    The interpreter restores the default handler of each signal on its way out, and a signal would then kill it.
    """
    for number in interrupting_signals():
        signal.signal(number, signal.SIG_IGN)
