"""Checks against real MariaDB and PostgreSQL whose tables change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.conftest import open_workspace
from tests.checks.support import check
from tests.databases.live import execute, prepare, schema_name

pytestmark = pytest.mark.database

SPEC = """\
version: 1
models:
  Customers:
    connection: Source
    configuration: {{table: {schema}.customers}}
syncs:
  Customers:
    mode: update
    model: Customers
    target: {{connection: Target, object: {schema}.people}}
    identity: {{field: id, target: id}}
    fields: {{name: first_name}}
    schedule: {{frequency: manual}}
"""
STATEMENTS = {
    "column dropped": ("customers DROP COLUMN first_name", ["unknown-source-field"]),
    "column renamed": ("customers RENAME COLUMN first_name TO forename", ["unknown-source-field"]),
    "table gone": ("customers RENAME TO {other}", ["unknown-source"]),
    "target column dropped": ("people DROP COLUMN name", ["unknown-target-field"]),
    "target table gone": ("people RENAME TO {other}", ["unknown-target"]),
}
TYPES = {"mysql": "people MODIFY name int", "postgresql": "people ALTER COLUMN name TYPE int USING 0"}


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
@pytest.mark.parametrize("what", [*STATEMENTS, "type changed"])
def test_altered_tables_are_reported(what: str, kind: str, tmp_path: Path) -> None:
    with prepare(kind) as service:
        schema = schema_name(service)
        execute(
            service,
            f"CREATE TABLE {schema}.customers (id int PRIMARY KEY, first_name varchar(50))",
            f"CREATE TABLE {schema}.people (id int PRIMARY KEY, name varchar(50))",
        )
        (tmp_path / "spec.yaml").write_text(SPEC.format(schema=schema), "utf-8")
        for workspace in open_workspace(tmp_path / "data", "live"):
            for name in ("Source", "Target"):
                workspace.connect(name, kind, service.configuration)
            assert check(workspace.client, tmp_path / "spec.yaml")[1] == ()
            statement, codes = STATEMENTS.get(what, (TYPES[kind], ["lossy-type"]))
            other = f"{schema}.gone" if kind == "mysql" else "gone"
            execute(service, f"ALTER TABLE {schema}.{statement.format(other=other)}")
            _, findings = check(workspace.client, tmp_path / "spec.yaml")
            assert [one.code for one in findings] == codes


BULK = """\
version: 1
bulk_syncs:
  Copy:
    source: {{connection: Source}}
    destination: {{connection: Target, configuration: {{schema: copy}}}}
    mode: replicate
    schemas:
      {schema}.customers: {{fields: [id, first_name], tracking_field: changed}}
    schedule: {{frequency: manual}}
"""
COPIED = {
    "column dropped": ("customers DROP COLUMN first_name", ["unknown-source-field"]),
    "tracking field dropped": ("customers DROP COLUMN changed", ["unknown-source-field"]),
    "table gone": ("customers RENAME TO {other}", ["unknown-schema"]),
}


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
@pytest.mark.parametrize("what", COPIED)
def test_altered_tables_of_a_bulk_sync_are_reported(what: str, kind: str, tmp_path: Path) -> None:
    with prepare(kind) as service:
        schema = schema_name(service)
        columns = "id int PRIMARY KEY, first_name varchar(50), changed timestamp"
        execute(service, f"CREATE TABLE {schema}.customers ({columns})")
        (tmp_path / "spec.yaml").write_text(BULK.format(schema=schema), "utf-8")
        for workspace in open_workspace(tmp_path / "data", "live"):
            for name in ("Source", "Target"):
                workspace.connect(name, kind, service.configuration)
            assert check(workspace.client, tmp_path / "spec.yaml")[1] == ()
            statement, codes = COPIED[what]
            other = f"{schema}.gone" if kind == "mysql" else "gone"
            execute(service, f"ALTER TABLE {schema}.{statement.format(other=other)}")
            _, findings = check(workspace.client, tmp_path / "spec.yaml")
            assert [one.code for one in findings] == codes
