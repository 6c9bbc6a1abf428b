"""The main job: the example sends the guide's requests, moves the rows, and has nothing to do a second time."""

from __future__ import annotations

from tests.workspace import EXAMPLE, Sandbox, Workspace, sums


def test_applying_the_example_sends_the_guides_requests_in_order(applier: Workspace, sandbox: Sandbox) -> None:
    applied = applier("apply", str(EXAMPLE), "--yes", "--parallelism", "1")
    assert (applied.code, sums(applied.out)) == (
        0,
        ["Plan: 4 to create (2 connections, 1 model, 1 sync).", "Applied: 4 created."],
    )
    mysql = sandbox.named("connections", "MySQL Connection")["id"]
    snowflake = sandbox.named("connections", "Snowflake Connection")["id"]
    model = sandbox.named("models", "Customer Model")["id"]
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")["id"]
    assert sandbox.writes() == [
        (
            "POST",
            "/api/connections",
            {
                "name": "MySQL Connection",
                "type": "mysql",
                "configuration": {
                    "hostname": "localhost",
                    "port": 3306,
                    "dbname": "company",
                    "account": "user",
                    "passwd": "secret",
                },
            },
        ),
        (
            "POST",
            "/api/connections",
            {
                "name": "Snowflake Connection",
                "type": "snowflake",
                "configuration": {
                    "account": "account",
                    "dbname": "database",
                    "password": "secret-password",
                    "username": "user",
                },
            },
        ),
        (
            "POST",
            "/api/models",
            {
                "name": "Customer Model",
                "configuration": {"table": "company.customers"},
                "connection_id": mysql,
            },
        ),
        (
            "POST",
            "/api/syncs",
            {
                "name": "MySQL to Snowflake Sync",
                "mode": "replace",
                "fields": [
                    {"source": {"field": "email", "model_id": model}, "target": "EMAIL"},
                    {"source": {"field": "first_name", "model_id": model}, "target": "FIRST_NAME"},
                    {"source": {"field": "last_name", "model_id": model}, "target": "LAST_NAME"},
                ],
                "schedule": {"frequency": "continuous"},
                "target": {"connection_id": snowflake, "object": "CUSTOMERS.CONTACTS"},
            },
        ),
        ("POST", f"/api/syncs/{sync}/activate", {"active": True}),
    ]


def test_applying_it_in_parallel_sends_each_after_what_it_needs(applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    sent = [(path, (body or {}).get("name")) for _, path, body in sandbox.writes()]
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")["id"]
    mysql, snowflake = ("/api/connections", "MySQL Connection"), ("/api/connections", "Snowflake Connection")
    model, target = ("/api/models", "Customer Model"), ("/api/syncs", "MySQL to Snowflake Sync")
    assert sorted(sent[:3]) == sorted([mysql, snowflake, model])
    assert sent.index(mysql) < sent.index(model)
    assert sent[3:] == [target, (f"/api/syncs/{sync}/activate", None)]


def test_a_second_apply_writes_nothing_and_runs_nothing(applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    sandbox.clear("requests")
    again = applier("apply", str(EXAMPLE), "--yes", "--run")
    assert (again.code, sums(again.out), again.err) == (0, ["Nothing to do: 4 resources unchanged."], "")
    assert sandbox.writes() == []


def test_run_moves_the_rows_and_reports_them(applier: Workspace, sandbox: Sandbox) -> None:
    applied = applier("apply", str(EXAMPLE), "--yes", "--run")
    assert applied.code == 0
    assert applied.out.splitlines()[-2:] == [
        "Applied: 4 created.",
        "syncs/MySQL to Snowflake Sync: completed, 40 rows in CUSTOMERS.CONTACTS (40 inserted)",
    ]
    seeds = (EXAMPLE / "seed/mysql/company/customers.csv").read_text("utf-8").splitlines()[1:]
    names = ("EMAIL", "FIRST_NAME", "LAST_NAME")
    expected = [dict(zip(names, line.split(",")[1:4], strict=True)) for line in seeds]
    assert len(expected) == 40
    assert sandbox.rows("CUSTOMERS.CONTACTS") == expected


def test_the_sandbox_inside_the_process_does_the_same(applier: Workspace) -> None:
    applied = applier("apply", str(EXAMPLE), "--sandbox", "--yes", "--run", "-q")
    assert (applied.code, applied.err) == (0, "")
    assert applied.out.splitlines()[-1] == (
        "syncs/MySQL to Snowflake Sync: completed, 40 rows in CUSTOMERS.CONTACTS (40 inserted)"
    )
    again = applier("apply", str(EXAMPLE), "--sandbox", "--yes", "-q")
    assert (again.code, sums(again.out), again.err) == (0, ["Nothing to do: 4 resources unchanged."], "")
