"""Tables that change: what the commands report, with place and suggestion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.databases.live import Service
from tests.pipelines.support import KINDS, Pipelines, connections, execute, plain, schema_in, select

pytestmark = pytest.mark.database


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Service]:
    with schema_in(request.param) as service:
        schema = service.schema
        execute(
            service,
            f"CREATE TABLE {schema}.customers (id int PRIMARY KEY, first_name varchar(50) NOT NULL, born date)",
            f"CREATE VIEW {schema}.named AS SELECT id, first_name FROM {schema}.customers",
            f"CREATE TABLE {schema}.people (id int PRIMARY KEY, name varchar(50) NOT NULL, born date)",
        )
        yield service


def spec(service: Service) -> dict[str, Any]:
    schema = service.schema
    query = f"SELECT id, first_name AS called FROM {schema}.customers"
    sync = {
        "mode": "updateOrCreate",
        "model": "Customers",
        "target": {"connection": "Database", "object": f"{schema}.people"},
        "identity": {"field": "id", "target": "id"},
        "fields": {"name": "first_name", "born": "born"},
        "schedule": {"frequency": "manual"},
        "active": True,
    }
    asked = {**sync, "mode": "update", "model": "Asked", "fields": {"name": "called"}}
    return {
        "connections": connections(Database=service),
        "models": {
            "Customers": {"connection": "Database", "configuration": {"table": f"{schema}.customers"}},
            "Asked": {"connection": "Database", "configuration": {"query": query}},
        },
        "syncs": {"Customers": sync, "Asked": asked},
    }


NATIVES = {"mysql": ("int(11)", "varchar(50)"), "postgresql": ("integer", "character varying(50)")}
MODES = {
    "mysql": "create, update, updateOrCreate, replace, append",
    "postgresql": "create, update, updateOrCreate, replace",
}


def test_inspect(service: Service, pipelines: Pipelines) -> None:
    pipelines.write_spec({"connections": connections(Database=service)})
    assert pipelines("apply", "spec.yaml", "--yes").code == 0
    schema, (number, text) = service.schema, NATIVES[service.type_id]

    def inspected(*arguments: str) -> list[list[str]]:
        result = pipelines("inspect", *arguments)
        assert (result.code, result.err) == (0, "")
        return [line.split(maxsplit=3) for line in plain(result.out).splitlines()]

    listed = [line for line in inspected("source", "Database", "--search", schema) if "<schema>" in line[-1]]
    assert listed == [
        ["table", "<schema>.customers"],
        ["table", "<schema>.people"],
        ["view", "<schema>.named"],
    ]
    named = inspected("source", "Database", f"view={schema}.named")[2:]
    assert named[-1] == ["first_name", "string", *text.split(maxsplit=1)]
    targets = [line for line in inspected("target", "Database", "table", "--search", schema) if line[0] == "table"]
    assert targets == [["table", "<schema>.customers"], ["table", "<schema>.people"]]
    shown = pipelines("inspect", "fields", "Database", f"{schema}.people").out
    width = max(len("NATIVE TYPE"), len(text))
    assert plain(shown) == (
        "<schema>.people\n"
        f"FIELD  TYPE      {'NATIVE TYPE':{width}}  ATTRIBUTES                        IDENTITY FUNCTIONS\n"
        f"id     number    {number:{width}}  required, createable, updateable  Equality\n"
        f"name   string    {text:{width}}  required, createable, updateable  Equality\n"
        f"born   datetime  {'date':{width}}  createable, updateable            Equality\n"
        f"modes: {MODES[service.type_id]}\nmodes that require an identity: create, update, updateOrCreate\n"
    )


SAYS = {
    "mysql": {
        "columns": "Error 1054 (42S22): Unknown column 'first_name' in 'SELECT'",
        "table": "Error 1146 (42S02): Table '<schema>.customers' doesn't exist",
    },
    "postgresql": {
        "columns": 'ERROR: column "first_name" does not exist (SQLSTATE 42703)',
        "table": 'ERROR: relation "<schema>.customers" does not exist (SQLSTATE 42P01)',
    },
}
STATEMENTS = {
    "columns": (
        "ALTER TABLE {s}.customers RENAME COLUMN first_name TO firstname",
        "ALTER TABLE {s}.people RENAME COLUMN name TO names",
    ),
    "table": ("DROP VIEW {s}.named", "ALTER TABLE {s}.customers RENAME TO {other}"),
}
QUERY = """\
spec.yaml:19:14: error: models/Asked has a configuration.query that the connection "Database" does not accept: \
The service answered 400: {says} [unknown-source]
"""
FOUND = {
    "columns": QUERY
    + """\
spec.yaml:30:5: error: syncs/Customers does not map the field "names", which the target "<schema>.people" requires \
for new records. [required-target-field]
  hint: map it, or set a constant: names: {{value: …}}
spec.yaml:31:7: error: syncs/Customers uses the field "name", but the target "<schema>.people" has no such field. \
[unknown-target-field]
  hint: did you mean "names"?
spec.yaml:31:13: error: syncs/Customers uses the field "first_name", but <schema>.customers has no such field. \
[unknown-source-field]
  hint: did you mean "firstname"?
spec.yaml:42:7: error: syncs/Asked uses the field "name", but the target "<schema>.people" has no such field. \
[unknown-target-field]
  hint: did you mean "names"?
""",
    "table": """\
spec.yaml:15:14: error: models/Customers reads the table "<schema>.customers", but the connection "Database" has no \
such table. [unknown-source]
  hint: did you mean "<schema>.customer"?
"""
    + QUERY,
}
RECORD = "  hint: update the spec if it uses what has changed, then record again: applier schema --snapshot\n"
MOVED = {
    "columns": f"""\
spec.yaml:15:7: warning: <schema>.customers, read by models/Customers, has changed: removed first_name; \
added firstname. [schema-moved]
  also: spec.yaml:31:13
{RECORD}\
spec.yaml:19:7: warning: the query, read by models/Asked, is no longer accepted. [schema-moved]
{RECORD}\
spec.yaml:26:15: warning: <schema>.people, written by syncs/Asked, has changed: removed name; added names. \
[schema-moved]
  also: spec.yaml:42:7
  also: spec.yaml:31:7
{RECORD}""",
    "table": f"""\
spec.yaml:15:7: warning: <schema>.customers, read by models/Customers, no longer exists. [schema-moved]
{RECORD}\
spec.yaml:19:7: warning: the query, read by models/Asked, is no longer accepted. [schema-moved]
{RECORD}""",
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_altered_tables_are_reported(what: str, service: Service, pipelines: Pipelines) -> None:
    execute(service, f"INSERT INTO {service.schema}.customers VALUES (1, 'Ann', NULL)")
    pipelines.apply(spec(service))
    assert pipelines("schema", "--snapshot", "spec.yaml").code == 0
    assert pipelines("drift", "spec.yaml").code == 0
    other = "customer" if service.type_id == "postgresql" else f"{service.schema}.customer"
    execute(service, *(one.format(s=service.schema, other=other) for one in STATEMENTS[what]))

    expected = FOUND[what].format(says=SAYS[service.type_id][what])
    live = pipelines("validate", "spec.yaml", "--live")
    assert (live.code, plain(live.err)) == (1, expected)
    drift = pipelines("drift", "spec.yaml")
    assert (drift.code, plain(drift.err)) == (2, MOVED[what])

    changed = spec(service)
    for sync in changed["syncs"].values():
        sync["sync_all_records"] = True
    pipelines.write_spec(changed)
    expected = expected.replace("spec.yaml:42:7", "spec.yaml:43:7")  # a line more is before it
    for command in (("plan", "spec.yaml"), ("apply", "spec.yaml", "--yes")):
        stopped = pipelines(*command)
        assert (stopped.code, plain(stopped.err)) == (1, expected)


def test_a_lost_column_empties_nothing(service: Service, pipelines: Pipelines) -> None:
    """What nobody checked before the run fails in it; the rows of an earlier run stay."""
    execute(service, f"INSERT INTO {service.schema}.customers VALUES (1, 'Ann', '2000-01-02')")
    pipelines.apply(spec(service))
    execute(service, f"ALTER TABLE {service.schema}.customers DROP COLUMN born")
    result = pipelines("run", "Customers")
    reason = "the source of model Customers does not have the field born any more"
    said = f"syncs/Customers: failed, 0 rows in {service.schema}.people\n  error: {reason}\n"
    assert (result.code, result.out) == (1, said)
    assert pipelines("status", "Customers").code == 1
    assert select(service, f"SELECT id, name, born FROM {service.schema}.people") == [(1, "Ann", date(2000, 1, 2))]
