"""An embedded database: a database of any type in one SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from applier.sandbox.databases import error_messages, sqlite_files
from applier.sandbox.databases.identity_matching import exact, nocase
from applier.sandbox.databases.native_types import polytomic_type_of
from applier.sandbox.databases.qualified_names import name_of
from applier.sandbox.databases.query_limits import batches_of
from applier.sandbox.databases.source_choice import source_of
from applier.sandbox.databases.sqlite_catalog import Catalog, execute, new_column, quote_identifier
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import Column, Counts, Database, Identity, NewColumn, Row, Rows
from applier.sandbox.databases.value_encoding import OutOfRange, TooLong, decoder, encoder
from applier.sandbox.databases.write_modes import Target, check_mode, column_names, stage_of, table_of, write_rows

_SAMPLED_ROWS = 100


class EmbeddedDatabase(Database):
    """The tables of one database in one file; every call opens and closes its own connection."""

    def __init__(self, system: System, database: str, data: Path) -> None:
        self._system = system
        self._database = database
        self._file = sqlite_files.database_file(system, database, data)
        sqlite_files.prepare(self._file)
        self._reader = sqlite_files.engine_of(self._file, writable=False)

    def schemas(self) -> list[str]:
        found = {name.partition(".")[0] for name in (*self.tables(), *self.views())}
        return sorted(found | set(self._system.standing_schemas))

    def tables(self) -> list[str]:
        with self._reading() as catalog:
            return catalog.names("table")

    def views(self) -> list[str]:
        with self._reading() as catalog:
            return catalog.names("view")

    def columns(self, source: Mapping[str, object]) -> list[Column]:
        with self._reading() as catalog:
            select, columns = self._select(catalog, source)
            return self._with_computed_types(catalog, select, columns)

    def read(self, source: Mapping[str, object], *, batch: int = 1000) -> Rows:
        with self._reading() as catalog:
            select, columns = self._select(catalog, source)
            decoders = [decoder(column.native) for column in columns]
            names = [column.name for column in columns]
            result = catalog.connection.exec_driver_sql(select)
            for rows in batches_of(result.fetchmany, batch):
                yield [_decode_row(names, decoders, row) for row in rows]

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
        with self._writing() as catalog:
            physical = catalog.resolve(target)
            for column in columns:
                if isinstance(column, NewColumn):
                    self._add_missing(catalog, physical, column)
            used = check_mode(mode, identity)
            known = {column.name.casefold(): column for column in catalog.columns(physical)}
            chosen = {name: self._find_column(known, name) for name in column_names(columns, used)}
            described = _target(self._system, physical, chosen, used)
            if used is not None:
                catalog.stage(described.stage.table.name, described.stage.described)
            return write_rows(catalog.connection, described, mode, rows, field_modes)

    def create_table(self, name: str, columns: Sequence[NewColumn]) -> None:
        with self._writing() as catalog:
            made = [new_column(self._system, column.name, column.type) for column in columns]
            catalog.create(name_of(self._system, name, self._database), made)

    def close(self) -> None:
        self._reader.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Catalog]:
        with sqlite_files.reading(self._system, self._reader) as connection:
            yield Catalog(self._system, self._database, connection)

    @contextmanager
    def _writing(self) -> Iterator[Catalog]:
        with sqlite_files.writing(self._system, sqlite_files.engine_of(self._file, writable=True)) as connection:
            yield Catalog(self._system, self._database, connection)

    def _select(self, catalog: Catalog, source: Mapping[str, object]) -> tuple[str, list[Column]]:
        """Return the statement that reads a source, and its columns as far as they are declared."""
        kind, text = source_of(source)
        if kind != "query":
            physical = catalog.resolve(text)
            return f"SELECT * FROM {quote_identifier(physical)}", catalog.columns(physical)
        from applier.sandbox.databases.query_translation import translate_to_sqlite  # sqlglot is slow to import

        select = translate_to_sqlite(self._system, text, catalog.physical)
        execute(catalog.connection, f"SELECT * FROM ({select}) LIMIT 0")
        execute(catalog.connection, "DROP VIEW IF EXISTS temp.model_query")
        execute(catalog.connection, f"CREATE TEMP VIEW model_query AS {select}")
        return select, catalog.columns("model_query")

    def _with_computed_types(self, catalog: Catalog, select: str, columns: list[Column]) -> list[Column]:
        """Return the columns; a computed one has the type of its first values."""
        if all(column.native for column in columns):
            return columns
        result = catalog.connection.exec_driver_sql(f"SELECT * FROM ({select}) LIMIT {_SAMPLED_ROWS}")
        rows = next(batches_of(result.fetchmany, _SAMPLED_ROWS), [])
        return [
            column if column.native else self._guess_column(column.name, [row[place] for row in rows])
            for place, column in enumerate(columns)
        ]

    def _guess_column(self, name: str, values: list[object]) -> Column:
        first = next((value for value in values if value is not None), "")
        kind = {int: "long", float: "float", bytes: "binary"}.get(type(first), "text")
        native = self._system.native(kind)
        return Column(name, polytomic_type_of(native), native, True, False, False)

    def _add_missing(self, catalog: Catalog, physical: str, column: NewColumn) -> None:
        names = {known.name.casefold() for known in catalog.columns(physical)}
        if column.name.casefold() not in names:
            catalog.add_column(physical, new_column(self._system, column.name, column.type))

    def _find_column(self, known: Mapping[str, Column], name: str) -> Column:
        if name.casefold() not in known:
            raise error_messages.missing_column(self._system, name)
        return known[name.casefold()]


def _decode_row(names: list[str], decoders: list[Callable[[object], object]], row: Sequence[object]) -> Row:
    return {name: decode(value) for name, decode, value in zip(names, decoders, row, strict=True)}


def _target(system: System, physical: str, chosen: Mapping[str, Column], identity: Identity | None) -> Target:
    encoders = [(name, column, encoder(column.native, system.enforced)) for name, column in chosen.items()]

    def encode(row: Row, number: int) -> Row:
        return {name: _encode_value(system, column, code, row.get(name), number) for name, column, code in encoders}

    plain = sa.types.NullType()
    return Target(
        table=table_of(physical, None, chosen, plain),
        described=chosen,
        encode=encode,
        key=nocase if system.loose else exact,
        fill=_fill,
        identity=identity,
        stage=stage_of("temp", identity, chosen, plain),
    )


def _fill(connection: sa.Connection, table: sa.Table, columns: list[Column], rows: list[tuple[object, ...]]) -> None:
    names = ", ".join(quote_identifier(column.name) for column in columns)
    place = f"{table.schema or 'main'}.{quote_identifier(table.name)}"
    connection.exec_driver_sql(f"INSERT INTO {place} ({names}) VALUES ({', '.join('?' for _ in columns)})", rows)


def _encode_value(
    system: System, column: Column, code: Callable[[object], object], value: object, number: int
) -> object:
    try:
        return code(value)
    except TooLong as error:
        raise error_messages.too_long(system, column.name, column.native, error.args[0], number) from None
    except OutOfRange:
        raise error_messages.out_of_range(system, column.name, column.native, number) from None
    except (ValueError, TypeError, ArithmeticError):
        raise error_messages.bad_value(system, column.name, column.native, value, number) from None
