"""Live PostgreSQL databases, through psycopg."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import sqlalchemy as sa

from applier.sandbox.databases.live import value_conversion
from applier.sandbox.databases.live.driver import Driver
from applier.sandbox.databases.live.sql_statements import execute, qualified_name, quote_identifier, stage_select
from applier.sandbox.databases.native_types import polytomic_type_of
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.types import Column
from applier.sandbox.databases.write_modes import Stage

_OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'"
_TEMPORARY = "pg_temp"
_TABLES, _VIEWS = "('r', 'p', 'f')", "('v', 'm')"


def _engine(configuration: Mapping[str, object]) -> sa.Engine:
    url = sa.URL.create(
        "postgresql+psycopg",
        username=str(configuration.get("username") or ""),
        password=str(configuration.get("password") or ""),
        host=str(configuration.get("hostname") or "localhost"),
        port=int(str(configuration.get("port") or 5432)),
        database=str(configuration.get("database") or "postgres"),
    )
    arguments = {
        "connect_timeout": 10,
        "sslmode": "prefer" if configuration.get("ssl", True) else "disable",
        "application_name": "applier sandbox",
        "options": "-c timezone=UTC",
    }
    return sa.create_engine(url, connect_args=arguments, hide_parameters=True, pool_size=2)


def _message(error: BaseException) -> str:
    if isinstance(error, psycopg.Error) and error.sqlstate and error.diag.message_primary:
        diagnosis = error.diag
        text = f"{diagnosis.severity or 'ERROR'}: {diagnosis.message_primary} (SQLSTATE {error.sqlstate})"
        return "\n".join([text, *(more for more in (diagnosis.message_detail, diagnosis.context) if more)])
    return str(error).strip().removeprefix("connection failed: ")  # psycopg's words; whoever tells it says so too


def _read_only(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _limit_time(connection: sa.Connection, seconds: float) -> None:
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")


def _schemas(connection: sa.Connection, database: str) -> list[str]:
    statement = f"SELECT nspname FROM pg_namespace n WHERE {_OURS} ORDER BY 1"
    return list(connection.execute(sa.text(statement)).scalars())


def _names(connection: sa.Connection, database: str, kind: str) -> list[Name]:
    statement = (
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE c.relkind IN {_TABLES if kind == 'table' else _VIEWS} AND NOT c.relispartition AND {_OURS}"
    )
    return [Name(schema, table) for schema, table in connection.execute(sa.text(statement))]


def _columns(connection: sa.Connection, name: Name) -> list[Column]:
    statement = sa.text("""
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
               coalesce(bool_or(i.indisprimary), false), coalesce(bool_or(i.indisunique AND i.indnatts = 1), false),
               a.atthasdef OR a.attidentity <> ''
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_index i ON i.indrelid = c.oid AND a.attnum = ANY (i.indkey) AND (i.indisprimary OR i.indisunique)
        WHERE n.nspname = :schema AND c.relname = :table AND a.attnum > 0 AND NOT a.attisdropped
        GROUP BY a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, a.attidentity
        ORDER BY a.attnum""")
    return [
        Column(column, polytomic_type_of(native), native, nullable, primary, primary or unique, filled)
        for column, native, nullable, primary, unique, filled in connection.execute(
            statement, {"schema": name.schema, "table": name.table}
        )
    ]


def _result_columns(connection: sa.Connection, result: sa.CursorResult[tuple[object, ...]]) -> list[Column]:
    found = result.cursor.description or []
    answer = getattr(result.cursor, "pgresult", None)
    if answer is None:
        return []
    natives = connection.execute(
        sa.text("SELECT format_type(t, m) FROM unnest(CAST(:oids AS oid[]), CAST(:mods AS int[])) WITH ORDINALITY"
                " AS x (t, m, place) ORDER BY place"),
        {"oids": [one[1] for one in found], "mods": [answer.fmod(place) for place in range(len(found))]},
    ).scalars()  # fmt: skip
    return [
        Column(one[0], polytomic_type_of(native), native, True, False, False)
        for one, native in zip(found, natives, strict=True)
    ]  # fmt: skip


def _fill(
    connection: sa.Connection, table: sa.Table, columns: list[Column], rows: list[tuple[object, ...]]
) -> None:  # fmt: skip
    """Insert rows with COPY, which takes the values as texts in the form that the columns read."""
    names = ", ".join(quote_identifier(connection, column.name) for column in columns)
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, psycopg.Connection)  # noqa: S101 -- the engine makes no other
    statement = f"COPY {qualified_name(connection, table)} ({names}) FROM STDIN"
    with driver_connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
    if table.schema == _TEMPORARY:
        # Without statistics the planner assumes that a temporary table is small.
        execute(connection, f"ANALYZE {qualified_name(connection, table)}")


def _stage(connection: sa.Connection, target: sa.Table, stage: Stage, identity: Column) -> None:
    select = stage_select(connection, target, stage, identity)
    execute(
        connection, f"CREATE TEMP TABLE {quote_identifier(connection, stage.table.name)} ON COMMIT DROP AS {select}"
    )


DRIVER = Driver(
    engine=_engine,
    failure=psycopg.Error,
    message=_message,
    begin_reading=_read_only,
    limit_time=_limit_time,
    schemas=_schemas,
    names=_names,
    columns=_columns,
    result_columns=_result_columns,
    encoder=value_conversion.encoder,
    fill=_fill,
    stage=_stage,
    stage_schema=lambda schema: _TEMPORARY,
    transactional=True,
)
