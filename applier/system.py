"""Hides what differs between Linux, macOS and Windows: signals, streams, paths as text, files that are open.

Every function asks `SYSTEM`, so that a test can choose the branch of another system. The sandbox has its own place.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import IO

SYSTEM: str = sys.platform
"""As `sys.platform` names it: "linux", "darwin", "win32"."""

INTERRUPTED_EXIT_CODE = 130
"""The exit code of a process that Ctrl-C has ended: 128 and the number of the signal."""

TRIES, PAUSE = 10, 0.1  # how often a file is replaced that another process has open, and the seconds between
ESCAPED = "applier.escaped"  # the way to write characters that an encoding does not have
SLICE = 0.2  # seconds; the longest time that Ctrl-C waits on Windows

_REASONS = {
    errno.EACCES: "permission denied",
    errno.EADDRINUSE: "address already in use",
    errno.EADDRNOTAVAIL: "cannot assign requested address",
    errno.ECONNABORTED: "connection aborted",
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by peer",
    errno.EEXIST: "file exists",
    errno.EFBIG: "file too large",
    errno.EHOSTUNREACH: "no route to host",
    errno.EISDIR: "is a directory",
    errno.ENETUNREACH: "network is unreachable",
    errno.ENAMETOOLONG: "file name too long",
    errno.ELOOP: "the link leads back to itself",
    errno.ENOENT: "no such file or directory",
    errno.ENOSPC: "no space left on device",
    errno.ENOTDIR: "not a directory",
    errno.ENOTEMPTY: "directory not empty",
    errno.EPERM: "operation not permitted",
    errno.EPIPE: "broken pipe",
    errno.EROFS: "read-only file system",
    errno.ETIMEDOUT: "connection timed out",
}


def windows() -> bool:
    """Return whether this is Windows."""
    return SYSTEM == "win32"


def ending_signals() -> list[signal.Signals]:
    """Return the signals besides Ctrl-C by which a terminal, a parent or a CI ends a program."""
    names = ("SIGTERM", "SIGBREAK") if windows() else ("SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def interrupting_signals() -> list[signal.Signals]:
    """Return those of Ctrl-C and the ending signals that raise KeyboardInterrupt in this process now."""
    known = (signal.SIGINT, *ending_signals())
    return [one for one in known if signal.getsignal(one) is signal.default_int_handler]


def path_text(path: os.PathLike[str] | str) -> str:
    """Return a path as messages, plans and files show it: with `/` on every system."""
    text = os.fspath(path)
    return PureWindowsPath(text).as_posix() if windows() else text


def printable_path(name: str) -> str:
    """Return a path in which bytes that are not text are replaced, so that it can be printed."""
    return name.encode("utf-8", "replace").decode("utf-8")


def is_absolute(path: str) -> bool:
    """Return whether a path as `path_text` shows it starts at a root; a drive counts wherever the plan was made."""
    return path.startswith("/") or PureWindowsPath(path).is_absolute()


def relative_text(path: os.PathLike[str] | str) -> str:
    """Return a path from the current folder on; as it is where there is no way, as to another drive."""
    try:
        return path_text(os.path.relpath(path))
    except ValueError:
        return path_text(path)


def quote_argument(word: str) -> str:
    """Return a word as the shell of this system takes it for one."""
    import shlex
    import subprocess

    return subprocess.list2cmdline([word]) if windows() else shlex.quote(word)


def quote_path(path: os.PathLike[str] | str) -> str:
    """Return a path for a command to copy; one that begins with a hyphen, as an option does, begins with `./`."""
    text = path_text(path)
    return quote_argument(f"./{text}" if text.startswith("-") else text)


def quote_arguments(*words: str) -> str:
    """Return the last arguments of a command to copy, after `--` if one of them begins with a hyphen."""
    separator = ["--"] if any(one.startswith("-") for one in words) else []
    return " ".join([*separator, *map(quote_argument, words)])


def program(name: str) -> str | None:
    """Return where a program is installed, or None. One in the current folder, where Windows looks first, is none."""
    import shutil

    if not windows():
        return shutil.which(name)
    places = (Path(one, f"{name}.exe") for one in os.get_exec_path() if Path(one).is_absolute())
    return next((str(one) for one in places if one.is_file()), None)


def describe_os_error(error: OSError) -> str:
    """Return why a call to the system failed, in the same English words on every system, without a full stop."""
    number = error.errno or 0
    return _REASONS.get(number) or (error.strerror or str(error) or "unknown reason").rstrip(".").lower()


def is_missing(error: OSError) -> bool:
    """Return whether a path names nothing; Windows says of some that no file could have the name."""
    return isinstance(error, FileNotFoundError | NotADirectoryError) or (windows() and error.errno == errno.EINVAL)


def is_file(path: os.PathLike[str] | str) -> bool:
    """Return whether a path leads to a regular file; a path that no file can have, such as one too long, does not."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib raises OSError for a name that is too long


def is_folder(path: os.PathLike[str] | str) -> bool:
    """Return whether a path leads to a folder; a path that no folder can have, such as one too long, does not."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib raises OSError for a name that is too long


def exists(path: os.PathLike[str] | str) -> bool:
    """Return whether a path leads to anything; a path that nothing can have, such as one too long, does not."""
    return os.path.exists(path)  # noqa: PTH110 - pathlib raises OSError for a name that is too long


def is_terminal(stream: IO[str] | None) -> bool:
    """Return whether a person is at the other end. On Windows the null device says that it is a terminal."""
    if stream is None or not stream.isatty():
        return False
    return not windows() or _has_console(stream)


def _has_console(stream: IO[str]) -> bool:
    import ctypes
    import msvcrt

    mode = ctypes.c_ulong()
    handle = msvcrt.get_osfhandle(stream.fileno())  # type: ignore[attr-defined, unused-ignore]
    return bool(ctypes.windll.kernel32.GetConsoleMode(ctypes.c_void_p(handle), ctypes.byref(mode)))  # type: ignore[attr-defined, unused-ignore]


def write_utf8(stream: IO[str], *, document: bool = False) -> None:
    """Make a stream of this process write UTF-8 in every locale, on Windows with `\n`; a terminal keeps its encoding.

    An encoding that PYTHONIOENCODING names stays, except for a `document`: JSON, XML, HTML and YAML are UTF-8. A
    character that an encoding does not have is escaped as in JSON, so that no output fails and JSON stays JSON.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return
    is_wanted = bool(os.environ.get("PYTHONIOENCODING")) and not document and _can_encode(stream.encoding)
    if not is_terminal(stream) and not is_wanted:
        stream.reconfigure(encoding="utf-8", newline="\n" if windows() else None)
    stream.reconfigure(errors=ESCAPED)


def _can_encode(encoding: str) -> bool:
    """Return whether an encoding writes any text, with escapes for what it does not have; some are for names only."""
    try:
        return bool("a.b\u20ac\n".encode(encoding, ESCAPED))
    except (UnicodeError, LookupError):
        return False


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return `\\uXXXX` for each character that cannot be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    codes = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{code}" for code in codes), error.end


codecs.register_error(ESCAPED, _escape)


def encode_text(text: str) -> bytes:
    """Return a text as UTF-8. Half of a surrogate pair, which stands for a byte of a path, is escaped as in JSON."""
    return text.encode("utf-8", ESCAPED)


def is_reader_gone(error: BaseException) -> bool:
    """Return whether nobody reads a pipe any more, which Windows calls an invalid argument."""
    return isinstance(error, BrokenPipeError) or (
        windows() and isinstance(error, OSError) and error.errno == errno.EINVAL
    )


def replace_file(temporary: Path, target: Path) -> None:
    """Move a finished file to its place. Raises OSError.

    On Windows a file cannot be replaced while somebody reads it, as virus scanners and editors do for a moment.
    """
    if not windows():
        temporary.replace(target)
        return
    for left in reversed(range(TRIES)):
        try:
            temporary.replace(target)
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(PAUSE)


def wait_for(ended: Callable[[float | None], bool], is_given_up: Callable[[], bool] | None = None) -> None:
    """Wait until `ended`, which takes the seconds that it may wait, says that it is so, or until it is given up.

    A thread of Windows that waits for a lock is deaf to Ctrl-C, so there it wakes now and then; everywhere to ask
    whether it is given up.
    """
    seconds = SLICE if windows() or is_given_up is not None else None
    while not ended(seconds) and not (is_given_up is not None and is_given_up()):
        pass
