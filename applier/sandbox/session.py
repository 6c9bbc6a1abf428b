"""A session of the store: JSON documents by kind and id, read and written in transactions of a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from applier.sandbox.json_values import Document
from applier.sandbox.system import make_private_file, path_text, reason


class StoreError(Exception):
    """The state of a data folder cannot be read or written; the text says why."""


@dataclass(frozen=True)
class Row:
    """One stored object: its document, and the members by which it is found."""

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
            make_private_file(path)
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        # Committed data survives a process that is killed, but not a power failure, which would slow writes down a lot.
        try:
            for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=30000"):
                self._execute(f"PRAGMA {pragma}")
        except StoreError:
            self.close()
            raise

    def begin(self) -> None:
        """Open the write transaction now, so that nothing that is read next changes before it ends."""
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
        """Return the documents of a kind in the order of their creation, or those changed last first (ties by id)."""
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
        """Turn an error of SQLite, such as a full disk or a file that is no database, into a StoreError."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path_text(self._path)}: {error}") from error
        except MemoryError as error:
            raise StoreError(f"{path_text(self._path)}: out of memory") from error
        except OSError as error:
            raise StoreError(f"{path_text(self._path)}: {reason(error)}") from error
