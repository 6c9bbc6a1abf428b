"""The driver of a live database: the functions in which MySQL, PostgreSQL and Snowflake differ."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from applier.sandbox.databases.identity_matching import Key, exact
from applier.sandbox.databases.live import value_conversion
from applier.sandbox.databases.live.value_conversion import Converter
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.types import Column, DatabaseError
from applier.sandbox.databases.write_modes import Fill, Stage

_MODULES = {"mysql": "mysql", "postgresql": "postgresql", "snowflake": "snowflake"}


@dataclass(frozen=True, kw_only=True)
class Driver:
    """The functions with which one system is connected to, read and written.

    `names` lists the tables or views of a database, `columns` the columns of a table, and `result_columns` those
    of a result.
    `abandon` closes a result before its end.
    `decoder` and `encoder` return the conversion for the values of a column; None where none is needed.
    `limit_time` limits the seconds of each statement that reads, where a connection can do that.
    `fill` inserts rows; `stage` creates the temporary table that `write_modes` needs, in the schema `stage_schema`.
    `transactional`: adding and dropping a column is part of the transaction.
    """

    engine: Callable[[Mapping[str, object]], sa.Engine]
    failure: type[Exception]
    message: Callable[[BaseException], str]
    begin_reading: Callable[[sa.Connection], None]
    schemas: Callable[[sa.Connection, str], list[str]]
    names: Callable[[sa.Connection, str, str], list[Name]]
    columns: Callable[[sa.Connection, Name], list[Column]]
    result_columns: Callable[[sa.Connection, sa.CursorResult[tuple[object, ...]]], list[Column]]
    encoder: Callable[[str], Converter | None]
    fill: Fill
    stage: Callable[[sa.Connection, sa.Table, Stage, Column], None]
    stage_schema: Callable[[str], str | None]
    limit_time: Callable[[sa.Connection, float], None] = lambda connection, seconds: None
    begin_writing: Callable[[sa.Connection], None] = lambda connection: None
    resolve: Callable[[sa.Connection, Name], Name] = lambda connection, name: name
    abandon: Callable[[sa.Connection, sa.CursorResult[tuple[object, ...]]], None] = lambda connection, result: (
        result.close()
    )
    decoder: Callable[[str], Converter | None] = value_conversion.decoder
    key: Key = exact
    transactional: bool = False


def is_live(type_id: str) -> bool:
    """Return whether the sandbox can open live databases of this type."""
    return type_id in _MODULES


def driver_of(type_id: str) -> Driver:
    """Return the driver of a type; its library is imported on first use."""
    try:
        module = importlib.import_module(f"applier.sandbox.databases.live.{_MODULES[type_id]}")
    except ImportError as error:
        extra = "snowflake" if type_id == "snowflake" else "sandbox"
        said = f"live databases of type {type_id} need a library that is not installed ({error.name})"
        raise DatabaseError(f"{said}: pip install 'polytomic-applier[{extra}]'") from None
    driver: Driver = module.DRIVER
    return driver
