"""Seeding tells types from values, obeys annotations, and names file and line of what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from applier.sandbox.databases import DatabaseError, SeededTable, open_database, reset, seed

VALUES = "id,words,whole,wide,part,flag,day,moment,nothing,code\n" + "\n".join(
    f"{n},word {n},{n},{n}000000000000,{n}.25,{'true' if n % 2 else 'false'},2024-01-0{n},2024-01-0{n} 10:00:00,,00{n}"
    for n in range(1, 5)
)


# In the order of the columns of VALUES.
NATIVES = {
    ("mysql", "mysql/shop/t.csv", "shop.t"): [
        "int",
        "varchar(255)",
        "int",
        "bigint",
        "decimal(10,2)",
        "tinyint(1)",
        "date",
        "datetime",
        "text",
        "varchar(255)",
    ],
    ("postgresql", "postgresql/shop/public/t.csv", "public.t"): [
        "integer",
        "text",
        "integer",
        "bigint",
        "numeric",
        "boolean",
        "date",
        "timestamp without time zone",
        "text",
        "text",
    ],
    ("snowflake", "snowflake/shop/S/T.csv", "S.T"): [
        "NUMBER(38,0)",
        "VARCHAR(16777216)",
        "NUMBER(38,0)",
        "NUMBER(38,0)",
        "FLOAT",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP_NTZ(9)",
        "VARCHAR(16777216)",
        "VARCHAR(16777216)",
    ],
    ("bigquery", "bigquery/shop/t.csv", "shop.t"): [
        "INT64",
        "STRING",
        "INT64",
        "INT64",
        "NUMERIC",
        "BOOL",
        "DATE",
        "TIMESTAMP",
        "STRING",
        "STRING",
    ],
    ("mssql", "mssql/shop/t.csv", "dbo.t"): [
        "int",
        "nvarchar(255)",
        "int",
        "bigint",
        "decimal(10,2)",
        "bit",
        "date",
        "datetime2(7)",
        "nvarchar(max)",
        "nvarchar(255)",
    ],
    ("redshift", "redshift/shop/t.csv", "public.t"): [
        "integer",
        "character varying(256)",
        "integer",
        "bigint",
        "numeric(10,2)",
        "boolean",
        "date",
        "timestamp without time zone",
        "character varying(65535)",
        "character varying(256)",
    ],
}
WORDS = ["number", "string", *["number"] * 3, "boolean", *["datetime"] * 2, *["string"] * 2]


@pytest.mark.parametrize(("place", "natives"), NATIVES.items(), ids=[place[0] for place in NATIVES])
def test_types_are_inferred_from_the_values(tmp_path: Path, place: tuple[str, str, str], natives: list[str]) -> None:
    type_id, path, table = place
    file = tmp_path / "seed" / path
    file.parent.mkdir(parents=True)
    file.write_text(VALUES, "utf-8")
    assert seed(tmp_path / "seed", tmp_path) == [SeededTable(type_id, "shop", table, 4)]
    key = {"database": "shop", "dbname": "shop"}
    with open_database(type_id, key, tmp_path, live=False) as database:
        assert database.tables() == [table]
        columns = database.columns({"table": table})
        assert [column.native for column in columns] == natives
        assert [column.type for column in columns] == WORDS
        assert [column.primary_key for column in columns] == [True] + [False] * 9
        assert [row["code"] for batch in database.read({"table": table}) for row in batch] == [
            "001",
            "002",
            "003",
            "004",
        ]


def test_a_header_alone_makes_an_empty_table_of_texts(tmp_path: Path) -> None:
    file = tmp_path / "seed/snowflake/database/CUSTOMERS/CONTACTS.csv"
    file.parent.mkdir(parents=True)
    file.write_text("EMAIL,FIRST_NAME\n", "utf-8")
    seed(tmp_path / "seed", tmp_path)
    with open_database("snowflake", {"dbname": "DATABASE"}, tmp_path, live=False) as database:
        assert [(c.name, c.native) for c in database.columns({"table": "customers.contacts"})] == [
            ("EMAIL", "VARCHAR(16777216)"),
            ("FIRST_NAME", "VARCHAR(16777216)"),
        ]
        assert list(database.read({"table": "CUSTOMERS.CONTACTS"})) == []


def test_an_annotation_wins(tmp_path: Path) -> None:
    file = tmp_path / "seed/postgresql/shop/public/t.csv"
    file.parent.mkdir(parents=True)
    file.write_text(
        "id:bigint primary key,code:character varying(5) not null,n:numeric(6,2) unique,tags:text[]\n1,7,3,\n", "utf-8"
    )
    seed(tmp_path / "seed", tmp_path)
    with open_database("postgresql", {"database": "shop"}, tmp_path, live=False) as database:
        columns = database.columns({"table": "public.t"})
    assert [(c.native, c.type, c.nullable, c.primary_key, c.unique) for c in columns] == [
        ("bigint", "number", False, True, True),
        ("character varying(5)", "string", False, False, False),
        ("numeric(6,2)", "number", True, False, True),
        ("text[]", "array", True, False, False),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv, line 1: the file is empty: it needs a header"),
        ("a,b\n1,2\n3\n", "t.csv, line 3: 1 values for 2 columns"),
        ("a,A\n1,2\n", "t.csv, line 1: the column A is there twice"),
        ("a,,c\n1,2,3\n", "t.csv, line 1: column 2 has no name"),
        ("a:int\n1\nx\n", "t.csv, line 3: 'x' does not fit column a (int)"),
        ("a:int\n1\n99999999999\n", "t.csv, line 3: '99999999999' does not fit column a (int)"),
        ('a,b\n"x" y,1\n', "t.csv, line 2: ',' expected after '\"'"),
        ("a:int unique\n1\n1\n", "t.csv, line 2: in this line or one of the 2 from here: UNIQUE constraint failed"),
    ],
)
def test_a_bad_file_is_reported_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "seed/mysql/shop/t.csv"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    with pytest.raises(DatabaseError, match=re.escape(message)):
        seed(tmp_path / "seed", tmp_path)
    with open_database("mysql", {"dbname": "shop"}, tmp_path, live=False) as database:
        assert database.tables() == []


@pytest.mark.parametrize("place", ["mysql/t.csv", "mysql/a/b/t.csv", "snowflake/t.csv", "hubspot/x/t.csv", "t.csv"])
def test_a_file_in_the_wrong_place_is_refused(tmp_path: Path, place: str) -> None:
    file = tmp_path / "seed" / place
    file.parent.mkdir(parents=True)
    file.write_text("a\n1\n", "utf-8")
    with pytest.raises(DatabaseError, match=re.escape(place)):
        seed(tmp_path / "seed", tmp_path)


def test_latin_1_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "seed/mysql/shop/t.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes("a\nMüller\n".encode("latin-1"))
    with pytest.raises(DatabaseError, match="not UTF-8 text"):
        seed(tmp_path / "seed", tmp_path)


def test_only_missing_leaves_tables_alone_and_reset_empties(tmp_path: Path) -> None:
    file = tmp_path / "seed/mysql/shop/t.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a\n1\n", "utf-8")
    assert len(seed(tmp_path / "seed", tmp_path)) == 1
    file.write_text("a\n1\n2\n", "utf-8")
    assert seed(tmp_path / "seed", tmp_path, only_missing=True) == []
    assert seed(tmp_path / "seed", tmp_path)[0].rows == 2
    reset(tmp_path)
    with open_database("mysql", {"dbname": "shop"}, tmp_path, live=False) as database:
        assert database.tables() == []


def test_a_sql_file_makes_a_view(tmp_path: Path) -> None:
    folder = tmp_path / "seed/mysql/shop"
    folder.mkdir(parents=True)
    (folder / "t.csv").write_text("a,b\n1,x\n2,y\n", "utf-8")
    (folder / "few.sql").write_text("SELECT a, CONCAT(b, '!') AS c FROM shop.t WHERE a > 1", "utf-8")
    seed(tmp_path / "seed", tmp_path)
    with open_database("mysql", {"dbname": "shop"}, tmp_path, live=False) as database:
        assert (database.tables(), database.views()) == (["shop.t"], ["shop.few"])
        assert [(c.name, c.native) for c in database.columns({"view": "shop.few"})] == [("a", "int"), ("c", "text")]
        assert list(database.read({"view": "few"})) == [[{"a": 2, "c": "y!"}]]
