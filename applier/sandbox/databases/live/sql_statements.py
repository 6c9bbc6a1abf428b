"""Statements that the live systems share."""

from __future__ import annotations

import sqlalchemy as sa

from applier.sandbox.databases.types import Column
from applier.sandbox.databases.write_modes import Stage

# The driver gets the statement without values and leaves its percent signs alone.
AS_IT_IS = {"no_parameters": True}


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
    names = ", ".join(quote_identifier(connection, column.name) for column in columns)
    places = ", ".join("%s" for _ in columns)
    return (
        f"INSERT INTO {escape_percent(qualified_name(connection, table))} ({escape_percent(names)}) VALUES ({places})"
    )


def stage_select(connection: sa.Connection, target: sa.Table, stage: Stage, identity: Column) -> str:
    """No rows, but the columns of the stage, each with the type of the target's."""
    place, match, *others = [quote_identifier(connection, column.name) for column in stage.described]
    columns = ", ".join(["0 AS " + place, f"{quote_identifier(connection, identity.name)} AS {match}", *others])
    return f"SELECT {columns} FROM {qualified_name(connection, target)} WHERE 1 = 0"


def execute(connection: sa.Connection, statement: str) -> None:
    """A statement without values, in which a percent sign is a percent sign."""
    connection.exec_driver_sql(statement, execution_options=AS_IT_IS).close()


def qualified_name(connection: sa.Connection, table: sa.Table) -> str:
    """The quoted name of a table inside its schema."""
    name = quote_identifier(connection, table.name)
    return name if table.schema is None else f"{quote_identifier(connection, table.schema)}.{name}"


def quote_identifier(connection: sa.Connection, name: str) -> str:
    """An identifier, quoted as the system quotes."""
    mark = "`" if connection.dialect.name == "mysql" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def escape_percent(names: str) -> str:
    """Names inside a statement with places for values."""
    return names.replace("%", "%%")
