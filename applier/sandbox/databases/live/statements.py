"""Statements that the live systems share."""

from __future__ import annotations

import sqlalchemy as sa

from applier.sandbox.databases.nouns import Column


class Plain(sa.types.UserDefinedType[object]):
    """A type that leaves values to the driver: no casts, no conversions."""

    cache_ok = True

    def coerce_compared_value(self, op: object, value: object) -> Plain:  # noqa: ARG002 -- SQLAlchemy's signature
        """What a column is compared with is left to the driver too."""
        return self


def insert_values(
    connection: sa.Connection, table: sa.Table, columns: list[Column], rows: list[tuple[object, ...]]
) -> None:
    """One INSERT of many rows, as the driver's `executemany` makes it."""
    connection.exec_driver_sql(insert_statement(connection, table, columns), rows)


def insert_statement(connection: sa.Connection, table: sa.Table, columns: list[Column]) -> str:
    """`INSERT INTO … VALUES (%s, …)` with all names quoted."""
    names = ", ".join(quoted(connection, column.name) for column in columns)
    places = ", ".join("%s" for _ in columns)
    return f"INSERT INTO {escaped(qualified(connection, table))} ({escaped(names)}) VALUES ({places})"


def qualified(connection: sa.Connection, table: sa.Table) -> str:
    """The quoted name of a table inside its schema."""
    return f"{quoted(connection, str(table.schema))}.{quoted(connection, table.name)}"


def quoted(connection: sa.Connection, name: str) -> str:
    """An identifier, quoted as the system quotes."""
    mark = "`" if connection.dialect.name == "mysql" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def escaped(names: str) -> str:
    """Names inside a statement with places for values."""
    return names.replace("%", "%%")
