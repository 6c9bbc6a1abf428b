"""Live Snowflake databases, through Snowflake's own connector."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import snowflake.connector
import sqlalchemy as sa
from snowflake.connector.constants import FIELD_ID_TO_NAME
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect

from applier.sandbox.databases.live import value_conversion
from applier.sandbox.databases.live.driver import Driver
from applier.sandbox.databases.live.sql_statements import (
    execute,
    insert_statement,
    qualified_name,
    quote_identifier,
    stage_select,
)
from applier.sandbox.databases.native_types import parse_native_type, polytomic_type_of
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.query_limits import seconds_left
from applier.sandbox.databases.types import Column, DatabaseError
from applier.sandbox.databases.write_modes import Stage


class _Compiler(sa.sql.compiler.SQLCompiler):
    """Plain SQL with the FROM clause of an UPDATE."""

    def update_from_clause(
        self,
        update_stmt: Any,  # noqa: ARG002
        from_table: Any,  # noqa: ARG002
        extra_froms: Any,
        from_hints: Any,
        **kw: Any,
    ) -> str:
        """Return the FROM clause, as SQLAlchemy's own compiler does for SQLite."""
        kw["asfrom"] = True
        return "FROM " + ", ".join(str(one._compiler_dispatch(self, fromhints=from_hints, **kw)) for one in extra_froms)


class _Dialect(DefaultDialect):
    """A dialect for plain statements; `snowflake-sqlalchemy` would pin SQLAlchemy and the connector."""

    name = "snowflake"
    supports_statement_cache = True
    supports_native_boolean = True
    statement_compiler = _Compiler
    max_identifier_length = 255

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        """Execute a statement; the connector reads `%%` as a percent sign only in a statement with values."""
        cursor.execute(statement if parameters else statement % (), parameters)


registry.register("snowflakeplain", __name__, "_Dialect")

_AT_ONCE = 1000
_PARAMS = ("role", "schema", "warehouse", "host", "port", "protocol", "authenticator")


def _engine(configuration: Mapping[str, object]) -> sa.Engine:
    arguments = _arguments(configuration)

    def connect() -> object:
        return snowflake.connector.connect(**arguments)

    return sa.create_engine(
        "snowflakeplain://", module=snowflake.connector, creator=connect, hide_parameters=True, pool_size=2
    )


def _arguments(configuration: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments of the connector; `params` has more of them as in `role=LOADER&schema=PUBLIC`."""
    if configuration.get("key_pair_auth"):
        raise DatabaseError("the sandbox signs in to Snowflake with a password only, not with a key pair")
    arguments: dict[str, object] = {
        "account": configuration.get("account"),
        "user": configuration.get("username"),
        "password": configuration.get("password"),
        "database": configuration.get("dbname"),
        "login_timeout": 20,
        "session_parameters": {"TIMEZONE": "UTC", **_time_limit()},
    }
    if configuration.get("warehouse"):
        arguments["warehouse"] = configuration["warehouse"]
    arguments |= {key: value for key, value in parse_qsl(str(configuration.get("params") or "")) if key in _PARAMS}
    return arguments


def _time_limit() -> dict[str, int]:
    """Return the limit of a statement's time as a parameter of the session."""
    seconds = seconds_left()
    return {} if seconds is None else {"STATEMENT_TIMEOUT_IN_SECONDS": math.ceil(seconds)}


def _read_only(connection: sa.Connection) -> None:
    """Do nothing: Snowflake has no read-only transactions, so that only the text of a query can be checked."""


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction, without which each statement is committed; CREATE and ALTER always are."""
    connection.exec_driver_sql("BEGIN")


def _schemas(connection: sa.Connection, database: str) -> list[str]:
    statement = "SELECT schema_name FROM information_schema.schemata"
    names = (str(name) for name in connection.execute(sa.text(statement)).scalars())
    return sorted(name for name in names if name.upper() != "INFORMATION_SCHEMA" and not name.startswith("_"))


def _names(connection: sa.Connection, database: str, kind: str) -> list[Name]:
    statement = {
        "table": "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type NOT LIKE '%VIEW%'",
        "view": "SELECT table_schema, table_name FROM information_schema.views",
    }[kind]
    names = [Name(schema, table) for schema, table in connection.execute(sa.text(statement))]
    return [name for name in names if name.schema.upper() != "INFORMATION_SCHEMA"]


def _resolve(connection: sa.Connection, name: Name) -> Name:
    """Return the stored name: the exact spelling first, then capitals, in which Snowflake stores unquoted names."""
    same = "WHERE upper(table_schema) = upper(:schema) AND upper(table_name) = upper(:table)"
    statement = sa.text(
        f"SELECT table_schema, table_name FROM information_schema.tables {same}"
        f" UNION SELECT table_schema, table_name FROM information_schema.views {same}"
    )
    rows = connection.execute(statement, {"schema": name.schema, "table": name.table})
    found = [Name(schema, table) for schema, table in rows]
    capitals = Name(name.schema.upper(), name.table.upper())
    return next((one for one in (name, capitals) if one in found), found[0] if found else capitals)


def _columns(connection: sa.Connection, name: Name) -> list[Column]:
    table = f"{quote_identifier(connection, name.schema)}.{quote_identifier(connection, name.table)}"
    result = connection.exec_driver_sql(f"DESCRIBE TABLE {table}")
    return [
        Column(
            row[0], polytomic_type_of(row[1]), row[1], row[3] == "Y", row[5] == "Y", "Y" in (row[5], row[6]),
            bool(row[4]),
        )
        for row in result
    ]  # fmt: skip


def _result_columns(connection: sa.Connection, result: sa.CursorResult[tuple[object, ...]]) -> list[Column]:
    columns = []
    for described in result.cursor.description or []:
        native = _native(str(FIELD_ID_TO_NAME[int(str(described[1]))]), described)
        columns.append(Column(str(described[0]), polytomic_type_of(native), native, bool(described[6]), False, False))
    return columns


def _native(name: str, described: tuple[object, ...]) -> str:
    _, _, _, size, precision, scale, _ = described
    if name == "FIXED":
        return f"NUMBER({precision or 38},{scale or 0})"
    if name == "TEXT":
        return f"VARCHAR({size or 16777216})"
    if name.startswith("TIMESTAMP") or name == "TIME":
        return f"{name}({9 if scale is None else scale})"
    return {"REAL": "FLOAT", "BINARY": "BINARY(8388608)"}.get(name, name)


def _fill(connection: sa.Connection, table: sa.Table, columns: list[Column], rows: list[tuple[object, ...]]) -> None:
    """Insert many rows in a statement; JSON values are parsed in a SELECT, since VALUES cannot call a function."""
    parsed = [parse_native_type(column.native).kind in ("array", "object") for column in columns]
    names, _, places = insert_statement(connection, table, columns).partition(" VALUES ")
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        values = f"VALUES {', '.join([places] * len(part))}"
        if any(parsed):
            selected = [
                f"PARSE_JSON(column{place})" if one else f"column{place}" for place, one in enumerate(parsed, 1)
            ]
            values = f"SELECT {', '.join(selected)} FROM {values}"
        connection.exec_driver_sql(f"{names} {values}", tuple(value for row in part for value in row))


def _stage(connection: sa.Connection, target: sa.Table, stage: Stage, identity: Column) -> None:
    """Create the stage in the schema of the target, to which the session switches; it is not reused afterwards."""
    connection.detach()
    execute(connection, f"USE SCHEMA {quote_identifier(connection, str(target.schema))}")
    select = stage_select(connection, target, stage, identity)
    execute(connection, f"CREATE OR REPLACE TEMPORARY TABLE {qualified_name(connection, stage.table)} AS {select}")


DRIVER = Driver(
    engine=_engine,
    failure=snowflake.connector.Error,
    message=lambda error: str(error).strip(),
    begin_reading=_read_only,
    begin_writing=_begin,
    schemas=_schemas,
    names=_names,
    resolve=_resolve,
    columns=_columns,
    result_columns=_result_columns,
    encoder=lambda native: value_conversion.array_as_json(native) or value_conversion.encoder(native),
    fill=_fill,
    stage=_stage,
    stage_schema=lambda schema: None,
)
