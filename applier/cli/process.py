"""Prepares the streams and signals of the process for a command, and ends them cleanly."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from applier.system import ending_signals, interrupting_signals, write_utf8


def prepare_process() -> None:
    """Replace closed streams by empty ones, and treat the signals that end a job in CI like Ctrl-C."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until the process ends
    write_utf8(sys.stdout)
    write_utf8(sys.stderr)
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


def flush_streams() -> None:
    """Write what is buffered; drop what cannot be written, or the interpreter would complain at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
