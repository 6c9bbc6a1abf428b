"""The types of the databases package: columns, identities, counts, errors, and the protocol of a database."""

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
    """The database refused a statement or cannot be reached; the text is the database's own."""


@dataclass(frozen=True)
class Column:
    """One column of a table, view or query; `type` is the Polytomic type and `native` that of the database.

    `filled`: the database sets a value if none is written.
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
    """A column to create; `type` is a Polytomic type or a native type."""

    name: str
    type: str


@dataclass(frozen=True)
class Identity:
    """The target column that identifies a record, and the function that compares its values."""

    column: str
    function: str = "Equality"


@dataclass(frozen=True)
class Counts:
    """The result of a write: the rows of the target by outcome; `total` counts the records that were given."""

    insert: int
    update: int
    delete: int
    total: int
    error: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class SeededTable:
    """A table that was loaded from a file."""

    type: str
    database: str
    table: str
    rows: int


class Database(Protocol):
    """One open database, closed at the end of a `with` block; it can be closed twice."""

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
