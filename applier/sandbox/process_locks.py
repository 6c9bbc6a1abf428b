"""The locks of running sandboxes: each process locks a file of its own, which the system unlocks when it dies."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import suppress
from pathlib import Path

from applier.sandbox.session import StoreError
from applier.sandbox.system import make_private_file, make_private_folder, path_text, remove

FOLDER = "owners"


class Owner:
    """The lock of one running sandbox in a data folder."""

    def __init__(self, data: Path) -> None:
        self.token = uuid.uuid4().hex
        folder = data / FOLDER
        make_private_folder(folder)
        self._path = folder / self.token
        make_private_file(self._path)
        try:
            self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{path_text(self._path)}: {error}") from error

    def release(self) -> None:
        self._connection.close()
        _remove_lock_file(self._path)


def is_alive(data: Path, token: str) -> bool:
    """Return whether the sandbox with this token still holds its lock."""
    path = data / FOLDER / token
    if not token or not path.exists():
        return False
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    _remove_lock_file(path)
    return False


def in_use(data: Path) -> bool:
    """Return whether any sandbox is running on the data folder."""
    folder = data / FOLDER
    tokens = [path.name for path in folder.iterdir() if path.name.isalnum()] if folder.is_dir() else []
    return any(is_alive(data, token) for token in tokens)


def _remove_lock_file(path: Path) -> None:
    """Remove the lock file of a dead sandbox; it can stay if another process has it open."""
    with suppress(OSError):
        remove(path)
