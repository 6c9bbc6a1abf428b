"""Files that come through a stream of the process: `-`, `/dev/stdin`, and `<(…)`, which shells give as `/dev/fd/63`.

Each is read once and kept, since a command may read it once per environment, and for a base.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from os import PathLike
from pathlib import Path

from applier.diagnostics import Diagnostic, diagnose

STDIN = "<stdin>"
"""The name to show for the standard input."""

_STDIN_PATHS = ("-", STDIN, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_DESCRIPTOR = re.compile(r"/(?:dev|proc/(?:self|[0-9]+))/fd/[0-9]+")
_kept_pipes: dict[tuple[int, int], bytes] = {}
_kept_stdin: list[tuple[object, bytes]] = []


def is_stdin(path: str | PathLike[str]) -> bool:
    """Return whether a path, or the name that is shown for it, stands for the standard input."""
    return os.fspath(path) in _STDIN_PATHS


def is_stream(path: str | PathLike[str]) -> bool:
    """Return whether a path, or the name that is shown for it, stands for an open stream of the process."""
    return is_stdin(path) or _DESCRIPTOR.fullmatch(os.fspath(path)) is not None


def cannot_write_back(name: str) -> Diagnostic:
    """Return the error of a command that writes to spec files about one that comes through a stream."""
    return diagnose(
        "stream-not-writable",
        f"{STDIN if is_stdin(name) else name} is a stream, and this command writes its result to the file.",
        hint="give the path of a file or folder",
    )


def read_stream(path: str | PathLike[str], limit: int) -> bytes:
    """Return the bytes of a stream, of more than `limit` those and one; the same however often it is read.

    Raises OSError.
    """
    return _read_stdin(limit) if is_stdin(path) else read_pipe(Path(path), limit)


def read_pipe(path: Path, limit: int) -> bytes:
    """Return the bytes of a file of any kind, as `read_stream` does; those of a regular file are not kept."""
    about = path.stat()
    one = about.st_dev, about.st_ino
    if not stat.S_ISREG(about.st_mode) and one in _kept_pipes:
        return _kept_pipes[one]
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if not stat.S_ISREG(about.st_mode):
        _kept_pipes[one] = data
    return data


def _read_stdin(limit: int) -> bytes:
    """Return what the standard input of now holds; the one before is forgotten."""
    stream = sys.stdin
    if stream is None:
        return b""
    if not _kept_stdin or _kept_stdin[0][0] is not stream:
        buffer = getattr(stream, "buffer", None)
        data = buffer.read(limit + 1) if buffer is not None else stream.read(limit + 1).encode("utf-8", "replace")
        _kept_stdin[:] = [(stream, data)]
    return _kept_stdin[0][1]
