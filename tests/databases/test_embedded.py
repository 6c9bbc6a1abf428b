"""The embedded databases read, write and refuse as the systems that they stand for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from applier.sandbox.databases import Database, DatabaseError, Identity, NewColumn, open_database, supports
from applier.sandbox.databases.identity_matching import members
from applier.sandbox.databases.live import driver, value_conversion
from applier.sandbox.databases.systems import SYSTEMS
from applier.sandbox.databases.value_encoding import encoder
from applier.sandbox.runs.filter_evaluation import meets


def rows_of(database: Database, **source: str) -> list[dict[str, object]]:
    return [row for batch in database.read(source) for row in batch]


@pytest.mark.parametrize(("type_id", "extra"), [("snowflake", "snowflake"), ("mysql", "sandbox")])
def test_a_library_that_is_missing_is_told_with_what_brings_it(
    type_id: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name}", name="somebodys.library")

    monkeypatch.setattr(driver.importlib, "import_module", missing)
    with pytest.raises(DatabaseError) as refused:
        driver.driver_of(type_id)
    said = f"live databases of type {type_id} need a library that is not installed (somebodys.library)"
    assert str(refused.value) == f"{said}: pip install 'polytomic-applier[{extra}]'"


def test_supports() -> None:
    assert all(supports(type_id) for type_id in ("mysql", "postgresql", "snowflake"))
    assert not supports("hubspot")


@pytest.mark.parametrize("type_id", sorted(SYSTEMS))
def test_a_database_that_nobody_seeded_is_empty_and_takes_tables(tmp_path: Path, type_id: str) -> None:
    with open_database(type_id, {"hostname": "nowhere", "password": "x"}, tmp_path, live=False) as database:
        assert (database.tables(), database.views()) == ([], [])
        words = ("string", "number", "boolean", "datetime", "array", "object", "binary", "unknown")
        database.create_table("one.made", [NewColumn(f"c_{word}", word) for word in words])
        assert database.tables() == ["one.made"]
        assert "one" in database.schemas()
        made = {column.name: column.type for column in database.columns({"table": "one.made"})}
        assert (made["c_string"], made["c_number"], made["c_datetime"]) == ("string", "number", "datetime")


def test_values_come_as_the_drivers_give_them(mysql: Database) -> None:
    assert rows_of(mysql, table="company.customers")[0] == {
        "id": 1,
        "email": "ann@example.com",
        "first_name": "Ann",
        "active": True,
        "amount": Decimal("12.50"),
        "born": date(1990, 1, 2),
        "seen": datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001
    }
    assert [len(batch) for batch in mysql.read({"table": "customers"}, batch=2)] == [2, 1]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT email FROM company.customers WHERE id = 1",
        "SELECT `email` FROM `company`.`customers` WHERE `company`.`customers`.`id` = 1;",
        "SELECT c.email FROM customers AS c JOIN company.customers d ON c.id = d.id WHERE d.id = 1 -- one",
        "WITH few AS (SELECT * FROM customers WHERE id < 2) SELECT email FROM few",
        "(SELECT email FROM customers WHERE id = 1) UNION (SELECT email FROM customers WHERE id = 1)",
        "SELECT CONCAT('ann', '@', IFNULL(NULL, 'example.com')) AS email",
        "SELECT email FROM customers WHERE id IN (SELECT id FROM company.customers WHERE email LIKE 'ANN%')",
        "SELECT email FROM customers ORDER BY id LIMIT 1",
    ],
)
def test_queries_in_mysqls_own_sql(mysql: Database, query: str) -> None:
    assert rows_of(mysql, query=query) == [{"email": "ann@example.com"}]
    assert [(column.name, column.type) for column in mysql.columns({"query": query})] == [("email", "string")]


def test_snowflake_folds_names_that_are_not_quoted(tmp_path: Path) -> None:
    with open_database("snowflake", {"dbname": "db"}, tmp_path, live=False) as database:
        database.create_table("CUSTOMERS.CONTACTS", [NewColumn("EMAIL", "string"), NewColumn("N", "number")])
        write(database, "customers.contacts", "append", [{"email": "a", "n": 1}], ["email", "n"])
        query = (
            "select email, n as plain, n as \"quoted\", n::varchar x from db.customers.contacts where email ilike 'A'"
        )
        assert rows_of(database, query=query) == [{"EMAIL": "a", "PLAIN": 1.0, "quoted": 1.0, "X": "1.0"}]


def test_the_type_of_a_computed_column_is_inferred_from_its_values(mysql: Database) -> None:
    query = (
        "SELECT amount, count(*) AS n, avg(amount) AS a, upper(max(email)) AS u, NULL AS z FROM customers GROUP BY 1"
    )
    assert [(c.name, c.native) for c in mysql.columns({"query": query})] == [
        ("amount", "decimal(10,2)"), ("n", "bigint"), ("a", "double"), ("u", "text"), ("z", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE customers",
        "DELETE FROM customers",
        "INSERT INTO customers (id) VALUES (9)",
        "UPDATE customers SET id = 1",
        "SELECT 1; DROP TABLE customers",
        "WITH x AS (SELECT 1) DELETE FROM customers",
        "CREATE TABLE t AS SELECT 1",
        "SELECT * FROM customers INTO OUTFILE '/tmp/x'",
        "PRAGMA journal_mode=DELETE",
        "ATTACH DATABASE '/tmp/x' AS x",
        "",
        "SELECT FROM WHERE",
        "SELECT 'unclosed",
    ],
)
def test_a_query_that_does_not_read_is_refused(mysql: Database, query: str) -> None:
    for use in (mysql.columns, lambda source: list(mysql.read(source))):
        with pytest.raises(DatabaseError):
            use({"query": query or ";"})
    assert len(rows_of(mysql, table="customers")) == 3


def test_refusals_are_worded_as_the_system_words_them(mysql: Database, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"^Error 1146 \(42S02\): Table 'company.nope' doesn't exist$"):
        mysql.columns({"table": "company.nope"})
    with pytest.raises(DatabaseError, match=r"^Error 1054 \(42S22\): Unknown column 'nope' in 'field list'$"):
        mysql.columns({"query": "SELECT nope FROM customers"})
    postgresql = open_database("postgresql", {"database": "shop"}, tmp_path, live=False)
    with pytest.raises(DatabaseError, match=r'^ERROR: relation "public.nope" does not exist \(SQLSTATE 42P01\)$'):
        list(postgresql.read({"query": "SELECT * FROM nope"}))
    snowflake = open_database("snowflake", {"dbname": "db"}, tmp_path, live=False)
    with pytest.raises(DatabaseError, match=r"Object 'DB.CUSTOMERS.NOPE' does not exist or not authorized."):
        snowflake.columns({"table": "CUSTOMERS.NOPE"})


def write(
    database: Database, target: str, mode: str, rows: list[dict[str, object]], columns: list[str | NewColumn],
    identity: Identity | None = None, **field_modes: str,
) -> tuple[int, int, int, int, int]:  # fmt: skip
    counts = database.write(target, mode, iter([rows]), columns=columns, identity=identity, field_modes=field_modes)
    return counts.insert, counts.update, counts.delete, counts.total, counts.error


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": 1}, r"Error 1062 \(23000\): Duplicate entry"),
        ({"id": None}, r"Error 1048 \(23000\): Column 'id' cannot be null"),
        ({"id": "abc"}, r"Error 1366 \(HY000\): Incorrect int value: 'abc' for column 'id' at row 2"),
        ({"id": 2**40}, r"Error 1264 \(22003\): Out of range value for column 'id' at row 2"),
        ({"id": 9, "email": "x" * 300}, r"Error 1406 \(22001\): Data too long for column 'email' at row 2"),
        ({"id": 9, "amount": "1e9"}, r"Error 1264 \(22003\)"),
        ({"id": 9, "born": "yesterday"}, r"Incorrect date value: 'yesterday'"),
    ],
)
def test_a_failing_row_leaves_the_table_as_it_was(mysql: Database, row: dict[str, object], message: str) -> None:
    before = rows_of(mysql, table="customers")
    for mode in ("append", "replace"):
        with pytest.raises(DatabaseError, match=message):
            write(
                mysql,
                "customers",
                mode,
                [{"id": 1 if mode == "replace" else 7}, row],
                ["id", "email", "amount", "born"],
            )
        assert rows_of(mysql, table="customers") == before


def test_a_source_that_breaks_leaves_the_table_as_it_was(mysql: Database) -> None:
    def breaking() -> Iterator[list[dict[str, object]]]:
        yield [{"id": 8}]
        raise ConnectionError("lost")

    before = rows_of(mysql, table="customers")
    with pytest.raises(ConnectionError):
        mysql.write(
            "customers", "replace", breaking(), columns=["id", NewColumn("x", "string")], identity=None, field_modes={}
        )
    assert rows_of(mysql, table="customers") == before


def test_new_columns_are_made_once(mysql: Database) -> None:
    for _ in range(2):
        write(mysql, "customers", "update", [{"id": 1, "note": "hi"}], [NewColumn("note", "string")], Identity("id"))
    assert mysql.columns({"table": "customers"})[-1].native == "text"
    assert [row["note"] for row in rows_of(mysql, table="customers")] == ["hi", None, None]
    with pytest.raises(DatabaseError, match="Unknown column 'nope'"):
        write(mysql, "customers", "append", [{"nope": 1}], ["nope"])
    with pytest.raises(DatabaseError, match="already exists"):
        mysql.create_table("customers", [NewColumn("a", "string")])


def test_names_with_quotes_and_dots_are_only_names(mysql: Database) -> None:
    odd = 'a"; DROP TABLE x; -- `%(b)s :c'
    mysql.create_table("company.odd", [NewColumn(odd, "string"), NewColumn("k", "string")])
    for _ in range(2):
        write(mysql, "company.odd", "updateOrCreate", [{odd: "v'1", "k": "k"}], [odd], Identity("k"))
    assert rows_of(mysql, table="company.odd") == [{odd: "v'1", "k": "k"}]


def test_a_source_may_be_the_database_that_is_written(mysql: Database) -> None:
    mysql.create_table("company.copy", [NewColumn("email", "string")])
    source = ([{"email": row["email"]} for row in batch] for batch in mysql.read({"table": "customers"}, batch=1))
    counts = mysql.write("copy", "append", source, columns=["email"], identity=None, field_modes={})
    assert (counts.insert, counts.total) == (3, 3)


def test_two_writers_take_turns(mysql: Database) -> None:
    mysql.create_table("company.log", [NewColumn("n", "number")])
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(20):
                write(mysql, "company.log", "append", [{"n": number}], ["n"])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows_of(mysql, table="company.log")) == 80


DEEP = "[" * 100_000 + "]" * 100_000


def test_json_that_is_nested_too_deep_is_no_json() -> None:
    """Python's reader ends at a limit of its own, with another error than that of what is no JSON."""
    with pytest.raises(ValueError, match="nested too deep"):
        encoder("json")(DEEP)
    assert list(members(DEEP)) == [DEEP]
    assert meets("ArrayContains", DEEP, "a") is False
    assert value_conversion._parse_json(DEEP) == DEEP
