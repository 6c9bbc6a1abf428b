"""The state file of a data folder: its tables, its format, and a session for every thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from applier.sandbox.data_folder import FILE_NAME, prepare_data_folder
from applier.sandbox.session import Session, StoreError
from applier.sandbox.system import path_text, reason, remove_database

FORMAT = 1
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


class NewerFormat(StoreError):
    """The data folder was written by a newer sandbox."""


def discard(data: Path) -> None:
    """Delete the state file, whatever it contains. Raises OSError."""
    remove_database(data / FILE_NAME)


class Store:
    """The state file of one data folder, with a session for each thread.

    The session of a thread that has ended is closed when the next thread opens one, so that a server does not keep more
    and more files open.
    """

    def __init__(self, data: Path) -> None:
        try:
            prepare_data_folder(data)
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
        """Delete everything but the format."""
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
