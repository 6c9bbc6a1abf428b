"""What differs between Linux, macOS and Windows in the tests: what there is, how a process ends, who says what.

A test that needs what a system lacks is skipped there, and the mark says what that is.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

WINDOWS = sys.platform == "win32"
MACOS = sys.platform == "darwin"

# The environment of a process that is to know nothing of the machine. Without some of these Python on Windows finds
# neither its sockets nor its temporary folder.
_ALWAYS = ("PATH", "HOME", "TMPDIR")
_WINDOWS = (
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT",
    "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
)  # fmt: skip
MINIMAL = frozenset(_ALWAYS + _WINDOWS if WINDOWS else _ALWAYS)

FILES = 4096  # that may be open at once; macOS allows 256 unless asked


def minimal_environment() -> dict[str, str]:
    """What a process that is to know nothing of the machine gets of this one's environment."""
    return {name: os.environ[name] for name in MINIMAL if name in os.environ}


def allow_many_files() -> None:
    """Raise the limit of open files to what a worker of the tests may need, as far as the system lets it."""
    if WINDOWS:  # there it is high enough
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# --- ending processes

# A process of Windows can be sent a signal only if it leads a group of its own, and that signal is Ctrl-Break.
OWN_GROUP: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if WINDOWS else {}
INTERRUPT: signal.Signals = signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGINT
# What ends a program as Ctrl-C does: CI ends jobs by SIGTERM. To Windows that is the same as `kill`.
ENDING = (INTERRUPT,) if WINDOWS else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def send_interrupt(process: subprocess.Popen[str]) -> None:
    """As Ctrl-C does, unless it has ended; on Windows the process was started with `OWN_GROUP`."""
    if process.poll() is None:  # Windows would not find the group of one that has ended
        process.send_signal(INTERRUPT)


def was_killed(process: subprocess.Popen[str]) -> bool:
    """Whether it ended by `kill`, and not by itself; on Windows an error of its own looks the same."""
    return process.returncode == 1 if WINDOWS else process.returncode < 0


# --- what not every system has


def _links() -> bool:
    """Whether this user may make symbolic links, which on Windows takes a privilege."""
    if not WINDOWS:
        return True
    with TemporaryDirectory() as folder:
        link = Path(folder, "link")
        try:
            link.symlink_to("nothing")
        except OSError:
            return False
        return link.is_symlink()  # under Wine it is said to be made, and is not


NO_SHELL = "Windows has no POSIX shell for the command lines of this test"
NO_GIT = "needs git"
NO_TERMINALS = "Windows has no pseudo-terminal on which a test could answer"

needs_shell = pytest.mark.skipif(WINDOWS, reason=NO_SHELL)
needs_named_pipes = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="the system has no named pipes among its files"
)
needs_permissions = pytest.mark.skipif(
    WINDOWS or os.geteuid() == 0,
    reason="Windows has no permissions that chmod could take away" if WINDOWS else "root reads everything",
)
needs_modes = pytest.mark.skipif(WINDOWS, reason="files of Windows have no modes but read-only")
needs_links = pytest.mark.skipif(not _links(), reason="this user of Windows may not make symbolic links")
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason=NO_GIT)
needs_file_limits = pytest.mark.skipif(
    find_spec("resource") is None, reason="the system has no limit for the size of a file, which stands for a full disk"
)
needs_open_files_by_name = pytest.mark.skipif(
    not Path("/dev/fd").is_dir(), reason="the system has no /dev/fd, by which an open pipe has a name"
)
needs_full_device = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="the system has no /dev/full, which stands for a full disk"
)


def require_shell() -> None:
    """Skip the test that asks, for fixtures and helpers, which cannot be marked."""
    if WINDOWS:
        pytest.skip(NO_SHELL)


def require_git() -> None:
    """Skip the test that asks, for fixtures and helpers, which cannot be marked."""
    if shutil.which("git") is None:
        pytest.skip(NO_GIT)


def require_terminals() -> None:
    """Skip the test that asks, for fixtures and helpers, which cannot be marked."""
    if WINDOWS:
        pytest.skip(NO_TERMINALS)


# --- the words of the operating system

# What other systems say, and what Linux says there. Nothing of the former is ever said on Linux.
_REFUSED, _NOT_RESOLVED = "[Errno 111] Connection refused", "[Errno -2] Name or service not known"
_MACOS = (
    (re.compile(r"\[Errno 61\] Connection refused"), _REFUSED),
    (re.compile(r"\[Errno 8\] nodename nor servname provided, or not known"), _NOT_RESOLVED),
)
_WINDOWS_WORDS = (
    (re.compile(r"\[WinError 10061\] [\w ]*refused it"), _REFUSED),
    (re.compile(r"\[Errno 1100[14]\] getaddrinfo failed"), _NOT_RESOLVED),
    # It asks again and again at a port where nobody listens, for longer than a second.
    (re.compile(r"(?<=<url> cannot be reached: )no answer in time"), "connection refused"),
)
WORDS = _WINDOWS_WORDS if WINDOWS else _MACOS if MACOS else ()


def as_on_linux(text: str) -> str:
    """The same with the words that Linux has for what other systems say differently."""
    for pattern, words in WORDS:
        text = pattern.sub(words, text)
    return text


FOLDER_FOR_A_FILE = "permission denied" if WINDOWS else "is a directory"
"""Why a folder cannot be opened as a file."""
