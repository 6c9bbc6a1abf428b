"""Writes files: the one way for everything that the product writes.

Content is written beside its place, flushed to the disk and moved over, so that a file always has its old content or
its new one, whatever ends the process. Links are followed, and what is replaced keeps its rights. Pipes, devices and
the streams of the process (`/dev/stdout`) are written to directly.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from applier.system import encode_text, replace_file, windows

BINARY = getattr(os, "O_BINARY", 0)  # on Windows, where a text file is another thing
LONGEST_STEM = 40
"""Characters of a file's name in the name of its temporary file: file systems limit the length of names."""

TEMPORARY = re.compile(r"\..+\.(?P<host>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{12}\.applier")
"""The name of a temporary file tells which process of which machine writes it."""

LONGEST_WRITE = 3600.0  # seconds, after which a temporary file is taken for left over if its process is not known
SWEEP_PAUSE = 0.2  # seconds between two searches of a folder for temporary files, which take long where it has many
NOT_MOVABLE = (errno.EBUSY, errno.EXDEV)  # a file that is a mount point, as containers have them, cannot be replaced
STREAM = re.compile(r"/dev/(?:(?P<name>stdout|stderr)|fd/(?P<number>\d+))")

_own: set[str] = set()  # the temporary files that this process writes now
_swept: dict[Path, float] = {}  # when folders were searched


@dataclass(frozen=True, slots=True)
class _Staged:
    """The new content of a file in a temporary file beside it; `temporary` is None where the folder takes no file."""

    target: Path
    temporary: Path | None
    data: bytes


def write_file(path: Path | str, content: str | bytes, *, private: bool = False) -> None:
    """Replace a file as a whole, or create it; text is written as UTF-8. Raises OSError; the old content is kept then.

    A `private` file can be read by its owner only. Windows has no modes.
    """
    write_files({path: content}, private=private)


def write_files(contents: Mapping[Path | str, str | bytes], *, private: bool = False) -> None:
    """Replace or create several files: none is changed before the content of all is on the disk. Raises OSError."""
    staged: dict[Path | str, _Staged] = {}
    try:
        for path, content in contents.items():
            data = encode_text(content) if isinstance(content, str) else content
            with _naming(path):
                target, found = _find_target(path)
                if found is None or stat.S_ISREG(found.st_mode):
                    staged[path] = _stage(target, found, data, private)
                else:
                    _write_stream(path, data)
        for path, one in staged.items():
            with _naming(path):
                _move(one)
    finally:
        for one in staged.values():
            _discard(one)


@contextmanager
def _naming(path: Path | str) -> Iterator[None]:
    """Let an OSError name the file that is meant, and neither its temporary file nor where a link leads."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None
        raise


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder, which is made with the folders below it. Raises OSError.

    No file is changed before the content of all is on the disk.
    """
    for parent in sorted({(folder / name).parent for name in files} | {folder}):
        parent.mkdir(parents=True, exist_ok=True)
    write_files({folder / name: content for name, content in files.items()})


def existing_files(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the files that exist in the folder already, dangling links included."""
    return tuple(name for name in files if os.path.lexists(folder / name))


def check_writable(path: Path | str) -> None:
    """Raise OSError if a file cannot be written. Nothing is created, and no pipe is opened: its reader would see that.

    That the disk is full shows only when it is written.
    """
    target, found = _find_target(path)
    if found is None or stat.S_ISREG(found.st_mode):
        _discard(_stage(target, found, b"", False))


def is_stream(path: Path | str) -> bool:
    """Return whether what is written to a path flows on: a pipe, a device or a stream of this process."""
    try:
        _, found = _find_target(path)
    except OSError:
        return False
    return found is not None and not stat.S_ISREG(found.st_mode)


def overwrite_file(path: Path | str, content: str | bytes) -> None:
    """Write into an existing file itself, which takes no more space than it has. Raises OSError.

    The old content is restored if that fails; a process that is killed meanwhile leaves neither.
    """
    data = encode_text(content) if isinstance(content, str) else content
    with Path(path).open("r+b", buffering=0) as stream:
        old = stream.read()
        try:
            _fill(stream.fileno(), data)
        except OSError:
            with suppress(OSError):
                _fill(stream.fileno(), old)
            raise


def _fill(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write_all(handle, data)
    os.ftruncate(handle, len(data))
    os.fsync(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _find_target(path: Path | str) -> tuple[Path, os.stat_result | None]:
    """Return where links lead and what is there; the streams of this process are never files. Raises OSError."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return Path(os.path.realpath(path)), None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if _stream_number(path) is not None:
        found = Path(os.devnull).stat()
    return Path(os.path.realpath(path)), found


def _stream_number(path: Path | str) -> int | None:
    """Return the number of the stream that a path such as `/dev/stdout` names."""
    found = STREAM.fullmatch(os.fspath(path))
    if found is None or windows():
        return None
    return int(found["number"]) if found["number"] else {"stdout": 1, "stderr": 2}[found["name"]]


def _write_stream(path: Path | str, data: bytes) -> None:
    """Write to a pipe or a device; to a stream of this process after what was printed there already."""
    number = _stream_number(path)
    for one in (sys.stdout, sys.stderr) if number is not None else ():
        one.flush()
    handle = os.open(path, os.O_WRONLY | BINARY) if number is None else os.dup(number)
    try:
        _write_all(handle, data)
    finally:
        os.close(handle)


def _stage(target: Path, found: os.stat_result | None, data: bytes, private: bool) -> _Staged:
    """Write content to a temporary file beside its target, with the rights of what it replaces. Raises OSError."""
    if found is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    _sweep(target.parent)
    temporary = target.with_name(
        f".{target.name[:LONGEST_STEM]}.{_host()}-{os.getpid()}-{uuid.uuid4().hex[:12]}.applier"
    )
    # Old content may hold secrets: until the new has the rights of the old, only its owner reads it.
    mode = 0o666 if found is None and not private else 0o600
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    except PermissionError:
        if found is None:
            raise
        return _Staged(target, None, data)
    _own.add(temporary.name)
    staged = _Staged(target, temporary, data)
    try:
        try:
            _write_all(handle, data)
            if found is not None and not windows():
                _copy_rights(handle, found, private)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        _discard(staged)
        raise
    return staged


def _copy_rights(handle: int, found: os.stat_result, private: bool) -> None:
    """Give a file the owner, the group and the mode of another, as far as the system allows."""
    mine = os.fstat(handle)
    if mine.st_uid != found.st_uid:
        with suppress(OSError):
            os.fchown(handle, found.st_uid, -1)
    if mine.st_gid != found.st_gid:
        with suppress(OSError):
            os.fchown(handle, -1, found.st_gid)
    of_group = 0o777 if os.fstat(handle).st_gid == found.st_gid else 0o707  # not what another group was allowed
    os.fchmod(handle, 0o600 if private else found.st_mode & of_group)


def _move(one: _Staged) -> None:
    if one.temporary is None:
        overwrite_file(one.target, one.data)
        return
    try:
        replace_file(one.temporary, one.target)
    except OSError as error:
        if error.errno not in NOT_MOVABLE:
            raise
        overwrite_file(one.target, one.data)


def _discard(one: _Staged) -> None:
    if one.temporary is not None:
        with suppress(OSError):
            one.temporary.unlink(missing_ok=True)
        _own.discard(one.temporary.name)


@cache
def _host() -> str:
    """Return what tells this machine, or this container, from others that write to the same disk."""
    return sha256(socket.gethostname().encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _sweep(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    now = time.monotonic()
    if now - _swept.get(folder, -SWEEP_PAUSE) < SWEEP_PAUSE:
        return
    with suppress(OSError):
        for file in folder.iterdir():
            found = TEMPORARY.fullmatch(file.name)
            if found and file.name not in _own and _is_left_over(file, found):
                with suppress(OSError):
                    file.unlink()
    _swept[folder] = now


def _is_left_over(file: Path, found: re.Match[str]) -> bool:
    """Return whether the process of a temporary file has ended. Raises OSError."""
    if found["host"] != _host() or windows():  # where asking for a process may end it
        return time.time() - file.stat().st_mtime > LONGEST_WRITE
    if int(found["process"]) == os.getpid():
        return True  # of an earlier process with this number, as in containers
    try:
        os.kill(int(found["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
