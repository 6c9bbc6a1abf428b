"""The words in which the sandbox speaks of a database: what it has, what is written to it, and how that went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

Row = dict[str, object]
Rows = Iterator[list[Row]]

MODES = ("create", "update", "updateOrCreate", "replace", "append", "remove", "snapshot")
IDENTITY_MODES = ("create", "update", "updateOrCreate", "remove")
FUNCTIONS = ("Equality", "ISubstring", "OneOf", "DomainMatch", "HostnameMatch")


class DatabaseError(Exception):
    """The database refused, or could not be reached; the text is the database's own."""


@dataclass(frozen=True)
class Column:
    """One column of a table, view or query; `type` is Polytomic's word and `native` the database's.

    `filled`: the database itself has a value for it where none is written.
    """

    name: str
    type: str
    native: str
    nullable: bool
    primary_key: bool
    unique: bool
    filled: bool = False


@dataclass(frozen=True)
class NewColumn:
    """A column to be made; `type` is one of Polytomic's words or a type in the database's own words."""

    name: str
    type: str


@dataclass(frozen=True)
class Identity:
    """The target column by which a record is recognised, and how the two values are compared."""

    column: str
    function: str = "Equality"


@dataclass(frozen=True)
class Counts:
    """What a write did: rows of the target by what became of them; `total` counts the records that were given."""

    insert: int
    update: int
    delete: int
    total: int
    error: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class SeededTable:
    """A table that was filled from a file."""

    type: str
    database: str
    table: str
    rows: int


class Database(Protocol):
    """One open database; closing it twice does no harm."""

    def schemas(self) -> list[str]: ...

    def tables(self) -> list[str]: ...

    def views(self) -> list[str]: ...

    def columns(self, source: Mapping[str, object]) -> list[Column]: ...

    def read(self, source: Mapping[str, object], *, batch: int = 1000) -> Rows: ...

    def write(
        self,
        target: str,
        mode: str,
        rows: Rows,
        *,
        columns: Sequence[str | NewColumn],
        identity: Identity | None,
        field_modes: Mapping[str, str],
    ) -> Counts: ...

    def create_table(self, name: str, columns: Sequence[NewColumn]) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
