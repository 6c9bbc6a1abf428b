"""The command line: the only code that prints, reads the environment, asks or exits."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130
"""`ExitCode.INTERRUPTED`; its module would take too long to load here."""


def main(arguments: tuple[str, ...] | list[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Nothing but the standard library is loaded before, so that Ctrl-C ends the program silently from here on.
    """
    try:
        from applier.cli.process import ignore_signals, prepare_process

        prepare_process()
        code = run(arguments)
        ignore_signals()
    except Exception as error:
        from applier.cli.guard import format_crash

        sys.stderr.write(format_crash(error))
        code = 1
    except KeyboardInterrupt:  # while modules are loaded, a second one, or one between these lines
        code = INTERRUPTED
    if code == INTERRUPTED:
        _exit_at_once()
    sys.exit(code)


def run(arguments: tuple[str, ...] | list[str] | None = None) -> int:
    """Return the exit code of one command line. Wrong usage is 1, since 2 means that changes are pending."""
    from applier.cli.program import call

    return call(list(sys.argv[1:] if arguments is None else arguments))


def _exit_at_once() -> None:
    """End the process without waiting for threads, which may wait for answers that nobody needs any more."""
    try:
        from applier.cli.streams import flush_streams

        flush_streams()
    finally:
        os._exit(INTERRUPTED)
