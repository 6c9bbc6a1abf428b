"""Rows per second from MySQL to PostgreSQL through the sandbox's databases, beside a bare `executemany`.

    tests/benchmarks/rows.py [ROWS]

needs APPLIER_TEST_MYSQL_URL and APPLIER_TEST_POSTGRESQL_URL (see tests/databases/services.sh). Each part runs in a
process of its own, so that its peak memory is its own; the bare part inserts the same rows, made batch by batch. The
updates are of all rows, once by the primary key and once by a column that nobody indexed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from applier.sandbox.databases import Database, Identity, open_database
from tests.benchmarks.measure import MEBIBYTE

BATCH = 1000
NAMES = ["id", "email", "first_name", "last_name", "active", "amount", "seen"]
MYSQL = (
    "id int PRIMARY KEY, email varchar(100), first_name varchar(50), last_name varchar(50), active tinyint(1),"
    " amount decimal(10,2), seen datetime"
)
POSTGRESQL = (
    "id int PRIMARY KEY, email text, first_name text, last_name text, active boolean, amount numeric(10,2),"
    " seen timestamp"
)
START = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def record(number: int) -> tuple[object, ...]:
    """The record of this number."""
    return (
        number, f"person{number}@example.com", f"First {number % 977}", f"Last {number % 9973}", number % 3 == 0,
        Decimal(number % 100000) / 100, START + timedelta(seconds=number),
    )  # fmt: skip


def batches(count: int) -> Iterator[list[tuple[object, ...]]]:
    """All records, a thousand at a time."""
    for start in range(0, count, BATCH):
        yield [record(number) for number in range(start, min(start + BATCH, count))]


def opened(kind: str) -> Database:
    """The server of the tests."""
    url = urlsplit(os.environ[f"APPLIER_TEST_{kind.upper()}_URL"])
    words = {"mysql": ("account", "passwd", "dbname"), "postgresql": ("username", "password", "database")}[kind]
    values = (url.username, url.password, url.path[1:])
    configuration = {"hostname": url.hostname, "port": url.port, **dict(zip(words, values, strict=True))}
    return open_database(kind, configuration, Path("/nonexistent"), live=True)


def connect_mysql() -> object:
    """A bare connection."""
    import pymysql

    url = urlsplit(os.environ["APPLIER_TEST_MYSQL_URL"])
    return pymysql.connect(
        host=url.hostname, port=url.port or 3306, user=url.username, password=url.password or "", database=url.path[1:]
    )


def connect_postgresql() -> object:
    """A bare connection."""
    import psycopg

    return psycopg.connect(os.environ["APPLIER_TEST_POSTGRESQL_URL"])


def part_fill(count: int) -> None:
    """Makes the source table."""
    connection = connect_mysql()
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("DROP TABLE IF EXISTS bench_rows")
    cursor.execute(f"CREATE TABLE bench_rows ({MYSQL})")
    for batch in batches(count):
        cursor.executemany("INSERT INTO bench_rows VALUES (%s, %s, %s, %s, %s, %s, %s)", batch)
    connection.commit()  # type: ignore[attr-defined]


def fresh_target() -> object:
    """The target table, empty."""
    connection = connect_postgresql()
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("DROP TABLE IF EXISTS bench_rows")
    cursor.execute(f"CREATE TABLE bench_rows ({POSTGRESQL})")
    connection.commit()  # type: ignore[attr-defined]
    return connection


def part_bare(count: int) -> None:
    """The same rows by `executemany`, in one transaction."""
    connection = fresh_target()
    cursor = connection.cursor()  # type: ignore[attr-defined]
    started = time.perf_counter()
    for batch in batches(count):
        cursor.executemany("INSERT INTO bench_rows VALUES (%s, %s, %s, %s, %s, %s, %s)", batch)
    connection.commit()  # type: ignore[attr-defined]
    told(started)


def part_ours(count: int, mode: str, identity: str) -> None:
    """Read from MySQL and written to PostgreSQL by the sandbox's databases."""
    if mode == "replace":
        fresh_target().close()  # type: ignore[attr-defined]
    with opened("mysql") as source, opened("postgresql") as target:
        started = time.perf_counter()
        rows = source.read({"table": "bench_rows"}, batch=BATCH)
        counts = target.write("bench_rows", mode, rows, columns=NAMES, identity=Identity(identity), field_modes={})
        if (counts.total, counts.insert + counts.update) != (count, count):
            raise SystemExit(f"not what was to be written: {counts}")
        told(started)


def told(started: float) -> None:
    """What this process needed, as JSON."""
    seconds = time.perf_counter() - started
    import resource  # not on Windows

    print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE}))


def run(part: str, count: int) -> dict[str, float]:
    """One part in its own process."""
    command = [sys.executable, __file__, str(count), part]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    return dict(json.loads(text)) if text else {}


def main() -> None:
    """The table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    parts = {
        "fill": lambda: part_fill(count),
        "bare": lambda: part_bare(count),
        "replace": lambda: part_ours(count, "replace", "id"),
        "by key": lambda: part_ours(count, "updateOrCreate", "id"),
        "by email": lambda: part_ours(count, "updateOrCreate", "email"),
    }
    if len(sys.argv) > 2:
        parts[sys.argv[2]]()
        return
    run("fill", count)
    print(f"{count:,} rows, MySQL to PostgreSQL, batches of {BATCH:,}")
    print(f"{'':36}{'seconds':>9}{'rows/s':>11}{'peak MiB':>10}{'x bare':>8}")
    bare = 0.0
    for label, part in (
        ("bare executemany, rows in memory", "bare"),
        ("read and write, replace", "replace"),
        ("read and update, by key", "by key"),
        ("read and update, by unindexed column", "by email"),
    ):
        result = run(part, count)
        seconds = result["seconds"]
        bare = bare or seconds
        print(
            f"{label:36}{seconds:9.1f}{count / seconds:11,.0f}{result['peak']:10.0f}{seconds / bare:8.2f}", flush=True
        )


if __name__ == "__main__":
    main()
