"""The catalog of an embedded database: the names and columns of its tables, and how they are declared.

The declared type of a column is its affinity, then `KEY` or `UNIQUE` if it is one, then the native type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from applier.sandbox.databases.error_messages import missing_table, table_exists
from applier.sandbox.databases.native_types import parse_native_type, polytomic_type_of
from applier.sandbox.databases.qualified_names import Name, name_from_parts, name_of
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import Column, DatabaseError
from applier.sandbox.databases.value_encoding import affinity_of

_FLAGS = ("KEY", "UNIQUE")


@dataclass(frozen=True)
class Catalog:
    """The tables and views of one embedded database, read through one connection."""

    system: System
    database: str
    connection: sa.Connection

    def names(self, kind: str) -> list[str]:
        """Return the names of all tables or views; where databases are schemas, those of the configured database."""
        statement = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        found = sorted(str(row[0]) for row in self.connection.exec_driver_sql(statement, (kind,)))
        if self.system.server_wide and self.database:
            prefix = self.database.casefold() + "."
            found = [name for name in found if name.casefold().startswith(prefix)]
        return found

    def physical(self, parts: list[str]) -> str:
        """Return the name under which a table or view is stored. Raises DatabaseError."""
        name = name_from_parts(self.system, parts, self.database)
        if (found := self.find(name)) is None:
            raise missing_table(self.system, name, self.database)
        return found

    def resolve(self, text: str) -> str:
        name = name_of(self.system, text, self.database)
        if (found := self.find(name)) is None:
            raise missing_table(self.system, name, self.database)
        return found

    def find(self, name: Name) -> str | None:
        """Return the stored name, found without regard to case, as SQLite does; None when there is none."""
        statement = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE"
        row = self.connection.exec_driver_sql(statement, (str(name),)).first()
        return None if row is None else str(row[0])

    def columns(self, physical: str) -> list[Column]:
        statement = 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)'
        return [
            _column(str(name), str(declared), bool(notnull))
            for name, declared, notnull, _ in self.connection.exec_driver_sql(statement, (physical,))
        ]

    def create(self, name: Name, columns: Sequence[Column]) -> str:
        """Create a table and return its stored name; keys are enforced where the system enforces them."""
        if self.find(name) is not None:
            raise table_exists(self.system, name)
        if not columns:
            raise DatabaseError(f"a table needs at least one column: {name}")
        lines = [_definition(self.system, column) for column in columns]
        keys = [quote_identifier(column.name) for column in columns if column.primary_key]
        if keys and self.system.enforced:
            lines.append(f"PRIMARY KEY ({', '.join(keys)})")
        execute(self.connection, f"CREATE TABLE {quote_identifier(str(name))} ({', '.join(lines)})")
        return str(name)

    def add_column(self, physical: str, column: Column) -> None:
        execute(
            self.connection, f"ALTER TABLE {quote_identifier(physical)} ADD COLUMN {_definition(self.system, column)}"
        )

    def stage(self, name: str, columns: Sequence[Column]) -> None:
        """Create a temporary table with an index on its second column."""
        loose = [replace(column, nullable=True, primary_key=False, unique=False) for column in columns]
        lines = [_definition(self.system, column) for column in loose]
        execute(self.connection, f"DROP TABLE IF EXISTS temp.{quote_identifier(name)}")
        execute(self.connection, f"CREATE TEMP TABLE {quote_identifier(name)} ({', '.join(lines)})")
        index, column = quote_identifier(f"{name}_match"), quote_identifier(columns[1].name)
        execute(self.connection, f"CREATE INDEX temp.{index} ON {quote_identifier(name)} ({column})")

    def drop(self, name: Name) -> None:
        execute(self.connection, f"DROP TABLE IF EXISTS {quote_identifier(str(name))}")


def execute(connection: sa.Connection, statement: str, values: Mapping[str, object] | None = None) -> None:
    connection.exec_driver_sql(statement, dict(values) if values else None)


def quote_identifier(name: str) -> str:
    """Return an identifier with the quotes of SQLite."""
    if "\0" in name:
        raise DatabaseError("a name cannot hold a NUL character")
    return '"' + name.replace('"', '""') + '"'


def new_column(system: System, name: str, wanted: str) -> Column:
    """Return a column of a Polytomic type or of a native type."""
    native = system.native(wanted)
    return Column(name, polytomic_type_of(native), native, True, False, False)


def _definition(system: System, column: Column) -> str:
    flag = "KEY " if column.primary_key else "UNIQUE " if column.unique else ""
    text = f"{quote_identifier(column.name)} {quote_identifier(f'{affinity_of(column.native)} {flag}{column.native}')}"
    if system.loose and parse_native_type(column.native).kind == "text":
        text += " COLLATE NOCASE"
    if not column.nullable:
        text += " NOT NULL"
    if column.unique and not column.primary_key and system.enforced:
        text += " UNIQUE"
    return text


def _column(name: str, declared: str, notnull: bool) -> Column:
    _, _, rest = declared.partition(" ")
    flag, _, native = rest.partition(" ")
    if flag not in _FLAGS:
        flag, native = "", rest
    return Column(
        name, polytomic_type_of(native) if native else "unknown", native, not notnull, flag == "KEY", flag != ""
    )
