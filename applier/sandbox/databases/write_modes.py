"""The write modes: what each mode of a sync does to the rows of the target table.

Records with an identity are first inserted into a stage, a temporary table: the database itself then matches them with
its rows, by its own rules of equality, and updates thousands of rows in one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from applier.sandbox.databases.identity_matching import Key, find_matches
from applier.sandbox.databases.types import (
    IDENTITY_MODES,
    MODES,
    Column,
    Counts,
    DatabaseError,
    Identity,
    NewColumn,
    Row,
    Rows,
)

_STAGE, _PLACE, _MATCH = "__applier_stage", "__applier_place", "__applier_match"
_PART = 25_000
_SHOWN_ERRORS = 100

Fill = Callable[[sa.Connection, sa.Table, list[Column], list[tuple[object, ...]]], None]


@dataclass(frozen=True)
class Stage:
    """The temporary table: the position of a record, its identity in the target, and its other values."""

    table: sa.Table
    described: list[Column]
    names: list[str]

    @property
    def read(self) -> sa.FromClause:
        return self.table.alias("staged")


@dataclass(frozen=True)
class Target:
    """The table that is written: its columns by the names in the rows, and how values are encoded and inserted."""

    table: sa.Table
    described: Mapping[str, Column]
    encode: Callable[[Row, int], Row]
    key: Key
    fill: Fill
    identity: Identity | None
    stage: Stage

    @property
    def match(self) -> sa.Column[object]:
        assert self.identity is not None  # noqa: S101 -- who asks has one
        return self.table.c[self.identity.column]

    def insert(self, connection: sa.Connection, rows: list[Row]) -> None:
        self.fill(connection, self.table, list(self.described.values()), [tuple(row.values()) for row in rows])


def table_of(name: str, schema: str | None, columns: Mapping[str, Column], kind: sa.types.TypeEngine[Any]) -> sa.Table:
    """Return a table for statements; its columns have the names in the rows as keys."""
    made = [sa.Column(column.name, kind, key=key, quote=True) for key, column in columns.items()]
    return sa.Table(name, sa.MetaData(), *made, schema=schema, quote=True, quote_schema=True)


def stage_of(
    schema: str | None, identity: Identity | None, columns: Mapping[str, Column], kind: sa.types.TypeEngine[Any]
) -> Stage:
    """Return the stage of a target; without an identity it is not created."""
    names = [name for name in columns if identity is None or name != identity.column]
    described = {_PLACE: Column(_PLACE, "number", "int", True, False, False)}
    if identity is not None:
        described[_MATCH] = replace(columns[identity.column], name=_MATCH)
    described |= {name: columns[name] for name in names}
    return Stage(table_of(_STAGE, schema, described, kind), list(described.values()), names)


@dataclass
class _Tally:
    insert: int = 0
    update: int = 0
    delete: int = 0
    total: int = 0
    error: int = 0
    errors: list[str] = field(default_factory=list)

    def refuse(self, text: str) -> None:
        self.error += 1
        if len(self.errors) < _SHOWN_ERRORS:
            self.errors.append(text)

    def counts(self) -> Counts:
        return Counts(self.insert, self.update, self.delete, self.total, self.error, tuple(self.errors))


def check_mode(mode: str, identity: Identity | None) -> Identity | None:
    """Return the identity if the mode uses one. Raises DatabaseError."""
    if mode not in MODES:
        raise DatabaseError(f"unknown mode {mode}")
    if mode not in IDENTITY_MODES:
        return None
    if identity is None:
        raise DatabaseError(f"mode {mode} needs an identity")
    return identity


def column_names(columns: Sequence[str | NewColumn], identity: Identity | None) -> list[str]:
    """Return the names of the columns that are written or compared."""
    names = [column.name if isinstance(column, NewColumn) else column for column in columns]
    return names if identity is None or identity.column in names else [*names, identity.column]


def write_rows(
    connection: sa.Connection, target: Target, mode: str, rows: Rows, field_modes: Mapping[str, str]
) -> Counts:
    """Write all rows in the transaction of the caller."""
    tally = _Tally()
    if mode in ("replace", "snapshot"):
        tally.delete = connection.execute(sa.delete(target.table)).rowcount
    batches = _encode_batches(rows, target, tally)
    if target.identity is None:
        for batch in batches:
            target.insert(connection, batch)
            tally.insert += len(batch)
        return tally.counts()
    kept = frozenset(name for name, how in field_modes.items() if how == "create")
    for part in _parts(batches, target.identity, target.key, tally):
        known = _count_matches(connection, target, target.identity, part)
        _write_part(connection, target, mode, part, known, kept, tally)
    return tally.counts()


def _encode_batches(rows: Rows, target: Target, tally: _Tally) -> Iterator[list[Row]]:
    for batch in rows:
        if batch:
            yield [target.encode(row, tally.total + place) for place, row in enumerate(batch, start=1)]
            tally.total += len(batch)


def _parts(batches: Iterator[list[Row]], identity: Identity, key: Key, tally: _Tally) -> Iterator[list[Row]]:
    """Return parts in which no identity occurs twice, since a repeated one has to match the row of the first."""
    part: list[Row] = []
    seen: set[object] = set()
    size = _PART if identity.function == "Equality" else 1
    for batch in batches:
        for row in batch:
            value = row[identity.column]
            if value is None or value == "":
                tally.refuse(f"a record has no value for the identity {identity.column}")
                continue
            same = key(value)
            if len(part) >= size or same in seen:
                yield part
                part, seen = [], set()
            part.append(row)
            seen.add(same)
    if part:
        yield part


def _count_matches(connection: sa.Connection, target: Target, identity: Identity, part: list[Row]) -> dict[int, int]:
    """Fill the stage, and return how many rows of the target each record of the part matches."""
    stage = target.stage
    staged = [(place, row[identity.column], row) for place, row in enumerate(part)]
    if identity.function != "Equality":
        staged = [
            (place, match, row)
            for place, wanted, row in staged
            for match in find_matches(connection, target.match, identity.function, str(wanted))
        ]
    connection.execute(sa.delete(stage.table))
    if not staged:
        return {}
    values = [(place, match, *(row[name] for name in stage.names)) for place, match, row in staged]
    target.fill(connection, stage.table, stage.described, values)
    read = stage.read
    found = sa.select(read.c[_PLACE], sa.func.count()).where(target.match == read.c[_MATCH]).group_by(read.c[_PLACE])
    return {int(place): count for place, count in connection.execute(found)}


def _write_part(
    connection: sa.Connection,
    target: Target,
    mode: str,
    part: list[Row],
    known: Mapping[int, int],
    kept: frozenset[str],
    tally: _Tally,
) -> None:
    if mode in ("update", "updateOrCreate") and known:
        _update(connection, target, kept)
        tally.update += sum(known.values())
    if mode == "remove" and known:
        connection.execute(sa.delete(target.table).where(target.match.in_(sa.select(target.stage.read.c[_MATCH]))))
        tally.delete += sum(known.values())
    new = [row for place, row in enumerate(part) if place not in known]
    if mode in ("create", "updateOrCreate") and new:
        target.insert(connection, new)
        tally.insert += len(new)


def _update(connection: sa.Connection, target: Target, kept: frozenset[str]) -> None:
    """Update the matched rows except for the identity column; a field of mode `create` keeps a value that is there."""
    read = target.stage.read
    settings = {
        target.table.c[name]: sa.func.coalesce(target.table.c[name], read.c[name]) if name in kept else read.c[name]
        for name in target.stage.names
    }
    if settings:
        connection.execute(sa.update(target.table).values(settings).where(target.match == read.c[_MATCH]))
