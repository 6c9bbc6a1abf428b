"""Know which processes are alive: each holds a lock on a file of its own, which the system frees when it dies."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

FOLDER = "owners"


class Owner:
    """One running sandbox's claim on a data folder."""

    def __init__(self, data: Path) -> None:
        self.token = uuid.uuid4().hex
        folder = data / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / self.token
        self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN EXCLUSIVE")

    def release(self) -> None:
        self._connection.close()
        self._path.unlink(missing_ok=True)


def is_alive(data: Path, token: str) -> bool:
    """Whether the sandbox with this token still holds its lock."""
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
    path.unlink(missing_ok=True)
    return False
