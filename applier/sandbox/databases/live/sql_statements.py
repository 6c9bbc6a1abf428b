"""SQL statements that the live systems have in common."""

from __future__ import annotations

import sqlalchemy as sa

from applier.sandbox.databases.types import Column
from applier.sandbox.databases.write_modes import Stage

# Without values the driver does not interpret percent signs in the statement.
AS_IT_IS = {"no_parameters": True}


class Plain(sa.types.UserDefinedType[object]):
    """A type that passes values to the driver without casts or conversions."""

    cache_ok = True

    def coerce_compared_value(self, op: object, value: object) -> Plain:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return this type for the values that a column is compared with too."""
        return self


def insert_values(
    connection: sa.Connection, table: sa.Table, columns: list[Column], rows: list[tuple[object, ...]]
) -> None:
    """Insert many rows with the driver's `executemany`."""
    connection.exec_driver_sql(insert_statement(connection, table, columns), rows)


def insert_statement(connection: sa.Connection, table: sa.Table, columns: list[Column]) -> str:
    """Return `INSERT INTO … VALUES (%s, …)` with all names quoted."""
    names = ", ".join(quote_identifier(connection, column.name) for column in columns)
    places = ", ".join("%s" for _ in columns)
    return (
        f"INSERT INTO {escape_percent(qualified_name(connection, table))} ({escape_percent(names)}) VALUES ({places})"
    )


def stage_select(connection: sa.Connection, target: sa.Table, stage: Stage, identity: Column) -> str:
    """Return a SELECT of no rows with the columns of the stage, each with the type of the target's column."""
    place, match, *others = [quote_identifier(connection, column.name) for column in stage.described]
    columns = ", ".join(["0 AS " + place, f"{quote_identifier(connection, identity.name)} AS {match}", *others])
    return f"SELECT {columns} FROM {qualified_name(connection, target)} WHERE 1 = 0"


def execute(connection: sa.Connection, statement: str) -> None:
    """Execute a statement without values, in which a percent sign needs no escape."""
    connection.exec_driver_sql(statement, execution_options=AS_IT_IS).close()


def qualified_name(connection: sa.Connection, table: sa.Table) -> str:
    """Return the quoted name of a table with its schema."""
    name = quote_identifier(connection, table.name)
    return name if table.schema is None else f"{quote_identifier(connection, table.schema)}.{name}"


def quote_identifier(connection: sa.Connection, name: str) -> str:
    """Return an identifier with the quotes of the system."""
    mark = "`" if connection.dialect.name == "mysql" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def escape_percent(names: str) -> str:
    """Return names for a statement with placeholders, in which a percent sign has to be doubled."""
    return names.replace("%", "%%")
