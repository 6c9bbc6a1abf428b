"""The process around a command: streams that may be closed, and signals that end it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from applier.system import ending_signals, interrupting_signals, write_utf8


def attended() -> None:
    """Streams that are closed take and give nothing; what else ends a job in CI is like Ctrl-C."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until the process ends
    write_utf8(sys.stdout)
    write_utf8(sys.stderr)
    for number in ending_signals():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def left_alone() -> None:
    """A server has signal handlers of its own."""
    for number in ending_signals():
        if signal.getsignal(number) is signal.default_int_handler:
            signal.signal(number, signal.SIG_DFL)


def ignore_signals() -> None:
    """Let no signal change the exit code any more: the answer is written, only the interpreter has still to end.

    It gives every signal that has a handler back to the system on its way, and would then be killed by it.
    """
    for number in interrupting_signals():
        signal.signal(number, signal.SIG_IGN)


def flushed() -> None:
    """All is written; what cannot be any more is given up, or the interpreter would complain at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
