"""The error messages of the embedded databases, in the words of the systems that they stand in for."""

from __future__ import annotations

import re

from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.query_limits import MOST_VALUE_BYTES
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import DatabaseError


def missing_table(system: System, name: Name, database: str) -> DatabaseError:
    table = str(name)
    return _error(system, {
        "mysql": f"Error 1146 (42S02): Table '{table}' doesn't exist",
        "postgresql": f'ERROR: relation "{table}" does not exist (SQLSTATE 42P01)',
        "snowflake": "002003 (42S02): SQL compilation error:\n"
                     f"Object '{database.upper()}.{table.upper()}' does not exist or not authorized.",
        "sqlserver": f"mssql: Invalid object name '{table}'.",
        "bigquery": f"Not found: Table {table} was not found",
    }, f"Table {table} does not exist")  # fmt: skip


def table_exists(system: System, name: Name) -> DatabaseError:
    return _error(system, {
        "mysql": f"Error 1050 (42S01): Table '{name.table}' already exists",
        "postgresql": f'ERROR: relation "{name.table}" already exists (SQLSTATE 42P07)',
        "snowflake": f"002002 (42710): SQL compilation error:\nObject '{name.table}' already exists.",
        "sqlserver": f"mssql: There is already an object named '{name.table}' in the database.",
    }, f"Table {name} already exists")  # fmt: skip


def missing_column(system: System, column: str) -> DatabaseError:
    return _error(system, {
        "mysql": f"Error 1054 (42S22): Unknown column '{column}' in 'field list'",
        "postgresql": f'ERROR: column "{column}" does not exist (SQLSTATE 42703)',
        "snowflake": f"000904 (42000): SQL compilation error: invalid identifier '{column}'",
        "sqlserver": f"mssql: Invalid column name '{column}'.",
    }, f"Column {column} does not exist")  # fmt: skip


def bad_value(system: System, column: str, native: str, value: object, row: int) -> DatabaseError:
    shown = _abbreviate(value)
    base = native.partition("(")[0].lower()
    return _error(system, {
        "mysql": f"Error 1366 (HY000): Incorrect {base} value: '{shown}' for column '{column}' at row {row}",
        "postgresql": f'ERROR: invalid input syntax for type {base}: "{shown}" (SQLSTATE 22P02) '
                      f"(column {column}, row {row})",
        "snowflake": f"100038 (22018): {base.upper()} value '{shown}' is not recognized (column {column}, row {row})",
    }, f"The value '{shown}' does not fit column {column} of type {native} (row {row})")  # fmt: skip


def too_long(system: System, column: str, native: str, length: int, row: int) -> DatabaseError:
    return _error(system, {
        "mysql": f"Error 1406 (22001): Data too long for column '{column}' at row {row}",
        "postgresql": f"ERROR: value too long for type {native} (SQLSTATE 22001) (column {column}, row {row})",
        "snowflake": f"100078 (22000): String is too long and would be truncated (column {column}, row {row})",
    }, f"A text of {length} characters is too long for column {column} of type {native} (row {row})")  # fmt: skip


def out_of_range(system: System, column: str, native: str, row: int) -> DatabaseError:
    return _error(system, {
        "mysql": f"Error 1264 (22003): Out of range value for column '{column}' at row {row}",
        "postgresql": f"ERROR: {native.partition('(')[0]} out of range (SQLSTATE 22003) (column {column}, row {row})",
        "snowflake": f"100132 (P0000): Number out of representable range: type {native} (column {column}, row {row})",
    }, f"A number is out of range for column {column} of type {native} (row {row})")  # fmt: skip


_CONSTRAINT = re.compile(r"^(UNIQUE|NOT NULL) constraint failed: (.+)$")
_COLUMN = re.compile(r"^no such column: (.+)$")


def translate_sqlite_error(system: System, text: str) -> DatabaseError:
    """Return an error of SQLite in the words of the system."""
    if text == "string or blob too big":
        return DatabaseError(f"a value is larger than {MOST_VALUE_BYTES} bytes")
    if found := _COLUMN.match(text):
        return missing_column(system, found[1].rsplit(".", 1)[-1].strip('"`'))
    if not (found := _CONSTRAINT.match(text)):
        return DatabaseError(text)
    table, column = found[2].split(",")[0].rsplit(".", 2)[-2:] if found[2].count(".") > 1 else ("", found[2])
    if found[1] == "UNIQUE":
        return _error(system, {
            "mysql": f"Error 1062 (23000): Duplicate entry for key '{table}.{column}'",
            "postgresql": f'ERROR: duplicate key value violates unique constraint "{table}_{column}_key" '
                          "(SQLSTATE 23505)",
            "sqlserver": f"mssql: Violation of UNIQUE KEY constraint on column '{column}' of '{table}'.",
        }, f"Duplicate value for the unique column {column} of {table}")  # fmt: skip
    return _error(system, {
        "mysql": f"Error 1048 (23000): Column '{column}' cannot be null",
        "postgresql": f'ERROR: null value in column "{column}" of relation "{table}" violates not-null constraint '
                      "(SQLSTATE 23502)",
        "snowflake": f"100072 (22000): NULL result in a non-nullable column: {column}",
        "sqlserver": f"mssql: Cannot insert the value NULL into column '{column}', table '{table}'.",
    }, f"Column {column} of {table} cannot be null")  # fmt: skip


def _error(system: System, wordings: dict[str, str], otherwise: str) -> DatabaseError:
    return DatabaseError(wordings.get(system.family, otherwise))


def _abbreviate(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
