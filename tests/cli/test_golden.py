"""What a user sees, whole: every command in text and JSON, in sittings that read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable

from tests.workspace import EXAMPLE, Sandbox, Transcript, Workspace

Start = Callable[[str], Transcript]
SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")
# One at a time, so that what is told on the way comes in one order.
ONE = ("--parallelism", "1")

REVIEWS = """\
version: 1
connections:
  MySQL Connection: {type: mysql, managed: false}
  Snowflake Connection: {type: snowflake, managed: false}
models:
  Reviews:
    connection: MySQL Connection
    configuration:
      query: |
        SELECT id, email, first_name
        FROM customers
        WHERE newsletter
        ORDER BY id
    identifier: id
    tracking_columns: [id]
syncs:
  Reviews:
    mode: updateOrCreate
    model: Reviews
    target: {connection: Snowflake Connection, object: CUSTOMERS.CONTACTS}
    identity: {field: email, target: EMAIL}
    fields:
      FIRST_NAME: first_name
      LAST_NAME: {value: unknown}
    filters:
      - {field: id, function: GreaterThan, value: 10}
      - {field: email, function: StringContains, value: example}
    filter_logic: A OR B
    overrides:
      - {field: first_name, function: IsNull, override: friend}
    schedule: {frequency: daily, hour: 3, minute: 30}
    active: false
"""
REVIEWS_CHANGED = """\
version: 1
connections:
  MySQL Connection: {type: mysql, managed: false}
  Snowflake Connection: {type: snowflake, managed: false}
models:
  Reviews:
    connection: MySQL Connection
    configuration:
      query: |
        SELECT id, email, first_name, last_name
        FROM customers
        WHERE newsletter
        ORDER BY email
    identifier: email
syncs:
  Reviews:
    mode: updateOrCreate
    model: Reviews
    target: {connection: Snowflake Connection, object: CUSTOMERS.CONTACTS}
    identity: {field: email, target: EMAIL}
    fields:
      FIRST_NAME: {field: email}
      LAST_NAME: last_name
    filters:
      - {field: id, function: GreaterThan, value: 20}
    schedule: {frequency: weekly, day_of_week: 1, hour: 3, minute: 0}
    active: true
    sync_all_records: true
"""


def applied_example(applier: Workspace) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0


def test_help(transcript: Start) -> None:
    told = transcript("help")
    told.run("--help")
    for command in ("validate", "plan", "apply", "drift", "destroy", "run", "status", "inspect", "schema", "sandbox"):
        told.run(command, "--help")


def test_validate(transcript: Start) -> None:
    told = transcript("validate")
    told.file("pipelines/spec.yaml", SPEC)
    told.run("validate", "pipelines")
    told.run("validate", "pipelines", "--output", "json")


def test_create(transcript: Start) -> None:
    told = transcript("create")
    told.file("pipelines/spec.yaml", SPEC)
    told.run("plan", "pipelines")
    told.run("plan", "pipelines", "--output", "json", "--detailed-exitcode")
    told.run("apply", "pipelines", "--yes", "--run", *ONE)
    told.run("plan", "pipelines", "--detailed-exitcode")
    told.run("plan", "pipelines", "--output", "json")
    told.run("apply", "pipelines", "--yes")
    told.run("drift", "pipelines")


def test_create_as_json(transcript: Start) -> None:
    told = transcript("create_json")
    told.file("pipelines/spec.yaml", SPEC)
    told.run("apply", "pipelines", "--yes", "--run", "-o", "json", *ONE)
    told.run("apply", "pipelines", "--yes", "--run", "-o", "json")
    told.run("drift", "pipelines", "-o", "json")


def test_update(transcript: Start, applier: Workspace) -> None:
    applied_example(applier)
    told = transcript("update")
    told.file("reviews.yaml", REVIEWS)
    told.run("apply", "reviews.yaml", "-y", *ONE)
    told.file("reviews.yaml", REVIEWS_CHANGED)
    told.run("plan", "reviews.yaml")
    told.run("plan", "reviews.yaml", "-o", "json")
    told.run("apply", "reviews.yaml", "-y", *ONE)
    told.run("plan", "reviews.yaml")


def test_a_change_of_a_connection(transcript: Start, applier: Workspace) -> None:
    applied_example(applier)
    told = transcript("update_connection")
    told.say("The secret of a connection cannot be seen, a setting can.")
    applier.write("spec.yaml", SPEC.replace("port: 3306", "port: 3307\n      ssl: false"))
    told.run("plan", "spec.yaml", MYSQL_PASSWORD="another-password")
    told.run("apply", "spec.yaml", "-y", MYSQL_PASSWORD="another-password")
    told.run("plan", "spec.yaml", MYSQL_PASSWORD="a-third-password")


def test_drift(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applied_example(applier)
    applier.write("spec.yaml", SPEC)
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")
    email, first_name, _ = sync["fields"]
    fields = [email, {**first_name, "target": "LAST_NAME"}]
    body = {name: sync[name] for name in ("name", "mode", "active")}
    target = {name: sync["target"][name] for name in ("connection_id", "object")}
    schedule = {"frequency": "daily", "hour": "05", "minute": "00"}
    sandbox.put(f"/api/syncs/{sync['id']}", {**body, "fields": fields, "target": target, "schedule": schedule})
    told = transcript("drift")
    told.run("drift", "spec.yaml")
    told.run("drift", "spec.yaml", "-o", "json")
    told.run("apply", "spec.yaml", "-y", *ONE)
    told.run("drift", "spec.yaml")
    told.say("Somebody deletes the sync.")
    sandbox.http.delete(f"/api/syncs/{sync['id']}").raise_for_status()
    told.run("drift", "spec.yaml")


def test_destroy(transcript: Start, applier: Workspace) -> None:
    applied_example(applier)
    applier.write("spec.yaml", SPEC)
    told = transcript("destroy")
    told.run("destroy", "spec.yaml")
    told.run("destroy", "spec.yaml", "--yes", *ONE)
    told.run("destroy", "spec.yaml", "--yes")
    told.run("destroy", "spec.yaml", "--yes", "-o", "json")
    applied_example(applier)
    told.run("destroy", "spec.yaml", "--yes", "-o", "json", *ONE)


def test_run_and_status(transcript: Start, applier: Workspace) -> None:
    told = transcript("run_and_status")
    told.run("status")
    applied_example(applier)
    told.run("status")
    told.run("run", "MySQL to *")
    told.run("status", "MySQL to Snowflake Sync")
    told.run("run", "syncs/MySQL to Snowflake Sync", "-o", "json")
    told.run("status", "-o", "json")
    told.run("run", "MySQL to Snowflake Snyc")
    told.run("status", "nothing like it", "-o", "json")


def test_inspect(transcript: Start, applier: Workspace) -> None:
    applied_example(applier)
    told = transcript("inspect")
    told.run("inspect", "source", "MySQL Connection")
    told.run("inspect", "source", "MySQL Connection", "table=company.customers")
    told.run("inspect", "source", "MySQL Connection", "table=company.nothing")
    told.run("inspect", "source", "MySQL Connection", "company.customers")
    told.run("inspect", "target", "Snowflake Connection")
    told.run("inspect", "target", "Snowflake Connection", "schema")
    told.run("inspect", "target", "Snowflake Connection", "table", "--search", "CUSTOMERS")
    told.run("inspect", "target", "Snowflake Connection", "column")
    told.run("inspect", "fields", "Snowflake Connection", "CUSTOMERS.CONTACTS")
    told.run("inspect", "fields", "Snowflake Connection", "CUSTOMERS.CONTRACTS")
    told.run("inspect", "fields", "Snowflake", "CUSTOMERS.CONTACTS")


def test_inspect_as_json(transcript: Start, applier: Workspace) -> None:
    applied_example(applier)
    told = transcript("inspect_json")
    told.run("inspect", "source", "MySQL Connection", "-o", "json")
    told.run("inspect", "source", "MySQL Connection", "table=company.customers", "-o", "json")
    told.run("inspect", "target", "Snowflake Connection", "schema", "-o", "json")
    told.run("inspect", "fields", "Snowflake Connection", "CUSTOMERS.CONTACTS", "-o", "json")
