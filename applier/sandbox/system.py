"""What differs between Linux, macOS and Windows for the sandbox: ports, paths as text, open files.

Every function asks `SYSTEM`, so that a test can choose the branch of another system. The rest of applier has its own.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import TypeVar

SYSTEM: str = sys.platform
"""As `sys.platform` names it: "linux", "darwin", "win32"."""

TRIES, PAUSE = 10, 0.1  # how often a file is deleted that another process has open, and the seconds between
SLICE = 0.2  # seconds; the longest time that Ctrl-C waits on Windows

_REASONS = {
    errno.EACCES: "Permission denied",
    errno.EADDRINUSE: "Address already in use",
    errno.EADDRNOTAVAIL: "Cannot assign requested address",
    errno.EEXIST: "File exists",
    errno.ENOENT: "No such file or directory",
    errno.ENOSPC: "No space left on device",
    errno.ENOTDIR: "Not a directory",
    errno.EROFS: "Read-only file system",
}
_NAMING = threading.Lock()
Result = TypeVar("Result")


def windows() -> bool:
    """Return whether this is Windows."""
    return SYSTEM == "win32"


def path_text(path: os.PathLike[str] | str) -> str:
    """Return a path as messages show it: with `/` on every system."""
    text = os.fspath(path)
    return PureWindowsPath(text).as_posix() if windows() else text


def reason(error: OSError) -> str:
    """Return why an address or a folder cannot be had, in the same English words on every system if they are common."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def claim_port(listener: socket.socket) -> None:
    """Allow a socket to use a port that a server has just left, but not one that a server still listens on.

    On Windows the option of other systems would let any number of servers share the port.
    """
    name = "SO_EXCLUSIVEADDRUSE" if windows() else "SO_REUSEADDR"
    listener.setsockopt(socket.SOL_SOCKET, getattr(socket, name), 1)


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, with all above it that are missing. Raises OSError.

    One that is there keeps its mode. Windows has no modes.
    """
    if not folder.is_dir():
        if folder.parent != folder:
            make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private_file(file: Path) -> None:
    """Make an empty file that only its owner can read, before SQLite makes one that everyone can. Raises OSError.

    One that is there is closed to others; what SQLite keeps beside a database gets the mode of the database.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    close_to_others(file)


def close_to_others(path: Path) -> None:
    """Take a file or folder away from everyone but its owner; one of somebody else stays as it is."""
    with suppress(OSError):
        mode = path.stat().st_mode & 0o777
        if not windows() and mode & 0o077:
            path.chmod(mode & 0o700)


def remove(path: Path) -> None:
    """Delete a file if it is there. Raises OSError.

    On Windows a file cannot be deleted while somebody has it open, so it is tried for a second.
    """
    for left in reversed(range(TRIES if windows() else 1)):
        try:
            path.unlink(missing_ok=True)
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(PAUSE)


def remove_database(file: Path) -> None:
    """Delete an SQLite database, then what SQLite keeps beside it. Raises OSError."""
    for ending in ("", "-wal", "-shm"):
        remove(file.with_name(file.name + ending))


def give_name(file: Path, name: Path) -> None:
    """Give a finished file a name, unless another file has it: then that one stays. Raises OSError.

    The file may be left under its old name. FAT, exFAT and many network drives have no hard links.
    """
    try:
        os.link(file, name)
    except FileExistsError:
        return
    except OSError:
        with _NAMING, suppress(FileExistsError):
            if not name.exists():
                file.rename(name)


def result_of(future: Future[Result]) -> Result:
    """Return what a future ends with, or raise what it raises.

    A thread of Windows that waits for a lock is deaf to Ctrl-C, so there it wakes now and then.
    """
    while windows() and wait([future], SLICE).not_done:
        pass
    return future.result()
