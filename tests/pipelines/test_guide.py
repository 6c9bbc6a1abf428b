"""The guide's pipeline for real: MariaDB, a Snowflake for the real connector, and the example as it stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.databases.live import Service
from tests.pipelines.support import Pipelines, connect, execute, schema_in, select
from tests.workspace import EXAMPLE, Result, Workspace, sums

pytestmark = pytest.mark.database

WHERE = """\
version: 1
environments:
  here:
    overrides:
      connections:
        MySQL Connection:
          configuration: {{hostname: "{mysql[hostname]}", port: {mysql[port]}, account: {mysql[account]}}}
        Snowflake Connection:
          configuration: {{dbname: {snowflake[dbname]}, username: {snowflake[username]}, params: "{snowflake[params]}"}}
"""
CONTACTS = "SELECT EMAIL, FIRST_NAME, LAST_NAME FROM CUSTOMERS.CONTACTS ORDER BY EMAIL"
CUSTOMERS = (
    "id int PRIMARY KEY, email varchar(200) UNIQUE, first_name varchar(100), last_name varchar(100), account_id int,"
    " job_title varchar(100), newsletter varchar(5), signed_up_on date"
)


@pytest.fixture
def company() -> Iterator[Service]:
    """The database of the guide with the customers of the example."""
    with (EXAMPLE / "seed/mysql/company/customers.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    with schema_in("mysql", "company") as service, closing(connect(service)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE customers ({CUSTOMERS})")
        places = ", ".join(["%s"] * len(names))
        cursor.executemany(f"INSERT INTO customers ({', '.join(names)}) VALUES ({places})", rows)
        connection.commit()
        yield service


@pytest.fixture
def warehouse() -> Iterator[Service]:
    """The guide's target, with a row of an earlier run."""
    with schema_in("snowflake", "CUSTOMERS") as service:
        execute(
            service,
            "CREATE TABLE CUSTOMERS.CONTACTS (EMAIL VARCHAR, FIRST_NAME VARCHAR, LAST_NAME VARCHAR)",
            "INSERT INTO CUSTOMERS.CONTACTS VALUES ('old@example.com', 'Old', 'Row')",
        )
        yield service


def call_on_example(applier: Workspace, company: Service, warehouse: Service, *arguments: str) -> Result:
    """A command over the example, with only the addresses overridden."""
    applier.write("here.yaml", WHERE.format(mysql=company.configuration, snowflake=warehouse.configuration))
    return applier(*arguments[:1], str(EXAMPLE), "here.yaml", "--env", "here", *arguments[1:])


def read_customers(company: Service) -> list[tuple[Any, ...]]:
    rows = select(company, "SELECT email, first_name, last_name FROM customers ORDER BY email")
    assert len(rows) == 40
    return rows


def test_the_guide_runs_on_a_served_sandbox(pipelines: Pipelines, company: Service, warehouse: Service) -> None:
    assert select(warehouse, CONTACTS) == [("old@example.com", "Old", "Row")]
    result = call_on_example(pipelines, company, warehouse, "apply", "--yes", "--run")
    assert result.code == 0, result.out + result.err
    assert sums(result.out) == ["Plan: 4 to create (2 connections, 1 model, 1 sync).", "Applied: 4 created."]
    assert select(warehouse, CONTACTS) == read_customers(company)
    assert pipelines.counts("MySQL to Snowflake Sync") == {"insert": 40, "delete": 1, "total": 40}
    assert call_on_example(pipelines, company, warehouse, "plan", "--detailed-exitcode").code == 0

    execute(company, "DELETE FROM customers WHERE id > 1010", "UPDATE customers SET first_name = 'Ğ%s''' LIMIT 1")
    result = pipelines("run", "MySQL to Snowflake Sync")
    assert result.code == 0, result.out + result.err
    rows = select(company, "SELECT email, first_name, last_name FROM customers ORDER BY email")
    assert len(rows) == 10
    assert select(warehouse, CONTACTS) == rows
    assert pipelines.counts("MySQL to Snowflake Sync") == {"insert": 10, "delete": 40, "total": 10}
    result = pipelines("status")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("version", ["2024-02-08", "2025-09-18"])
def test_the_guide_runs_in_this_process(
    version: str, environment: dict[str, str], tmp_path: Path, company: Service, warehouse: Service
) -> None:
    live = {"APPLIER_DATABASES": "live", "APPLIER_SANDBOX": "1", "POLYTOMIC_API_VERSION": version}
    applier = Workspace(tmp_path, {**environment, **live})
    result = call_on_example(applier, company, warehouse, "apply", "--yes", "--run")
    assert result.code == 0, result.out + result.err
    assert sums(result.out) == ["Plan: 4 to create (2 connections, 1 model, 1 sync).", "Applied: 4 created."]
    assert select(warehouse, CONTACTS) == read_customers(company)
    assert call_on_example(applier, company, warehouse, "plan", "--detailed-exitcode").code == 0
    assert (result.err.count("sandbox: loaded"), list((tmp_path / ".applier").rglob("*company*"))) == (0, [])


def test_a_row_that_is_refused(pipelines: Pipelines, company: Service, warehouse: Service) -> None:
    """Everything was deleted and most was written when the warehouse refuses a row: it has what it had."""
    execute(warehouse, "CREATE OR REPLACE TABLE CUSTOMERS.CONTACTS (EMAIL VARCHAR, FIRST_NAME VARCHAR, LAST_NAME DATE)")
    execute(warehouse, "INSERT INTO CUSTOMERS.CONTACTS VALUES ('old@example.com', 'Old', '2024-01-02')")
    execute(company, "UPDATE customers SET last_name = '2024-03-04' WHERE id < 1040")
    result = call_on_example(pipelines, company, warehouse, "apply", "--yes", "--run")
    assert result.code == 4, result.out + result.err
    latest = pipelines.executions("MySQL to Snowflake Sync")[0]
    assert (latest["status"], len(latest["errors"])) == ("failed", 1)
    assert "Nair" in latest["errors"][0]
    assert latest["errors"][0] in result.out
    assert pipelines("status").code == 1
    assert select(warehouse, CONTACTS) == [("old@example.com", "Old", date(2024, 1, 2))]
