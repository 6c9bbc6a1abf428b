"""Live MySQL and MariaDB databases, through PyMySQL."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import pymysql
import sqlalchemy as sa
from pymysql.constants import CR, FIELD_TYPE

from applier.sandbox.databases.identity_matching import loose
from applier.sandbox.databases.live import value_conversion
from applier.sandbox.databases.live.driver import Driver
from applier.sandbox.databases.live.sql_statements import (
    execute,
    insert_values,
    qualified_name,
    quote_identifier,
    stage_select,
)
from applier.sandbox.databases.native_types import parse_native_type, polytomic_type_of
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.types import Column
from applier.sandbox.databases.write_modes import Stage

_SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")
_STATES = {
    1044: "42000", 1045: "28000", 1046: "3D000", 1048: "23000", 1049: "42000", 1050: "42S01", 1054: "42S22",
    1062: "23000", 1064: "42000", 1142: "42000", 1146: "42S02", 1264: "22003", 1364: "HY000", 1366: "HY000",
    1406: "22001", 1451: "23000", 1452: "23000", 1792: "25006", 1969: "70100", 3024: "HY000", 4025: "23000",
}  # fmt: skip
_BINARY = 63
_INDEXED = 190  # characters of a text that every storage engine can index
_BYTES = 4  # that a character of utf8mb4, our connection's, may have
_TYPES = {
    FIELD_TYPE.SHORT: "smallint", FIELD_TYPE.INT24: "mediumint", FIELD_TYPE.LONG: "int", FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.FLOAT: "float", FIELD_TYPE.DOUBLE: "double", FIELD_TYPE.DATE: "date", FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.DATETIME: "datetime", FIELD_TYPE.TIMESTAMP: "timestamp", FIELD_TYPE.TIME: "time",
    FIELD_TYPE.YEAR: "year", FIELD_TYPE.JSON: "json", FIELD_TYPE.BIT: "bit", FIELD_TYPE.GEOMETRY: "geometry",
}  # fmt: skip


def _engine(configuration: Mapping[str, object]) -> sa.Engine:
    wanted: dict[str, Any] = {
        "user": str(configuration.get("account") or ""),
        "password": str(configuration.get("passwd") or ""),
        "host": str(configuration.get("hostname") or "localhost"),
        "port": int(str(configuration.get("port") or 3306)),
        "database": str(configuration.get("dbname") or "") or None,
        "charset": "utf8mb4",
        "connect_timeout": 10,
        "init_command": "SET time_zone = '+00:00'",
    }
    encrypted = bool(configuration.get("ssl", True))

    def connect() -> object:
        """Connect as with `ssl-mode=PREFERRED`: without TLS where the server has none."""
        if encrypted:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            try:
                return pymysql.connect(**wanted, ssl=context)
            except pymysql.OperationalError as error:
                if error.args[0] != CR.CR_SSL_CONNECTION_ERROR:
                    raise
        return pymysql.connect(**wanted, ssl_disabled=True)

    return sa.create_engine("mysql+pymysql://", creator=connect, hide_parameters=True, pool_size=2)


def _message(error: BaseException) -> str:
    if len(error.args) == 2 and isinstance(error.args[0], int):
        code, text = error.args
        state = f" ({_STATES[code]})" if code in _STATES else ""
        return f"Error {code}{state}: {text}"
    return str(error)


def _read_only(connection: sa.Connection) -> None:
    connection.exec_driver_sql("START TRANSACTION READ ONLY")


def _limit_time(connection: sa.Connection, seconds: float) -> None:
    """Limit the time of each SELECT: MariaDB counts seconds, MySQL milliseconds."""
    maria = getattr(connection.dialect, "is_mariadb", False)
    limit = f"max_statement_time = {seconds:.3f}" if maria else f"max_execution_time = {round(seconds * 1000)}"
    connection.exec_driver_sql(f"SET SESSION {limit}")


def _schemas(connection: sa.Connection, database: str) -> list[str]:
    names = connection.exec_driver_sql("SELECT schema_name FROM information_schema.schemata").scalars()
    return sorted(name for name in names if name not in _SYSTEM and name == (database or name))


def _names(connection: sa.Connection, database: str, kind: str) -> list[Name]:
    statement = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = %s"
    wanted = "BASE TABLE" if kind == "table" else "VIEW"
    rows = connection.exec_driver_sql(statement, (wanted,))
    return [Name(schema, table) for schema, table in rows if schema not in _SYSTEM and schema == (database or schema)]


def _columns(connection: sa.Connection, name: Name) -> list[Column]:
    statement = (
        "SELECT column_name, column_type, is_nullable, column_key, column_default IS NOT NULL OR"
        " extra LIKE '%%auto_increment%%' OR extra LIKE '%%GENERATED%%' FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
    )
    return [
        Column(
            column,
            polytomic_type_of(native),
            native,
            nullable == "YES",
            key == "PRI",
            key in ("PRI", "UNI"),
            bool(filled),
        )
        for column, native, nullable, key, filled in connection.exec_driver_sql(statement, (name.schema, name.table))
    ]


def _result_columns(connection: sa.Connection, result: sa.CursorResult[tuple[object, ...]]) -> list[Column]:
    # Only the packets of the protocol tell texts from bytes.
    packets = getattr(getattr(result.cursor, "_result", None), "fields", None) or []
    columns = []
    for place, described in enumerate(result.cursor.description or []):
        text = place >= len(packets) or packets[place].charsetnr != _BINARY
        native = _native(int(str(described[1])), int(described[3] or 0), int(described[5] or 0), text)
        columns.append(Column(described[0], polytomic_type_of(native), native, bool(described[6]), False, False))
    return columns


def _abandon(connection: sa.Connection, result: sa.CursorResult[tuple[object, ...]]) -> None:
    """Close a result without reading the rest, which PyMySQL would do even on a closed connection."""
    packets = getattr(result.cursor, "_result", None)
    if packets is not None:
        packets.unbuffered_active, packets.connection = False, None
    connection.invalidate()


def _native(code: int, length: int, scale: int, text: bool) -> str:
    if code == FIELD_TYPE.TINY:
        return "tinyint(1)" if length == 1 else "tinyint"
    if code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        return f"decimal({max(1, length - 1 - (scale > 0))},{scale})"
    if code in (FIELD_TYPE.VAR_STRING, FIELD_TYPE.VARCHAR, FIELD_TYPE.STRING):
        base = "char" if code == FIELD_TYPE.STRING else "varchar"
        return f"{base}({max(1, length // _BYTES)})" if text else f"{base.replace('char', 'binary')}({length})"
    if code in (FIELD_TYPE.BLOB, FIELD_TYPE.TINY_BLOB, FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB):
        return "text" if text else "blob"
    return _TYPES.get(code, "text")


def _stage(connection: sa.Connection, target: sa.Table, stage: Stage, identity: Column) -> None:
    """Create the stage. With TEMPORARY neither statement ends the transaction, which a separate CREATE INDEX would."""
    shape = parse_native_type(identity.native)
    long = shape.kind in ("text", "binary") and (shape.length or _INDEXED + 1) > _INDEXED
    index = quote_identifier(connection, stage.described[1].name) + (f"({_INDEXED})" if long else "")
    table = qualified_name(connection, stage.table)
    execute(connection, f"DROP TEMPORARY TABLE IF EXISTS {table}")
    select = stage_select(connection, target, stage, identity)
    execute(connection, f"CREATE TEMPORARY TABLE {table} (INDEX ({index})) AS {select}")


DRIVER = Driver(
    engine=_engine,
    failure=pymysql.Error,
    message=_message,
    begin_reading=_read_only,
    limit_time=_limit_time,
    schemas=_schemas,
    names=_names,
    columns=_columns,
    result_columns=_result_columns,
    abandon=_abandon,
    encoder=lambda native: value_conversion.array_as_json(native) or value_conversion.encoder(native),
    fill=insert_values,
    stage=_stage,
    stage_schema=lambda schema: schema,
    key=loose,
)
