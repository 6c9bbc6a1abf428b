"""The properties of each database system: a table with one row per connection type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """The names, native types and rules of one database system.

    `server_wide`: the databases of the system are schemas here, and one file contains them all.
    `enforced`: primary and unique keys refuse duplicates (warehouses do not enforce them).
    `loose`: texts are equal if they differ by case only.
    """

    type_id: str
    dialect: str
    family: str
    database_keys: tuple[str, ...]
    natives: Mapping[str, str]
    server_wide: bool = False
    default_schema: str = ""
    standing_schemas: tuple[str, ...] = ()
    upper: bool = False
    enforced: bool = True
    loose: bool = False

    def native(self, word: str) -> str:
        """Return the native type for one of Polytomic's types or a kind of `native_types`; any other is native."""
        aliases = {"string": "text", "number": "float", "unknown": "text"}
        return self.natives.get(aliases.get(word, word), word).replace("{p}", "38").replace("{s}", "10")


_MYSQL = {
    "text": "text", "short": "varchar(255)", "integer": "int", "long": "bigint", "decimal": "decimal({p},{s})",
    "float": "double", "boolean": "tinyint(1)", "date": "date", "datetime": "datetime", "time": "time",
    "array": "json", "object": "json", "binary": "blob",
}  # fmt: skip
_POSTGRESQL = {
    "text": "text", "short": "text", "integer": "integer", "long": "bigint", "decimal": "numeric",
    "float": "double precision", "boolean": "boolean", "date": "date", "datetime": "timestamp without time zone",
    "time": "time without time zone", "array": "jsonb", "object": "jsonb", "binary": "bytea",
}  # fmt: skip
_REDSHIFT = {
    **_POSTGRESQL, "text": "character varying(65535)", "short": "character varying(256)",
    "decimal": "numeric({p},{s})", "array": "super", "object": "super", "binary": "varbyte",
}  # fmt: skip
_SNOWFLAKE = {
    "text": "VARCHAR(16777216)", "short": "VARCHAR(16777216)", "integer": "NUMBER(38,0)", "long": "NUMBER(38,0)",
    "decimal": "FLOAT", "float": "FLOAT", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP_NTZ(9)",
    "time": "TIME(9)", "array": "ARRAY", "object": "VARIANT", "binary": "BINARY(8388608)",
}  # fmt: skip
_BIGQUERY = {
    "text": "STRING", "short": "STRING", "integer": "INT64", "long": "INT64", "decimal": "NUMERIC",
    "float": "FLOAT64", "boolean": "BOOL", "date": "DATE", "datetime": "TIMESTAMP", "time": "TIME",
    "array": "JSON", "object": "JSON", "binary": "BYTES",
}  # fmt: skip
_SQLSERVER = {
    "text": "nvarchar(max)", "short": "nvarchar(255)", "integer": "int", "long": "bigint",
    "decimal": "decimal({p},{s})", "float": "float", "boolean": "bit", "date": "date", "datetime": "datetime2(7)",
    "time": "time(7)", "array": "nvarchar(max)", "object": "nvarchar(max)", "binary": "varbinary(max)",
}  # fmt: skip
_DATABRICKS = {
    "text": "string", "short": "string", "integer": "int", "long": "bigint", "decimal": "decimal({p},{s})",
    "float": "double", "boolean": "boolean", "date": "date", "datetime": "timestamp", "time": "string",
    "array": "string", "object": "string", "binary": "binary",
}  # fmt: skip
_CLICKHOUSE = {
    "text": "String", "short": "String", "integer": "Int32", "long": "Int64", "decimal": "Decimal({p},{s})",
    "float": "Float64", "boolean": "Bool", "date": "Date", "datetime": "DateTime", "time": "String",
    "array": "String", "object": "String", "binary": "String",
}  # fmt: skip


def _sqlserver(type_id: str) -> System:
    return System(
        type_id, "tsql", "sqlserver", ("database",), _SQLSERVER,
        default_schema="dbo", standing_schemas=("dbo",), loose=True,
    )  # fmt: skip


def _redshift(type_id: str) -> System:
    return System(
        type_id, "redshift", "postgresql", ("database",), _REDSHIFT,
        default_schema="public", standing_schemas=("public",), enforced=False,
    )  # fmt: skip


_ALL = (
    System("mysql", "mysql", "mysql", ("dbname",), _MYSQL, server_wide=True, loose=True),
    System(
        "postgresql", "postgres", "postgresql", ("database",), _POSTGRESQL,
        default_schema="public", standing_schemas=("public",),
    ),
    System(
        "snowflake", "snowflake", "snowflake", ("dbname",), _SNOWFLAKE,
        default_schema="PUBLIC", upper=True, enforced=False,
    ),
    _redshift("redshift"),
    _redshift("redshiftserverless"),
    System("bigquery", "bigquery", "bigquery", (), _BIGQUERY, server_wide=True, enforced=False),
    _sqlserver("mssql"),
    _sqlserver("azuresql"),
    _sqlserver("synapse"),
    System(
        "databricks", "databricks", "databricks", ("database", "catalog"), _DATABRICKS,
        default_schema="default", enforced=False,
    ),
    System("motherduck", "duckdb", "duckdb", ("database",), _POSTGRESQL, default_schema="main"),
    System("clickhouse", "clickhouse", "clickhouse", ("database",), _CLICKHOUSE, server_wide=True, enforced=False),
)  # fmt: skip
SYSTEMS: Mapping[str, System] = {system.type_id: system for system in _ALL}


def configured_database(system: System, configuration: Mapping[str, object]) -> str:
    """Return the database that a connection's configuration names, or the empty string."""
    for key in system.database_keys:
        if value := configuration.get(key):
            return str(value)
    return ""
