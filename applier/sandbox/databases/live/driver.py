"""What a live database has to know about its system: a record of functions, and the doors to the three drivers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from applier.sandbox.databases.identity_matching import Key
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.types import Column, DatabaseError
from applier.sandbox.databases.write_modes import Fill, Stage

Converter = Callable[[object], object]

_MODULES = {"mysql": "mysql", "postgresql": "postgresql", "snowflake": "snowflake"}


@dataclass(frozen=True)
class Driver:
    """How one system is reached, asked and filled.

    `names` lists the tables or views of a database, `columns` those of a table; `result_columns` those of a result.
    `abandon` closes a result that nobody wants to read to its end.
    `decoder` and `encoder` give the function for the values of a column, or None when they go as they are.
    `fill` inserts rows; `stage` makes the temporary table that `write_modes` needs, in the schema that
    `stage_schema` tells for the target's.
    `transactional`: what makes or drops a column is part of the transaction.
    """

    engine: Callable[[Mapping[str, object]], sa.Engine]
    failure: type[Exception]
    message: Callable[[BaseException], str]
    begin_reading: Callable[[sa.Connection], None]
    begin_writing: Callable[[sa.Connection], None]
    schemas: Callable[[sa.Connection, str], list[str]]
    names: Callable[[sa.Connection, str, str], list[Name]]
    resolve: Callable[[sa.Connection, Name], Name]
    columns: Callable[[sa.Connection, Name], list[Column]]
    result_columns: Callable[[sa.Connection, sa.CursorResult[tuple[object, ...]]], list[Column]]
    abandon: Callable[[sa.Connection, sa.CursorResult[tuple[object, ...]]], None]
    decoder: Callable[[str], Converter | None]
    encoder: Callable[[str], Converter | None]
    fill: Fill
    stage: Callable[[sa.Connection, sa.Table, Stage, Column], None]
    stage_schema: Callable[[str], str | None]
    key: Key
    transactional: bool


def is_live(type_id: str) -> bool:
    """Whether the sandbox can open databases of this type where they are."""
    return type_id in _MODULES


def driver_of(type_id: str) -> Driver:
    """The driver of a type; its library is imported only now."""
    try:
        module = importlib.import_module(f"applier.sandbox.databases.live.{_MODULES[type_id]}")
    except ImportError as error:
        extra = "snowflake" if type_id == "snowflake" else "sandbox"
        said = f"live databases of type {type_id} need a library that is not installed ({error.name})"
        raise DatabaseError(f"{said}: pip install 'polytomic-applier[{extra}]'") from None
    driver: Driver = module.DRIVER
    return driver
