"""A database at its configured host: read through a cursor of the server, written in one transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self
from weakref import WeakSet

import sqlalchemy as sa

from applier.sandbox.databases.live.driver import Converter, Driver
from applier.sandbox.databases.live.sql_statements import AS_IT_IS, Plain, execute, quote_identifier
from applier.sandbox.databases.qualified_names import Name, name_of
from applier.sandbox.databases.source_choice import source_of
from applier.sandbox.databases.systems import System, configured_database
from applier.sandbox.databases.types import Column, Counts, DatabaseError, Identity, NewColumn, Row, Rows
from applier.sandbox.databases.write_modes import Target, check_mode, stage_of, table_of, write_rows


class LiveDatabase:
    """Connections are opened when they are needed and kept until `close`."""

    def __init__(self, system: System, driver: Driver, configuration: Mapping[str, object]) -> None:
        if configuration.get("ssh"):
            raise DatabaseError("the sandbox opens no SSH tunnels: it connects to the host itself")
        self._system = system
        self._driver = driver
        self._database = configured_database(system, configuration)
        self._readers: WeakSet[Generator[list[Row]]] = WeakSet()
        self._engine = driver.engine(configuration)
        try:
            with self._connection() as connection:
                connection.exec_driver_sql("SELECT 1").close()
        except BaseException:
            self.close()
            raise

    def schemas(self) -> list[str]:
        with self._connection() as connection:
            return self._driver.schemas(connection, self._database)

    def tables(self) -> list[str]:
        with self._connection() as connection:
            return sorted(str(name) for name in self._driver.names(connection, self._database, "table"))

    def views(self) -> list[str]:
        with self._connection() as connection:
            return sorted(str(name) for name in self._driver.names(connection, self._database, "view"))

    def columns(self, source: Mapping[str, object]) -> list[Column]:
        kind, text = source_of(source)
        with self._connection() as connection:
            if kind != "query":
                return self._columns(connection, self._name(connection, text))
            statement = f"SELECT * FROM (\n{self._query(text)}\n) AS model_query LIMIT 0"
            self._driver.begin_reading(connection)
            with connection.exec_driver_sql(statement, execution_options=AS_IT_IS) as result:
                return self._driver.result_columns(connection, result)

    def read(self, source: Mapping[str, object], *, batch: int = 1000) -> Rows:
        rows = self._read(source, batch)
        self._readers.add(rows)
        return rows

    def _read(self, source: Mapping[str, object], batch: int) -> Generator[list[Row]]:
        kind, text = source_of(source)
        with self._connection() as connection:
            if kind == "query":
                statement = self._query(text)
            else:
                statement = f"SELECT * FROM {self._quote_name(connection, self._name(connection, text))}"
            connection.rollback()
            self._driver.begin_reading(connection)
            streamed = {**AS_IT_IS, "stream_results": True, "max_row_buffer": batch}
            result = connection.exec_driver_sql(statement, execution_options=streamed)
            columns = self._driver.result_columns(connection, result)
            try:
                yield from self._batches(result, columns, batch)
            except GeneratorExit:
                self._driver.abandon(connection, result)
                raise

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
        used = check_mode(mode, identity)
        wanted = [column for column in columns if isinstance(column, NewColumn)]
        names = [column.name if isinstance(column, NewColumn) else column for column in columns]
        if used is not None and used.column not in names:
            names.append(used.column)
        with self._connection() as connection:
            name = self._name(connection, target)
            with self._with_added_columns(connection, name, wanted):
                known = self._columns(connection, name)
                described = self._target(
                    name, {one: self._find_column(connection, name, known, one) for one in names}, used
                )
                if used is not None:
                    self._driver.stage(connection, described.table, described.stage, described.described[used.column])
                self._driver.begin_writing(connection)
                counts = write_rows(connection, described, mode, rows, field_modes)
                connection.commit()
        return counts

    def create_table(self, name: str, columns: Sequence[NewColumn]) -> None:
        if not columns:
            raise DatabaseError(f"a table needs at least one column: {name}")
        with self._connection() as connection:
            table = name_of(self._system, name, self._database)
            lines = ", ".join(self._definition(connection, column) for column in columns)
            self._make_schema(connection, table.schema)
            execute(connection, f"CREATE TABLE {self._quote_name(connection, table)} ({lines})")
            connection.commit()

    def _make_schema(self, connection: sa.Connection, wanted: str) -> None:
        """A schema comes with its first table; where schemas are databases they are for others to make."""
        known = self._driver.schemas(connection, self._database)
        folded = {name.upper() for name in known} if self._system.upper else set(known)
        if not self._system.server_wide and (wanted.upper() if self._system.upper else wanted) not in folded:
            execute(connection, f"CREATE SCHEMA {quote_identifier(connection, wanted)}")

    def close(self) -> None:
        """Also ends what is being read: an open cursor would keep its tables locked."""
        for rows in list(self._readers):
            with suppress(ValueError):  # another thread is at it
                rows.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        """A connection whose transaction is rolled back, unless it was committed."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise DatabaseError(self._driver.message(error.orig or error)) from None
        except self._driver.failure as error:
            raise DatabaseError(self._driver.message(error)) from None

    def _name(self, connection: sa.Connection, text: str) -> Name:
        return self._driver.resolve(connection, name_of(self._system, text, self._database))

    def _quote_name(self, connection: sa.Connection, name: Name) -> str:
        return f"{quote_identifier(connection, name.schema)}.{quote_identifier(connection, name.table)}"

    def _columns(self, connection: sa.Connection, name: Name) -> list[Column]:
        """The columns of a table; without any the database says itself what is wrong with it."""
        if columns := self._driver.columns(connection, name):
            return columns
        execute(connection, f"SELECT * FROM {self._quote_name(connection, name)} LIMIT 0")
        return []

    def _query(self, text: str) -> str:
        from applier.sandbox.databases.query_translation import refuse_writes  # sqlglot is slow to import

        refuse_writes(self._system, text)
        return text.strip().rstrip(";")

    def _batches(self, result: sa.CursorResult[tuple[object, ...]], columns: list[Column], batch: int) -> Rows:
        names = [column.name for column in columns]
        converters = [(column.name, self._driver.decoder(column.native)) for column in columns]
        needed = [(name, convert) for name, convert in converters if convert is not None]
        while rows := result.fetchmany(batch):
            batch_rows: list[Row] = [dict(zip(names, row, strict=True)) for row in rows]
            for name, convert in needed:
                for made in batch_rows:
                    made[name] = convert(made[name])
            yield batch_rows

    @contextmanager
    def _with_added_columns(self, connection: sa.Connection, name: Name, wanted: list[NewColumn]) -> Iterator[None]:
        """Adds the columns that are missing; takes them back where the transaction does not when something fails."""
        known = {column.name.casefold() for column in self._columns(connection, name)} if wanted else set()
        missing = [column for column in wanted if column.name.casefold() not in known]
        table = self._quote_name(connection, name)
        added: list[NewColumn] = []
        try:
            for column in missing:
                execute(connection, f"ALTER TABLE {table} ADD COLUMN {self._definition(connection, column)}")
                added.append(column)
            yield
        except BaseException:
            self._roll_back(connection)
            for column in [] if self._driver.transactional else added:
                execute(connection, f"ALTER TABLE {table} DROP COLUMN {quote_identifier(connection, column.name)}")
            raise

    def _roll_back(self, connection: sa.Connection) -> None:
        """A connection that is lost has rolled back by itself; what comes next opens another."""
        try:
            connection.rollback()
        except (sa.exc.DBAPIError, self._driver.failure):
            connection.invalidate()
            connection.rollback()

    def _definition(self, connection: sa.Connection, column: NewColumn) -> str:
        return f"{quote_identifier(connection, column.name)} {self._system.native(column.type)}"

    def _find_column(self, connection: sa.Connection, table: Name, known: list[Column], name: str) -> Column:
        """The column of this name, its exact spelling first; the database says itself that there is none."""
        same = [column for column in known if column.name.casefold() == name.casefold()]
        if not same:
            place = self._quote_name(connection, table)
            execute(connection, f"SELECT {quote_identifier(connection, name)} FROM {place} LIMIT 0")
            raise DatabaseError(f"column {name} of {table} cannot be written")
        return next((column for column in same if column.name == name), same[0])

    def _target(self, name: Name, chosen: Mapping[str, Column], identity: Identity | None) -> Target:
        encoders = [(one, self._driver.encoder(column.native)) for one, column in chosen.items()]
        return Target(
            table=table_of(name.table, name.schema, chosen, Plain()),
            described=chosen,
            encode=lambda row, number: _encode_row(encoders, row),
            key=self._driver.key,
            fill=self._driver.fill,
            identity=identity,
            stage=stage_of(self._driver.stage_schema(name.schema), identity, chosen, Plain()),
        )


def _encode_row(encoders: list[tuple[str, Converter | None]], row: Row) -> Row:
    return {
        name: row.get(name) if convert is None else convert(row.get(name)) for name, convert in encoders
    }  # fmt: skip
