"""The streams of the process: what becomes of a command when one of them cannot be written."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from applier.system import is_reader_gone, is_terminal, windows, write_utf8

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(OSError):
    """Stdout cannot be written, for another reason than that its reader is gone."""


class _Output(io.FileIO):
    """Tells that it was stdout which could not be written, and no file."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if is_reader_gone(error):
                raise
            raise OutputError(error.errno, error.strerror) from None


class _Messages(io.FileIO):
    """Drops what cannot be written: no command ends, and none ends otherwise, because nobody sees its messages."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def prepare_streams() -> None:
    """Replace closed streams by empty ones, and make the others write UTF-8 and fail as `OutputError` says."""
    sys.stdin = sys.stdin or _open_null_device("r")
    sys.stdout = _rebuild(sys.stdout, _Output) if sys.stdout else _open_null_device("w")
    sys.stderr = _rebuild(sys.stderr, _Messages) if sys.stderr else _open_null_device("w")
    write_utf8(sys.stdout)
    write_utf8(sys.stderr)


def _open_null_device(mode: str) -> TextIO:
    """Return a stream that is open until the process ends; the first in this order gets the number of a closed one."""
    return cast("TextIO", Path(os.devnull).open(mode, encoding="utf-8"))


def _rebuild(stream: TextIO, kind: type[io.FileIO]) -> TextIO:
    """Return a stream like this one that writes by `kind`; a console of Windows has a way of its own.

    A stream that a program has put in place, without a file of the system behind it, stays.
    """
    if not isinstance(stream, io.TextIOWrapper) or (windows() and is_terminal(stream)):
        return stream
    stream.flush()
    try:
        raw = kind(stream.fileno(), "w", closefd=False)
    except io.UnsupportedOperation:
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(raw), stream.encoding, stream.errors, line_buffering=stream.line_buffering
    )


def flush_streams() -> None:
    """Write what is buffered; drop what cannot be written, or the interpreter would complain at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
