"""What each mode makes of a table, against a model in plain Python."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.sandbox.databases import Counts, Database, DatabaseError, Identity, NewColumn, open_database

COLUMNS = [NewColumn("k", "string"), NewColumn("a", "string"), NewColumn("b", "string")]
Record = dict[str, object]

texts = st.one_of(st.none(), st.sampled_from(["x", "y", "é", "'"]))
records = st.lists(
    st.fixed_dictionaries({"k": st.sampled_from([None, "", *"abcdef"]), "a": texts, "b": texts}), max_size=12
)


def simulate(mode: str, old: list[Record], new: list[Record], keep_a: bool) -> tuple[list[Record], tuple[int, ...]]:
    """One record after the other, in lists and dictionaries."""
    table = [dict(row) for row in old]
    insert = update = delete = error = 0
    if mode in ("replace", "snapshot"):
        delete, table = len(table), []
    for record in new:
        if mode in ("replace", "snapshot", "append"):
            table.append(dict(record))
            insert += 1
            continue
        if not record["k"]:
            error += 1
            continue
        matches = [row for row in table if row["k"] == record["k"]]
        if not matches and mode in ("create", "updateOrCreate"):
            table.append(dict(record))
            insert += 1
        elif mode in ("update", "updateOrCreate"):
            for row in matches:
                update += 1
                row["b"] = record["b"]
                row["a"] = row["a"] if keep_a and row["a"] is not None else record["a"]
        elif mode == "remove":
            delete += len(matches)
            table = [row for row in table if row["k"] != record["k"]]
    return table, (insert, update, delete, len(new), error)


def in_order(rows: list[Record]) -> list[Record]:
    return sorted(rows, key=lambda row: repr(sorted(row.items())))


@pytest.mark.parametrize("mode", ["create", "update", "updateOrCreate", "replace", "append", "remove", "snapshot"])
@given(old=records, new=records, batch=st.integers(1, 5), keep_a=st.booleans())
def test_modes(mode: str, old: list[Record], new: list[Record], batch: int, keep_a: bool) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database("snowflake", {"dbname": "d"}, Path(folder), live=False) as target,
    ):
        target.create_table("S.T", COLUMNS)
        put(target, "append", old)
        batches = [new[start : start + batch] for start in range(0, len(new), batch)]
        counts = target.write(
            "S.T", mode, iter(batches), columns=["k", "a", "b"], identity=Identity("k"),
            field_modes={"a": "create"} if keep_a else {},
        )  # fmt: skip
        table, numbers = simulate(mode, old, new, keep_a)
        assert in_order([row for part in target.read({"table": "S.T"}) for row in part]) == in_order(table)
        assert (counts.insert, counts.update, counts.delete, counts.total, counts.error) == numbers


def put(target: Database, mode: str, rows: list[Record], identity: Identity | None = None) -> Counts:
    return target.write("S.T", mode, iter([rows]), columns=["k", "a", "b"], identity=identity, field_modes={})


@pytest.mark.parametrize(
    ("function", "kept", "wanted", "others"),
    [
        ("Equality", "ann", "ann", "Ann"),
        ("ISubstring", "Doctor ANN Lee", "ann lee", "bob"),
        ("ISubstring", "100%", "0%", "100"),
        ("OneOf", "red, green;blue", "Green", "greenish"),
        ("OneOf", '["red","green"]', "green", '["greenish"]'),
        ("DomainMatch", "ann@Example.com", "https://www.example.com/about", "ann@example.org"),
        ("HostnameMatch", "https://app.example.com/x?y", "app.example.com", "https://example.com"),
    ],
)
def test_identity_functions(tmp_path: Path, function: str, kept: str, wanted: str, others: str) -> None:
    with open_database("snowflake", {"dbname": "d"}, tmp_path, live=False) as target:
        target.create_table("S.T", COLUMNS)
        put(target, "append", [{"k": kept, "a": "old"}, {"k": others, "a": "old"}])
        counts = put(target, "update", [{"k": wanted, "a": "new"}], Identity("k", function))
        rows = [row for part in target.read({"table": "S.T"}) for row in part]
        assert [(row["k"], row["a"]) for row in rows] == [(kept, "new"), (others, "old")]
        assert counts.update == 1


def test_mysql_compares_as_its_collation_does(tmp_path: Path) -> None:
    with open_database("mysql", {"dbname": "S"}, tmp_path, live=False) as target:
        target.create_table("S.T", COLUMNS)
        put(target, "create", [{"k": "Ann"}, {"k": "ANN"}, {"k": "ann"}], Identity("k"))
        assert [row["k"] for part in target.read({"table": "S.T"}) for row in part] == ["Ann"]


def test_a_mode_without_its_identity_is_refused(tmp_path: Path) -> None:
    with open_database("snowflake", {"dbname": "d"}, tmp_path, live=False) as target:
        target.create_table("S.T", COLUMNS)
        for mode in ("create", "update", "updateOrCreate", "remove"):
            with pytest.raises(DatabaseError, match="needs an identity"):
                put(target, mode, [])
        with pytest.raises(DatabaseError, match="unknown mode"):
            put(target, "upsert", [])
