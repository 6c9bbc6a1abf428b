"""The records behind a connection to a service: an embedded database with a table per object, seeded once."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from applier.sandbox.catalogues.record_validation import Checker
from applier.sandbox.catalogues.types import Field, Object
from applier.sandbox.databases.embedded import EmbeddedDatabase
from applier.sandbox.databases.sqlite_files import database_file
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import Column, Counts, Database, DatabaseError, Identity, NewColumn, Rows
from applier.sandbox.json_values import Document
from applier.sandbox.system import give_name, remove_database

SCHEMA = "object"
NATIVES = {
    "text": "text", "short": "text", "integer": "bigint", "long": "bigint", "decimal": "decimal", "float": "double",
    "boolean": "boolean", "date": "date", "datetime": "timestamp with time zone", "time": "time", "array": "array",
    "object": "json", "binary": "bytes",
}  # fmt: skip


class Records(Database):
    """The objects of one connection, read and written as if they were tables."""

    def __init__(self, type_id: str, connection_id: str, objects: Sequence[Object], data: Path) -> None:
        self._objects = {known.id: known for known in objects}
        self._system = _system(type_id)
        self._file = database_file(self._system, connection_id, data)
        if not self._file.exists():
            _prepare(self._system, objects, data, self._file)
        self._inner = EmbeddedDatabase(self._system, connection_id, data)
        self._add_missing()

    def schemas(self) -> list[str]:
        return [SCHEMA]

    def tables(self) -> list[str]:
        return list(self._objects)

    def views(self) -> list[str]:
        return []

    def columns(self, source: Mapping[str, object]) -> list[Column]:
        described = self._object(source)
        kept = {column.name.casefold(): column for column in self._inner.columns(_table(described.id))}
        known = [_column(described, field) for field in described.fields]
        named = {column.name.casefold() for column in known}
        return [*known, *(column for name, column in kept.items() if name not in named and name != described.key)]

    def read(self, source: Mapping[str, object], *, batch: int = 1000) -> Rows:
        return self._inner.read(_table(self._object(source).id), batch=batch)

    def write(
        self,
        target: str,
        mode: str,
        rows: Rows,
        *,
        columns: Sequence[str | NewColumn],
        identity: Identity | None,
        field_modes: Mapping[str, str],
    ) -> Counts:
        """Write the records that the service accepts, and count those that it refuses."""
        described = self._object({"table": target})
        named = [column if isinstance(column, str) else column.name for column in columns]
        checker = Checker(described, self._inner, named, mode, identity, self._keys_of)
        given = () if mode == "remove" else described.generated_fields(named)
        done = self._inner.write(
            _name(described.id),
            mode,
            checker.accept_rows(rows),
            columns=[*columns, *given],
            identity=identity,
            field_modes={**field_modes, **{name: "create" for name in given if described.stamps.get(name, True)}},
        )
        errors = (*done.errors, *checker.errors)
        total, error = done.total + checker.refused, done.error + checker.refused
        return Counts(done.insert, done.update, done.delete, total, error, errors)

    def create_table(self, name: str, columns: Sequence[NewColumn]) -> None:
        self._inner.create_table(_name(name), columns)

    def close(self) -> None:
        self._inner.close()

    def _object(self, source: Mapping[str, object]) -> Object:
        found = self._objects.get(str(source.get("table") or ""))
        if found is None:
            raise DatabaseError(f"there is no object {source.get('table')!r}")
        return found

    def _keys_of(self, id: str) -> set[str]:
        """Return the keys of an object's records, for references to it."""
        described = self._objects.get(id)
        if described is None or not described.key:
            return set()
        batches = self._inner.read(_table(id))
        return {str(row[described.key]) for batch in batches for row in batch if row.get(described.key)}

    def _add_missing(self) -> None:
        present = {name.partition(".")[2] for name in self._inner.tables()}
        for described in self._objects.values():
            if described.id not in present and described.fields:
                _create_object(self._inner, described)


def delete_records(type_id: str, connection_id: str, data: Path) -> None:
    """Delete the records of a connection; what a run has open stays where it is, as no other connection gets its id."""
    with contextlib.suppress(OSError):
        remove_database(database_file(_system(type_id), connection_id, data))


def _system(type_id: str) -> System:
    return System(type_id, "sqlite", "catalogue", (), NATIVES, default_schema=SCHEMA, enforced=False, loose=True)


def _prepare(system: System, objects: Sequence[Object], data: Path, file: Path) -> None:
    """Create the database under a draft name, so that no other process sees a part of it."""
    draft = f"draft-{uuid.uuid4().hex}"
    database = EmbeddedDatabase(system, draft, data)
    for described in objects:
        if described.fields:
            _create_object(database, described)
            if described.rows:
                _insert_rows(database, described)
    database.close()
    made = database_file(system, draft, data)
    give_name(made, file)
    with contextlib.suppress(OSError):
        remove_database(made)


def _create_object(database: EmbeddedDatabase, described: Object) -> None:
    columns = [NewColumn(field.id, field.type) for field in described.fields]
    if described.key and not described.field(described.key):
        columns.append(NewColumn(described.key, "string"))
    try:
        database.create_table(_name(described.id), columns)
    except DatabaseError as error:
        if "already exists" not in str(error):
            raise


def _insert_rows(database: EmbeddedDatabase, described: Object) -> None:
    names = [field.id for field in described.fields]
    rows: Iterator[list[Document]] = iter([[{name: row.get(name) for name in names} for row in described.rows]])
    database.write(_name(described.id), "append", rows, columns=names, identity=None, field_modes={})


def _name(id: str) -> str:
    return '"' + id.replace('"', '""') + '"'


def _table(id: str) -> dict[str, object]:
    return {"table": _name(id)}


def _column(described: Object, field: Field) -> Column:
    is_key = field.id == described.key
    return Column(field.id, field.type, field.native, not field.required, is_key, is_key)
