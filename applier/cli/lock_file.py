"""Reads and writes `applier.lock`: digests of the applied secrets, safe to commit; kept if APPLIER_LOCK_KEY is set."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError, error_diagnostic, write_error
from applier.cli.spec_files import spec_folder
from applier.saving import write_file
from applier.system import describe_os_error, path_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.plan.lock_text import Lock
    from applier.plan.secret_digests import SecretDigests

NAME = "applier.lock"
VARIABLE = "APPLIER_LOCK_KEY"
OLD_VARIABLE = "APPLIER_LOCK_KEY_OLD"
SHORTEST_KEY = 16
LARGEST_LOCK = 20 * 1024 * 1024  # bytes

RESTORE = "restore or delete the file"


def read_lock(paths: Sequence[str]) -> tuple[SecretDigests | None, tuple[Diagnostic, ...]]:
    """Return the digests in the file, none without a file, and what is wrong with the file or a key.

    Without a key there are no digests, and the file is not read. A file of another key is an error, since each of its
    secrets would look changed; with the other key in APPLIER_LOCK_KEY_OLD the next apply writes it with the new one.
    """
    from applier.plan.lock_text import BadLock
    from applier.plan.secret_digests import SecretDigests

    try:
        key = _read_key(VARIABLE)
        if not key:
            return None, ()
        old_key = _read_key(OLD_VARIABLE)
        lock = read_lock_file(_lock_file(paths))
        used = _find_key(lock, key, old_key, path_text(_lock_file(paths)))
    except CommandError as error:
        return None, (error_diagnostic(error),)
    except BadLock as error:
        return None, error.problems
    return SecretDigests(key, lock.digests, None if used == key else used), ()


def _read_key(variable: str) -> bytes:
    """Return the key in a variable of the environment, empty without one. Raises `CommandError`."""
    from applier.spec.variables.placeholders import is_utf8

    key = os.environ.get(variable, "")
    if key and len(key) < SHORTEST_KEY:
        raise CommandError("bad-lock", f"{variable} is too short.", f"use {SHORTEST_KEY} random characters or more")
    if not is_utf8(key):
        raise CommandError("bad-lock", f"{variable} is not UTF-8 text.", "use letters and digits, such as base64 text")
    return key.encode()


def _find_key(lock: Lock, key: bytes, old_key: bytes, name: str) -> bytes:
    """Return which of the keys the digests were made with. Raises `CommandError` if it is neither.

    A file without the id of its key was written by an earlier version; what is being replaced is the old key.
    """
    from applier.plan.secret_digests import key_id

    if not lock.key_id:
        return old_key or key
    for one in (key, old_key):
        if one and lock.key_id == key_id(one):
            return one
    if old_key:
        message = f"{name} was written with another key than those in {VARIABLE} and {OLD_VARIABLE}."
    else:
        message = f"{name} was written with another key than the one in {VARIABLE}."
    raise CommandError(
        "other-lock-key",
        message,
        f"set {VARIABLE} to the key of the file; to replace that key, set {OLD_VARIABLE} to it and apply; if it is "
        "lost, delete the file",
    )


def read_lock_file(file: Path, name: str = "") -> Lock:
    """Return what a file holds, nothing if there is no file. Raises `CommandError` and `BadLock`."""
    from applier.plan.lock_text import Lock, parse_lock

    data = read_lock_bytes(file)
    return Lock() if data is None else parse_lock(data, name or path_text(file))


def read_lock_bytes(file: Path) -> bytes | None:
    """Return the bytes of a file, None if there is none. Raises `CommandError`."""
    name = path_text(file)
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise CommandError("bad-lock", f"{name} is not a regular file.", RESTORE)
        with file.open("rb") as stream:
            data = stream.read(LARGEST_LOCK + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CommandError("bad-lock", f"Cannot read {name}: {describe_os_error(error)}.", RESTORE) from None
    if len(data) > LARGEST_LOCK:
        raise CommandError("bad-lock", f"{name} is larger than {LARGEST_LOCK // 1024 // 1024} MB.", RESTORE)
    return data


def write_lock(paths: Sequence[str], digests: SecretDigests) -> None:
    """Write the digests and the id of their key. Raises `CommandError`."""
    from applier.plan.lock_text import Lock
    from applier.plan.secret_digests import key_id

    write_lock_file(_lock_file(paths), Lock(digests.known, key_id(digests.key_of_known)))


def write_lock_file(file: Path, lock: Lock) -> None:
    """Write a lock. Raises `CommandError`."""
    from applier.plan.lock_text import format_lock

    try:
        write_file(file, format_lock(lock))
    except OSError as error:
        raise write_error(file, error) from None


def _lock_file(paths: Sequence[str]) -> Path:
    return spec_folder(paths) / NAME
