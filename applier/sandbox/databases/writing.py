"""The modes of a sync: what becomes of a target table's rows when records are written to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from applier.sandbox.databases.matching import Key, find_matches
from applier.sandbox.databases.nouns import IDENTITY_MODES, MODES, Counts, DatabaseError, Identity, Row, Rows

_SHOWN_ERRORS = 100
_MATCH = "matched_identity"


@dataclass(frozen=True)
class Target:
    """The table that is written: its columns by the name that rows use, and how a row's values are encoded."""

    table: sa.Table
    columns: Mapping[str, sa.Column[object]]
    encode: Callable[[Row, int], Row]
    key: Key
    insert: Callable[[sa.Connection, list[Row]], None]


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


def write_rows(
    connection: sa.Connection,
    target: Target,
    mode: str,
    rows: Rows,
    identity: Identity | None,
    field_modes: Mapping[str, str],
) -> Counts:
    """Writes all rows inside the caller's transaction."""
    _check(mode, identity)
    tally = _Tally()
    if mode in ("replace", "snapshot"):
        tally.delete = connection.execute(sa.delete(target.table)).rowcount
    for batch in rows:
        encoded = [target.encode(row, tally.total + place) for place, row in enumerate(batch, start=1)]
        tally.total += len(batch)
        if identity is None or mode not in IDENTITY_MODES:
            if encoded:
                target.insert(connection, encoded)
            tally.insert += len(encoded)
            continue
        for part in _without_repeats(encoded, identity, target.key, tally):
            _write_part(connection, target, mode, part, identity, field_modes, tally)
    return tally.counts()


def _check(mode: str, identity: Identity | None) -> None:
    if mode not in MODES:
        raise DatabaseError(f"unknown mode {mode}")
    if mode in IDENTITY_MODES and identity is None:
        raise DatabaseError(f"mode {mode} needs an identity")


def _without_repeats(rows: list[Row], identity: Identity, key: Key, tally: _Tally) -> Iterator[list[Row]]:
    """Cuts the rows where an identity comes again, so that the second finds what became of the first."""
    part: list[Row] = []
    seen: set[object] = set()
    for row in rows:
        value = row.get(identity.column)
        if value is None or value == "":
            tally.refuse(f"a record has no value for the identity {identity.column}")
            continue
        if key(value) in seen or (part and identity.function != "Equality"):
            yield part
            part, seen = [], set()
        part.append(row)
        seen.add(key(value))
    if part:
        yield part


def _write_part(
    connection: sa.Connection,
    target: Target,
    mode: str,
    part: list[Row],
    identity: Identity,
    field_modes: Mapping[str, str],
    tally: _Tally,
) -> None:
    column = target.columns[identity.column]
    values = [row[identity.column] for row in part]
    found = find_matches(connection, column, identity.function, values, target.key)
    new = [row for row in part if target.key(row[identity.column]) not in found]
    known = [(row, found[key]) for row in part if (key := target.key(row[identity.column])) in found]
    if mode in ("create", "updateOrCreate") and new:
        target.insert(connection, new)
        tally.insert += len(new)
    if mode in ("update", "updateOrCreate") and known:
        _update(connection, target, known, identity, field_modes)
        tally.update += sum(matches.total() for _, matches in known)
    if mode == "remove" and known:
        wanted = [{_MATCH: value} for _, matches in known for value in matches]
        connection.execute(sa.delete(target.table).where(column == sa.bindparam(_MATCH)), wanted)
        tally.delete += sum(matches.total() for _, matches in known)


def _update(
    connection: sa.Connection,
    target: Target,
    known: list[tuple[Row, Counter[object]]],
    identity: Identity,
    field_modes: Mapping[str, str],
) -> None:
    """The identity's own column stays as it is; a field of mode `create` keeps the value that it has."""
    names = [name for name in known[0][0] if name != identity.column]
    if not names:
        return
    settings: dict[sa.Column[object], object] = {}
    for name in names:
        column = target.columns[name]
        new = sa.bindparam(column.key, type_=column.type)
        settings[column] = sa.func.coalesce(column, new) if field_modes.get(name) == "create" else new
    statement = sa.update(target.table).where(target.columns[identity.column] == sa.bindparam(_MATCH)).values(settings)
    wanted = [
        {**{target.columns[name].key: row[name] for name in names}, _MATCH: value}
        for row, matches in known
        for value in matches
    ]
    connection.execute(statement, wanted)
