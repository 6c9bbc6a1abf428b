"""The same promises against real servers: MariaDB, PostgreSQL and a stand-in for Snowflake."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from applier.sandbox.databases import Database, DatabaseError, Identity, NewColumn, open_database, time_limit
from tests.databases.live import KINDS, Service, execute, kill_connections, prepare, schema_name, service_of
from tests.databases.test_modes import in_order, simulate

pytestmark = pytest.mark.database

PATIENCE = 10  # seconds

PEOPLE = {
    "mysql": "id int PRIMARY KEY, email varchar(100) UNIQUE, active tinyint(1) NOT NULL DEFAULT 1,"
             " amount decimal(10,2), born date, seen datetime, doc json, t time, b blob, txt text, num double",
    "postgresql": "id int PRIMARY KEY, email varchar(100) UNIQUE, active boolean NOT NULL DEFAULT true,"
                  " amount numeric(10,2), born date, seen timestamp, doc jsonb, t time, b bytea, txt text,"
                  " num double precision, u uuid, tags text[]",
    "snowflake": "ID NUMBER(38,0) PRIMARY KEY, EMAIL VARCHAR(100), ACTIVE BOOLEAN NOT NULL, AMOUNT NUMBER(10,2),"
                 " BORN DATE, SEEN TIMESTAMP_NTZ, DOC VARIANT, TXT VARCHAR, NUM FLOAT",
}  # fmt: skip
NATIVES = {
    "mysql": ["int(11)", "varchar(100)", "tinyint(1)", "decimal(10,2)", "date", "datetime", "longtext", "time", "blob",
              "text", "double"],
    "postgresql": ["integer", "character varying(100)", "boolean", "numeric(10,2)", "date",
                   "timestamp without time zone", "jsonb", "time without time zone", "bytea", "text",
                   "double precision", "uuid", "text[]"],
    "snowflake": ["NUMBER(38,0)", "VARCHAR(100)", "BOOLEAN", "NUMBER(10,2)", "DATE", "TIMESTAMP_NTZ(9)", "VARIANT",
                  "VARCHAR(16777216)", "FLOAT"],
}  # fmt: skip
ROW: dict[str, object] = {
    "id": 1, "email": "a@x", "active": True, "amount": Decimal("1.50"), "born": date(2020, 1, 2),
    "seen": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None), "doc": {"a": [1]}, "t": "01:02:03",
    "b": b"\0\1", "txt": "é%s \\ '", "num": 1.5, "u": "12345678-1234-5678-1234-567812345678", "tags": ["x", "y"],
}  # fmt: skip


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with prepare(request.param) as service:
        yield service


@pytest.fixture
def people(service: Service) -> Iterator[tuple[Database, str]]:
    """A table with a column of each kind, and the name by which it is called."""
    table = f"{service.own_schema}.{spellings(service, 'people')}"
    where = f"APPLIER.{table}" if service.type_id == "snowflake" else table
    execute(service, f"CREATE TABLE {where} ({PEOPLE[service.type_id]})")
    with service.open() as database:
        yield database, table


def spellings(service: Service, name: str) -> str:
    return name.upper() if service.type_id == "snowflake" else name


def rows_of(database: Database, **source: str) -> list[dict[str, object]]:
    return [row for batch in database.read(source) for row in batch]


def test_tables_views_and_columns(service: Service, people: tuple[Database, str]) -> None:
    database, table = people
    view = f"{schema_name(service)}.{spellings(service, 'v')}"
    execute(service, f"CREATE VIEW {view} AS SELECT email FROM {schema_name(service)}.{spellings(service, 'people')}")
    assert service.own_schema in database.schemas()
    assert table in database.tables()
    assert f"{service.own_schema}.{spellings(service, 'v')}" in database.views()
    columns = database.columns({"table": table})
    assert [column.native for column in columns] == NATIVES[service.type_id]
    keys = [(column.nullable, column.primary_key, column.unique) for column in columns[:4]]
    if service.type_id != "snowflake":
        assert keys == [(False, True, True), (True, False, True), (False, False, False), (True, False, False)]
    assert [column.name.lower() for column in database.columns({"view": view})] == ["email"]


def test_a_row_of_every_kind_goes_in_and_comes_out(service: Service, people: tuple[Database, str]) -> None:
    database, table = people
    names = [column.name for column in database.columns({"table": table})]
    row = {name: ROW[name.lower()] for name in names}
    nulls = dict.fromkeys(names) | {names[0]: 2, names[2]: False}
    counts = database.write(table, "append", iter([[row, nulls]]), columns=names, identity=None, field_modes={})
    assert (counts.insert, counts.total) == (2, 2)
    if service.type_id == "mysql":  # MariaDB keeps JSON as a text
        row["doc"] = '{"a":[1]}'
    if service.type_id == "snowflake":  # fakesnow gives 1970 for a missing timestamp
        nulls["SEEN"] = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    assert rows_of(database, table=table) == [row, nulls]


def test_the_columns_of_a_query(service: Service, people: tuple[Database, str]) -> None:
    database, table = people
    query = (
        f"SELECT id, email, amount, born AS b, count(*) AS n FROM {table} WHERE email LIKE 'a%' GROUP BY 1, 2, 3, 4; "
    )
    columns = database.columns({"query": query})
    assert [column.name.lower() for column in columns] == ["id", "email", "amount", "b", "n"]
    assert [column.type for column in columns] == ["number", "string", "number", "datetime", "number"]
    if service.type_id != "snowflake":
        assert [column.native.replace("int(11)", "int") for column in columns[:3]] == [
            native.replace("int(11)", "int") for native in (*NATIVES[service.type_id][:2], NATIVES[service.type_id][3])
        ]  # fmt: skip
    assert rows_of(database, query=query) == []


COLUMNS = [NewColumn("k", "string"), NewColumn("a", "string"), NewColumn("b", "string")]
OLD = [{"k": "a", "a": "1", "b": None}, {"k": "b", "a": None, "b": "2"}, {"k": "a", "a": None, "b": "3"}]
NEW = [
    {"k": "a", "a": "new", "b": "new"}, {"k": "c", "a": "x", "b": "y"}, {"k": None, "a": "x", "b": "y"},
    {"k": "c", "a": "again", "b": None}, {"k": "b", "a": "%s", "b": "'"}, {"k": "d", "a": None, "b": "\\"},
]  # fmt: skip


@pytest.mark.parametrize("mode", ["create", "update", "updateOrCreate", "replace", "append", "remove", "snapshot"])
def test_every_mode_does_what_the_model_does(service: Service, mode: str) -> None:
    table = f"{service.own_schema}.T"
    with service.open() as database:
        database.create_table(table, COLUMNS)
        for keep in (False, True):
            database.write(table, "replace", iter([OLD]), columns=["k", "a", "b"], identity=None, field_modes={})
            counts = database.write(
                table, mode, iter([NEW[:4], NEW[4:]]), columns=["k", "a", "b"], identity=Identity("k"),
                field_modes={"a": "create"} if keep else {},
            )  # fmt: skip
            rows, numbers = simulate(mode, OLD, NEW, keep)
            assert in_order(rows_of(database, table=table)) == in_order(rows)
            assert (counts.insert, counts.update, counts.delete, counts.total, counts.error) == numbers


def test_a_failing_row_leaves_the_target_as_it_was(service: Service, people: tuple[Database, str]) -> None:
    database, table = people
    names = [column.name for column in database.columns({"table": table})][:3]
    good = [dict(zip(names, (number, f"{number}@x", True), strict=True)) for number in range(3)]
    database.write(table, "append", iter([good]), columns=names, identity=None, field_modes={})
    bad = [[{**good[0], names[0]: 7}], [{**good[0], names[0]: "seven"}]]
    for mode in ("replace", "append"):
        columns = [*names, NewColumn("gone", "string")]
        with pytest.raises(DatabaseError, match=r"seven|Duplicate|duplicate"):
            database.write(table, mode, iter(bad), columns=columns, identity=None, field_modes={})
        assert in_order(rows_of(database, query=f"SELECT {', '.join(names)} FROM {table}")) == in_order(good)
    assert "gone" not in [column.name for column in database.columns({"table": table})]


def test_a_source_that_breaks_leaves_the_target_as_it_was(service: Service, people: tuple[Database, str]) -> None:
    database, table = people
    names = [column.name for column in database.columns({"table": table})][:3]

    def breaking() -> Iterator[list[dict[str, object]]]:
        yield [dict(zip(names, (1, "a", True), strict=True))]
        raise ConnectionError("lost")

    with pytest.raises(ConnectionError):
        database.write(table, "append", breaking(), columns=names, identity=None, field_modes={})
    assert rows_of(database, table=table) == []


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_a_lost_connection_leaves_the_target_as_it_was(kind: str) -> None:
    with prepare(kind) as service, service.open() as database:
        table = f"{service.own_schema}.t"
        database.create_table(table, COLUMNS)

        def losing(service: Service = service) -> Iterator[list[dict[str, object]]]:
            yield [{"k": "1"}]
            kill_connections(service)
            yield [{"k": "2"}]

        columns = ["k", NewColumn("new", "string")]
        with pytest.raises(DatabaseError, match=r"terminating connection|Lost connection|gone away"):
            database.write(table, "append", losing(), columns=columns, identity=None, field_modes={})
        assert rows_of(database, table=table) == []
        assert "new" not in [column.name for column in database.columns({"table": table})]


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_a_source_is_only_read(kind: str) -> None:
    with prepare(kind) as service, service.open() as database:
        database.create_table(f"{service.own_schema}.t", COLUMNS)
        for query in (
            f"DELETE FROM {service.own_schema}.t", f"SELECT 1; DROP TABLE {service.own_schema}.t",
            f"SELECT 1 INTO OUTFILE '/tmp/{service.schema}'",
            f"WITH x AS (SELECT 1) DELETE FROM {service.own_schema}.t",
            f"SELECT * INTO {service.own_schema}.copy FROM {service.own_schema}.t",
        ):  # fmt: skip
            with pytest.raises(DatabaseError):
                rows_of(database, query=query)
        assert f"{service.own_schema}.copy" not in database.tables()


def test_a_function_that_writes_is_refused() -> None:
    with prepare("postgresql") as service:
        execute(service, f"CREATE SEQUENCE {service.own_schema}.s")
        with service.open() as database, pytest.raises(DatabaseError, match="read-only transaction"):
            rows_of(database, query=f"SELECT nextval('{service.own_schema}.s')")


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("mysql", {"port": 1}, r"^Error 2003: Can't connect to MySQL server"),
        ("mysql", {"hostname": "host.invalid"}, r"^Error 2003: Can't connect to MySQL server on 'host.invalid'"),
        ("mysql", {"passwd": "wrong-word"}, r"^Error 1045 \(28000\): Access denied for user 'applier'@"),
        ("mysql", {"dbname": "nope"}, r"^Error 1049 \(42000\): Unknown database 'nope'$"),
        ("mysql", {"ssh": True}, "SSH"),
        ("postgresql", {"port": 1}, "(?i)connection refused"),
        ("postgresql", {"hostname": "host.invalid"}, "host.invalid"),
        ("postgresql", {"password": "wrong-word"}, 'password authentication failed for user "applier"'),
        ("postgresql", {"database": "nope"}, 'database "nope" does not exist'),
        ("snowflake", {"key_pair_auth": True}, "key pair"),
    ],
)
def test_an_unreachable_server_gives_its_reason(kind: str, changes: dict[str, object], message: str) -> None:
    service = service_of(kind)
    with pytest.raises(DatabaseError, match=message) as caught:
        service.open(**changes)
    for word in ("wrong-word", str(service.configuration.get("passwd")), str(service.configuration.get("password"))):
        assert word not in str(caught.value)


def test_refusals(service: Service) -> None:
    with service.open() as database:
        for source in ({"table": f"{service.own_schema}.nope"}, {"query": f"SELECT * FROM {service.own_schema}.nope"}):
            with pytest.raises(DatabaseError, match=r"(?i)nope"):
                database.columns(source)
            with pytest.raises(DatabaseError, match=r"(?i)nope"):
                list(database.read(source))
        with pytest.raises(DatabaseError, match=r"(?i)nope"):
            database.write(
                f"{service.own_schema}.nope", "append", iter([]), columns=["a"], identity=None, field_modes={}
            )
        database.create_table(f"{service.own_schema}.T", COLUMNS)
        with pytest.raises(DatabaseError, match=r"(?i)exists"):
            database.create_table(f"{service.own_schema}.T", COLUMNS)
        with pytest.raises(DatabaseError, match=r"(?i)nope"):
            database.write(
                f"{service.own_schema}.T", "append", iter([]), columns=["nope"], identity=None, field_modes={}
            )


@pytest.mark.parametrize(("start", "end"), [("postgresql", "mysql"), ("mysql", "postgresql"), ("mysql", "snowflake")])
def test_rows_are_streamed_between_servers(start: str, end: str) -> None:
    odd = 'o`d"d %s :x'
    rows = [{"k": f"k{number}", odd: f"{number}"} for number in range(12000 if end != "snowflake" else 300)]
    with (
        prepare(start) as source,
        prepare(end) as target,
        source.open() as one,
        target.open() as other,
    ):
        for database, service in ((one, source), (other, target)):
            columns = [NewColumn("k", "string"), NewColumn(odd, "string")]
            database.create_table(f"{service.own_schema}.ROWS", columns)
        here, there = f"{source.own_schema}.ROWS", f"{target.own_schema}.ROWS"
        one.write(here, "append", iter([rows]), columns=["k", odd], identity=None, field_modes={})
        for mode in ("replace", "updateOrCreate"):
            batches = one.read({"table": here}, batch=700)
            counts = other.write(there, mode, batches, columns=["k", odd], identity=Identity("k"), field_modes={})
            assert counts.total == len(rows)
        assert counts.update == len(rows)
        assert in_order(rows_of(other, table=there)) == in_order(rows)
        first = next(iter(other.read({"table": there}, batch=10)))
        assert len(first) == 10  # and the rest is never asked for
        assert len(rows_of(other, table=there)) == len(rows)


def test_a_type_without_a_live_driver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot open live databases of type bigquery"):
        open_database("bigquery", {}, tmp_path, live=True)


@pytest.mark.parametrize("kind", ["postgresql", "snowflake"])
def test_a_schema_comes_with_its_first_table(kind: str) -> None:
    with prepare(kind) as service:
        execute(service, f"DROP SCHEMA {schema_name(service)}")
        with service.open() as database:
            for name in ("things", "others"):
                database.create_table(f"{service.own_schema}.{spellings(service, name)}", [NewColumn("n", "number")])
            made = [table for table in database.tables() if table.startswith(f"{service.own_schema}.")]
    assert made == [f"{service.own_schema}.{spellings(service, name)}" for name in ("others", "things")]


SLOW = {
    "mysql": (
        "SELECT count(*) AS n FROM seq_1_to_1000000 a, seq_1_to_1000000 b, seq_1_to_1000000 c",
        "Error 1969 (70100): Query execution was interrupted",
    ),
    "postgresql": (
        "SELECT pg_sleep(60) AS n",
        "ERROR: canceling statement due to statement timeout (SQLSTATE 57014)",
    ),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_query_without_an_end_is_ended_by_the_server(kind: str) -> None:
    """The error is in the words of the server. The stand-in for Snowflake has no limits."""
    query, message = SLOW[kind]
    with prepare(kind) as service, service.open() as database:
        before = time.monotonic()
        with pytest.raises(DatabaseError) as caught, time_limit(1):
            rows_of(database, query=query)
        assert time.monotonic() - before < PATIENCE
        assert str(caught.value).startswith(message)
        assert rows_of(database, query="SELECT 1 AS n") == [{"n": 1}]
