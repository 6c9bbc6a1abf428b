"""A database at its configured host: read through a server-side cursor, written in one transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from weakref import WeakSet

import sqlalchemy as sa

from applier.sandbox.databases.live.driver import Driver
from applier.sandbox.databases.live.sql_statements import AS_IT_IS, Plain
from applier.sandbox.databases.live.tables import LiveTables
from applier.sandbox.databases.live.value_conversion import Converter
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.query_limits import batches_of, seconds_left
from applier.sandbox.databases.source_choice import source_of
from applier.sandbox.databases.systems import System, configured_database
from applier.sandbox.databases.types import Column, Counts, Database, DatabaseError, Identity, NewColumn, Row, Rows
from applier.sandbox.databases.write_modes import Target, check_mode, column_names, stage_of, table_of, write_rows


class LiveDatabase(Database):
    """One live database; its connections are opened when they are needed and kept until `close`."""

    def __init__(self, system: System, driver: Driver, configuration: Mapping[str, object]) -> None:
        if configuration.get("ssh"):
            raise DatabaseError("the sandbox opens no SSH tunnels: it connects to the host itself")
        self._system = system
        self._driver = driver
        self._database = configured_database(system, configuration)
        self._tables = LiveTables(system, driver, self._database)
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
                return self._tables.columns(connection, self._tables.resolve(connection, text))
            statement = f"SELECT * FROM (\n{self._query(text)}\n) AS model_query LIMIT 0"
            self._begin_reading(connection)
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
                table = self._tables.resolve(connection, text)
                statement = f"SELECT * FROM {self._tables.quote(connection, table)}"
            connection.rollback()
            self._begin_reading(connection)
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
        names = column_names(columns, used)
        with self._connection() as connection:
            table = self._tables.resolve(connection, target)
            with self._tables.with_columns(connection, table, wanted):
                known = self._tables.columns(connection, table)
                chosen = {name: self._tables.find_column(connection, table, known, name) for name in names}
                destination = self._target(table, chosen, used)
                if used is not None:
                    key_column = destination.described[used.column]
                    self._driver.stage(connection, destination.table, destination.stage, key_column)
                self._driver.begin_writing(connection)
                counts = write_rows(connection, destination, mode, rows, field_modes)
                connection.commit()
        return counts

    def create_table(self, name: str, columns: Sequence[NewColumn]) -> None:
        if not columns:
            raise DatabaseError(f"a table needs at least one column: {name}")
        with self._connection() as connection:
            self._tables.create(connection, name, columns)
            connection.commit()

    def close(self) -> None:
        """Close the connections; an open cursor is closed too, since it would keep its tables locked."""
        for rows in list(self._readers):
            with suppress(ValueError):  # another thread reads from it
                rows.close()
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        """Open a connection whose transaction is rolled back unless it is committed."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise DatabaseError(self._driver.message(error.orig or error)) from None
        except self._driver.failure as error:
            raise DatabaseError(self._driver.message(error)) from None

    def _begin_reading(self, connection: sa.Connection) -> None:
        self._driver.begin_reading(connection)
        if (seconds := seconds_left()) is not None:
            self._driver.limit_time(connection, seconds)

    def _query(self, text: str) -> str:
        from applier.sandbox.databases.query_translation import refuse_writes  # sqlglot is slow to import

        refuse_writes(self._system, text)
        return text.strip().rstrip(";")

    def _batches(self, result: sa.CursorResult[tuple[object, ...]], columns: list[Column], batch: int) -> Rows:
        names = [column.name for column in columns]
        converters = [(column.name, self._driver.decoder(column.native)) for column in columns]
        needed = [(name, convert) for name, convert in converters if convert is not None]
        for rows in batches_of(result.fetchmany, batch):
            batch_rows: list[Row] = [dict(zip(names, row, strict=True)) for row in rows]
            for name, convert in needed:
                for made in batch_rows:
                    made[name] = convert(made[name])
            yield batch_rows

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
