"""The tables of a live database: their names, their columns, and statements that create or extend them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from applier.sandbox.databases.live.driver import Driver
from applier.sandbox.databases.live.sql_statements import execute, quote_identifier
from applier.sandbox.databases.qualified_names import Name, name_of
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import Column, DatabaseError, NewColumn


class LiveTables:
    """The tables of one database, as its system describes them."""

    def __init__(self, system: System, driver: Driver, database: str) -> None:
        self._system = system
        self._driver = driver
        self._database = database

    def resolve(self, connection: sa.Connection, text: str) -> Name:
        """Return the table that a name in a configuration means."""
        return self._driver.resolve(connection, name_of(self._system, text, self._database))

    def quote(self, connection: sa.Connection, name: Name) -> str:
        return f"{quote_identifier(connection, name.schema)}.{quote_identifier(connection, name.table)}"

    def columns(self, connection: sa.Connection, name: Name) -> list[Column]:
        """Return the columns of a table; if it has none, let the database say what is wrong with it."""
        if columns := self._driver.columns(connection, name):
            return columns
        execute(connection, f"SELECT * FROM {self.quote(connection, name)} LIMIT 0")
        return []

    def find_column(self, connection: sa.Connection, table: Name, columns: list[Column], name: str) -> Column:
        """Return the column with this name, the exact spelling first; if there is none, the database says so."""
        same = [column for column in columns if column.name.casefold() == name.casefold()]
        if not same:
            identifier, place = quote_identifier(connection, name), self.quote(connection, table)
            execute(connection, f"SELECT {identifier} FROM {place} LIMIT 0")
            raise DatabaseError(f"column {name} of {table} cannot be written")
        return next((column for column in same if column.name == name), same[0])

    def create(self, connection: sa.Connection, text: str, columns: Sequence[NewColumn]) -> None:
        """Create a table, and its schema if that is missing."""
        table = name_of(self._system, text, self._database)
        lines = ", ".join(self._definition(connection, column) for column in columns)
        self._create_schema(connection, table.schema)
        execute(connection, f"CREATE TABLE {self.quote(connection, table)} ({lines})")

    @contextmanager
    def with_columns(self, connection: sa.Connection, name: Name, wanted: list[NewColumn]) -> Iterator[None]:
        """Add the columns that are missing; if the block fails, remove them where a rollback does not."""
        known = {column.name.casefold() for column in self.columns(connection, name)} if wanted else set()
        missing = [column for column in wanted if column.name.casefold() not in known]
        table = self.quote(connection, name)
        added: list[NewColumn] = []
        try:
            for column in missing:
                execute(connection, f"ALTER TABLE {table} ADD COLUMN {self._definition(connection, column)}")
                added.append(column)
            yield
        except BaseException:
            self._roll_back(connection)
            for column in [] if self._driver.transactional else added:
                execute(connection, f"ALTER TABLE {table} DROP COLUMN {quote_identifier(connection, column.name)}")
            raise

    def _create_schema(self, connection: sa.Connection, wanted: str) -> None:
        """Create a schema that is missing; where schemas are databases, users have to create them."""
        known = self._driver.schemas(connection, self._database)
        folded = {name.upper() for name in known} if self._system.upper else set(known)
        if not self._system.server_wide and (wanted.upper() if self._system.upper else wanted) not in folded:
            execute(connection, f"CREATE SCHEMA {quote_identifier(connection, wanted)}")

    def _definition(self, connection: sa.Connection, column: NewColumn) -> str:
        return f"{quote_identifier(connection, column.name)} {self._system.native(column.type)}"

    def _roll_back(self, connection: sa.Connection) -> None:
        """Roll back; a lost connection has rolled back by itself, and the next statement opens a new one."""
        try:
            connection.rollback()
        except (sa.exc.DBAPIError, self._driver.failure):
            connection.invalidate()
            connection.rollback()
