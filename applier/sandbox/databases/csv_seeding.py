"""Fill the embedded databases from a folder of CSV files."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import sqlalchemy as sa

from applier.sandbox.databases import sqlite_files
from applier.sandbox.databases.native_types import polytomic_type_of
from applier.sandbox.databases.qualified_names import Name
from applier.sandbox.databases.sqlite_catalog import Catalog, execute, quote_identifier
from applier.sandbox.databases.systems import SYSTEMS, System
from applier.sandbox.databases.type_inference import TypeGuess
from applier.sandbox.databases.types import Column, DatabaseError, SeededTable
from applier.sandbox.databases.value_encoding import encoder
from applier.sandbox.system import path_text

_BATCH = 1000
_ENDINGS = re.compile(r"\s+(not null|unique|primary key)$", re.IGNORECASE)


@dataclass(frozen=True)
class _File:
    path: Path
    shown: str
    system: System
    database: str
    name: Name

    def refuse(self, line: int, text: str) -> DatabaseError:
        return DatabaseError(f"{self.shown}, line {line}: {text}")


def seed_folder(folder: Path, data: Path, only_missing: bool) -> list[SeededTable]:
    """Create a table from each file, in one transaction, and then a view from each `.sql` file."""
    if not folder.is_dir():
        raise DatabaseError(f"no such folder: {path_text(folder)}")
    paths = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts)
    found = [_file(path, folder) for path in paths if path.suffix in (".csv", ".sql")]
    odd = next((one.path for one in found if not one.path.is_file()), None)
    if odd is not None:  # a named pipe would wait for somebody who writes
        raise DatabaseError(f"{path_text(odd)} is not a regular file")
    seeded: list[SeededTable] = []
    for file in sorted(found, key=lambda file: file.path.suffix):
        place = sqlite_files.database_file(file.system, file.database, data)
        sqlite_files.prepare(place)
        with sqlite_files.writing(file.system, sqlite_files.engine_of(place, writable=True)) as connection:
            catalog = Catalog(file.system, file.database, connection)
            if only_missing and catalog.find(file.name):
                continue
            rows = _fill(file, catalog) if file.path.suffix == ".csv" else _view(file, catalog)
        seeded.append(SeededTable(file.system.type_id, file.database, str(file.name), rows))
    return seeded


def _file(path: Path, folder: Path) -> _File:
    """Return the database and table of a path. Names are composed (NFC), since macOS may decompose them."""
    shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    parts = [normalize("NFC", part) for part in path.relative_to(folder).with_suffix("").parts]
    system = SYSTEMS.get(parts[0])
    if system is None:
        raise DatabaseError(f"{shown}: no database of type {parts[0]} (known: {', '.join(sorted(SYSTEMS))})")
    if len(parts) == 3:
        schema = parts[1] if system.server_wide else system.default_schema
    elif len(parts) == 4 and not system.server_wide:
        schema = parts[2]
    else:
        wanted = "<type>/<database>/<table>" if system.server_wide else "<type>/<database>/<schema>/<table>"
        raise DatabaseError(f"{shown}: the file must lie at {wanted}{path.suffix}")
    return _File(path, shown, system, parts[1], Name(schema, parts[-1]))


def _view(file: _File, catalog: Catalog) -> int:
    from applier.sandbox.databases.query_translation import translate_to_sqlite  # sqlglot is slow to import

    try:
        text = file.path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise file.refuse(1, "not UTF-8 text") from None
    select = translate_to_sqlite(file.system, text, catalog.physical)
    execute(catalog.connection, f"DROP VIEW IF EXISTS {quote_identifier(str(file.name))}")
    execute(catalog.connection, f"CREATE VIEW {quote_identifier(str(file.name))} AS {select}")
    row = catalog.connection.exec_driver_sql(f"SELECT count(*) FROM {quote_identifier(str(file.name))}").one()
    return int(row[0])


def _fill(file: _File, catalog: Catalog) -> int:
    columns = _columns(file)
    catalog.drop(file.name)
    table = catalog.create(file.name, columns)
    encoders = [encoder(column.native, file.system.enforced) for column in columns]
    places = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {quote_identifier(table)} VALUES ({places})"
    count, batch, first_line = 0, [], 2
    for line, cells in _lines(file, len(columns)):
        values: list[object] = []
        for column, encode, cell in zip(columns, encoders, cells, strict=True):
            try:
                values.append(encode(cell or None))
            except (ValueError, ArithmeticError):
                raise file.refuse(line, f"{cell!r} does not fit column {column.name} ({column.native})") from None
        batch.append(tuple(values))
        count += 1
        if len(batch) == _BATCH:
            _insert(file, catalog, statement, batch, first_line)
            batch, first_line = [], line + 1
    _insert(file, catalog, statement, batch, first_line)
    return count


def _insert(file: _File, catalog: Catalog, statement: str, batch: list[tuple[object, ...]], line: int) -> None:
    try:
        if batch:
            catalog.connection.exec_driver_sql(statement, batch)
    except sa.exc.IntegrityError as error:
        raise file.refuse(line, f"in this line or one of the {len(batch)} from here: {error.orig}") from None


def _columns(file: _File) -> list[Column]:
    """Return the columns; a type that the header does not have is inferred from all values of the file."""
    header = _header(file)
    guesses = [TypeGuess() for _ in header]
    key = next((place for place, cell in enumerate(header) if cell.strip().casefold() == "id"), None)
    ids: set[str] = set()
    rows = 0
    for _, cells in _lines(file, len(header)):
        rows += 1
        for guess, cell in zip(guesses, cells, strict=True):
            guess.see(cell)
        if key is not None:
            ids.add(cells[key])
    is_key = rows > 0 and key is not None and guesses[key].kind == "integer" and len(ids) == rows and "" not in ids
    columns = [
        _column(cell, guess.native(file.system), is_key and place == key)
        for place, (cell, guess) in enumerate(zip(header, guesses, strict=True))
    ]
    names = [column.name.casefold() for column in columns]
    for place, name in enumerate(names):
        if not name:
            raise file.refuse(1, f"column {place + 1} has no name")
        if name in names[:place]:
            raise file.refuse(1, f"the column {columns[place].name} is there twice")
    return columns


def _column(cell: str, guessed: str, is_key: bool) -> Column:
    """Return the column of a header cell: a name, or `name:type` with `not null`, `unique` or `primary key`."""
    name, colon, native = cell.strip().partition(":")
    native, marks = native.strip(), set()
    while found := _ENDINGS.search(native):
        marks.add(found[1].lower())
        native = native[: found.start()]
    native = native if colon and native else guessed
    primary = is_key or "primary key" in marks
    return Column(
        name.strip(), polytomic_type_of(native), native, not (primary or "not null" in marks), primary,
        primary or "unique" in marks,
    )  # fmt: skip


def _header(file: _File) -> list[str]:
    """Return the cells of the header; `amount:decimal(10,2)` is one cell even if its comma is not quoted."""
    for _, cells in _records(file):
        whole: list[str] = []
        for cell in cells:
            if whole and whole[-1].count("(") > whole[-1].count(")"):
                whole[-1] += f",{cell}"
            else:
                whole.append(cell)
        return whole
    raise file.refuse(1, "the file is empty: it needs a header")


def _lines(file: _File, width: int) -> Iterator[tuple[int, list[str]]]:
    """Return the records after the header; a blank line is a record only in a table of one column."""
    records = _records(file)
    next(records)
    for line, found in records:
        if not found and width > 1:
            continue
        cells = found or [""]
        if len(cells) != width:
            raise file.refuse(line, f"{len(cells)} values for {width} columns")
        yield line, cells


def _records(file: _File) -> Iterator[tuple[int, list[str]]]:
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise file.refuse(reader.line_num, str(error)) from None
        except UnicodeDecodeError:
            raise file.refuse(reader.line_num + 1, "not UTF-8 text") from None
