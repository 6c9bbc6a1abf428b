"""Keep the sandbox's state in one SQLite file: JSON documents by kind and id, one transaction per request."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from applier.sandbox.json_values import Document
from applier.sandbox.system import path_text, reason, remove_database

FORMAT = 1
FILE_NAME = "sandbox.sqlite3"
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, organization TEXT NOT NULL,
  parent TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '', updated_at TEXT NOT NULL DEFAULT '',
  document TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (kind, organization, parent);
CREATE INDEX IF NOT EXISTS objects_by_name ON objects (kind, organization, name);
CREATE TABLE IF NOT EXISTS idempotency (
  organization TEXT NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL, created_at REAL NOT NULL, status INTEGER,
  headers TEXT, body BLOB, PRIMARY KEY (organization, key));
CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
  id TEXT PRIMARY KEY, document TEXT NOT NULL, matched INTEGER NOT NULL DEFAULT 0, fired INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS admitted (fault TEXT NOT NULL, at REAL NOT NULL);
"""
EMPTIED = ("objects", "idempotency", "requests", "faults", "admitted")


class StoreError(Exception):
    """The state of a data folder cannot be read or written; the text says why."""


class NewerFormat(StoreError):
    """The data folder was written by a newer sandbox."""


@dataclass(frozen=True)
class Row:
    """One stored object: what every kind has, and its document."""

    kind: str
    id: str
    organization: str
    document: Document
    parent: str = ""
    name: str = ""
    updated_at: str = ""


class Session:
    """One thread's connection to the store. A transaction opens with the first write and ends by commit or rollback."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._afterwards: list[Callable[[], None]] = []
        with self._store_errors():
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        # What is committed survives a process that is killed. To survive a power failure would cost most of the time.
        try:
            for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=30000"):
                self._execute(f"PRAGMA {pragma}")
        except StoreError:
            self.close()
            raise

    def begin(self) -> None:
        """Open the write transaction now, so that what is read next cannot change before it ends."""
        if not self._connection.in_transaction:
            self._execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        if self._connection.in_transaction:
            self._execute("COMMIT")
        afterwards, self._afterwards = self._afterwards, []
        for action in afterwards:
            action()

    def rollback(self) -> None:
        self._afterwards = []
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run the action once what was written is there for everyone, and never if it is rolled back."""
        self._afterwards.append(action)

    def read(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._execute(statement, values)

    def write(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        self.begin()
        return self._execute(statement, values)

    def get(self, kind: str, id: str, organization: str) -> Document | None:
        found = self.read(
            "SELECT document FROM objects WHERE kind = ? AND id = ? AND organization = ?", (kind, id, organization)
        )
        return json.loads(found[0][0]) if found else None

    def find_all(
        self, kind: str, organization: str, *, parent: str | None = None, newest: bool = False
    ) -> list[Document]:
        """All documents of a kind: in the order they were made, or those changed last first (ties by id)."""
        order = "updated_at DESC, id" if newest else "sequence"
        condition, values = "kind = ? AND organization = ?", [kind, organization]
        if parent is not None:
            condition, values = condition + " AND parent = ?", [*values, parent]
        rows = self.read(f"SELECT document FROM objects WHERE {condition} ORDER BY {order}", values)
        return [json.loads(row[0]) for row in rows]

    def find_by_name(self, kind: str, organization: str, name: str) -> list[Document]:
        rows = self.read(
            "SELECT document FROM objects WHERE kind = ? AND organization = ? AND name = ? ORDER BY sequence",
            (kind, organization, name),
        )
        return [json.loads(row[0]) for row in rows]

    def put(self, row: Row) -> None:
        self.write(
            "INSERT INTO objects (kind, id, organization, parent, name, updated_at, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET organization = excluded.organization, "
            "parent = excluded.parent, name = excluded.name, updated_at = excluded.updated_at, "
            "document = excluded.document",
            (row.kind, row.id, row.organization, row.parent, row.name, row.updated_at, json.dumps(row.document)),
        )

    def delete(self, kind: str, id: str, organization: str) -> bool:
        gone = self.write(
            "DELETE FROM objects WHERE kind = ? AND id = ? AND organization = ? RETURNING id", (kind, id, organization)
        )
        return bool(gone)

    def close(self) -> None:
        self._connection.close()

    def _execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._store_errors():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """A full disk, a folder without permission, a file that is something else: say so in SQLite's words."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path_text(self._path)}: {error}") from error


def discard(data: Path) -> None:
    """Take the state file away, whatever it holds. Raises OSError."""
    remove_database(data / FILE_NAME)


class Store:
    """The state file of one data folder; hands every thread its own session.

    Threads come and go with the requests: the session of one that has ended is closed when the next one comes, or a
    server would have more and more files open.
    """

    def __init__(self, data: Path) -> None:
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path_text(data)} cannot be made a folder: {reason(error)}") from error
        self.path = data / FILE_NAME
        self._local = threading.local()
        self._sessions: list[tuple[threading.Thread, Session]] = []
        self._lock = threading.Lock()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            session = Session(self.path)
            self._local.session = session
            with self._lock:
                self._close_of_ended_threads()
                self._sessions.append((threading.current_thread(), session))
        return session

    def _close_of_ended_threads(self) -> None:
        for thread, session in self._sessions:
            if not thread.is_alive():
                session.close()
        self._sessions = [pair for pair in self._sessions if pair[0].is_alive()]

    def empty(self) -> None:
        """Forget everything but the format."""
        session = self.session()
        session.begin()
        for table in EMPTIED:
            session.write(f"DELETE FROM {table}")
        session.commit()

    def sessions(self) -> Iterator[Session]:
        with self._lock:
            yield from (session for _, session in self._sessions)

    def close(self) -> None:
        for session in self.sessions():
            session.close()
        self._sessions.clear()
        self._local = threading.local()

    def _prepare(self) -> None:
        session = self.session()
        session.begin()
        for statement in TABLES.split(";\n"):
            session.write(statement)
        session.write("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))
        written = int(session.read("SELECT value FROM meta WHERE key = 'format'")[0][0])
        if written > FORMAT:
            session.rollback()
            raise NewerFormat(
                f"{path_text(self.path)} has data format {written}, this sandbox knows formats up to {FORMAT}: "
                "use the newer applier, another data folder, or `applier sandbox reset`"
            )
        session.commit()
