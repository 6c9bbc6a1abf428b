"""The SQLite files of embedded databases: their paths, and how they are opened."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from applier.sandbox.databases.error_messages import translate_sqlite_error
from applier.sandbox.databases.query_limits import MOST_HEAP_BYTES, MOST_VALUE_BYTES, stop_reason
from applier.sandbox.databases.sqlite_catalog import quote_identifier
from applier.sandbox.databases.sqlite_functions import add_functions
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import DatabaseError
from applier.sandbox.system import make_private_file, make_private_folder, path_text, reason, remove_database

_WAIT_SECONDS = 60
_STEPS = 100_000
"""The instructions of SQLite's virtual machine between two calls of the function."""
_UPPER = re.compile("[A-Z]")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""Names of devices on Windows, whatever follows a dot."""
# Committed data survives a process that is killed, but not a power failure: small tables would wait for the disk.
_UNSYNCED = "PRAGMA synchronous=OFF"


def database_file(system: System, database: str, data: Path) -> Path:
    """Return the file of a database; systems whose databases are schemas have one file for all."""
    folder = data / "databases" / system.type_id
    if system.server_wide:
        return folder / "server.sqlite"
    name = (database or "default").casefold() if system.upper else database or "default"
    return folder / _file_name(name, folder)


def _file_name(database: str, folder: Path) -> str:
    """Return a name that every file system accepts and that differs from other names by more than case.

    An existing file with the plain name, from an older sandbox, is used. No plain name has an `@`.
    """
    plain = quote(database, safe="")
    if plain.partition(".")[0] not in _DEVICES and not _UPPER.search(database):
        return f"{plain}.sqlite"
    if any(file.name == f"{plain}.sqlite" for file in folder.glob("*.sqlite")):  # `exists` may not look at case
        return f"{plain}.sqlite"
    return f"{plain.replace('.', '%2E')}@{hashlib.sha256(database.encode()).hexdigest()[:8]}.sqlite"


def prepare(file: Path) -> None:
    """Create the file if it is missing, as an empty database that can be read during a write."""
    try:
        make_private_folder(file.parent)
        if not file.exists():
            make_private_file(file)
            with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as connection:
                connection.execute(_UNSYNCED)
                connection.execute("PRAGMA journal_mode=WAL")
    except OSError as error:
        raise DatabaseError(f"cannot open {path_text(file)}: {reason(error)}") from None
    except sqlite3.Error as error:
        raise DatabaseError(f"cannot open {path_text(file)}: {error}") from None


def engine_of(file: Path, *, writable: bool) -> sa.Engine:
    """Return an engine; its connections can only read unless `writable`."""
    uri = f"file:{quote(str(file.absolute()))}?mode={'rw' if writable else 'ro'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA case_sensitive_like=OFF")
        connection.execute(_UNSYNCED)
        connection.execute(f"PRAGMA hard_heap_limit={MOST_HEAP_BYTES}")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES)
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool, paramstyle="named")
    # After SQLAlchemy has made a connection its own: it registers a `regexp` that cannot be stopped.
    sa.event.listen(engine, "connect", lambda connection, _: add_functions(connection))
    return engine


@contextmanager
def reading(system: System, engine: sa.Engine) -> Iterator[sa.Connection]:
    with _translate_errors(system), engine.connect() as connection, _stop_when_asked(connection):
        yield connection


@contextmanager
def _stop_when_asked(connection: sa.Connection) -> Iterator[None]:
    """Stop a query, even before its first row, when a limit gives a reason."""
    reason = stop_reason()
    if reason is None:
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.set_progress_handler(lambda: reason() is not None, _STEPS)
    try:
        yield
    except sa.exc.OperationalError:
        if (text := reason()) is not None:
            raise DatabaseError(text) from None
        raise
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def writing(system: System, engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a write transaction; it is rolled back if the block fails."""
    with _translate_errors(system), engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


@contextmanager
def _translate_errors(system: System) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise translate_sqlite_error(system, str(error.orig)) from None
    except MemoryError:
        raise DatabaseError("out of memory: the values of the query are too large together") from None


def remove_all(data: Path) -> None:
    """Delete every embedded database; one that an execution on Windows has open loses its tables instead.

    Raises OSError for one that cannot even be written.
    """
    folder = data / "databases"
    for file in sorted(folder.glob("*/*.sqlite")):
        try:
            remove_database(file)
        except OSError:
            if not _drop_all_tables(file):
                raise
    shutil.rmtree(folder, ignore_errors=True)


def _drop_all_tables(file: Path) -> bool:
    """Drop every table and view, and return whether that was possible."""
    statement = (
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
    )
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for type, name in connection.execute(statement).fetchall():
                connection.execute(f"DROP {type} {quote_identifier(name)}")
            connection.execute("COMMIT")
    except sqlite3.Error:
        return False
    return True
