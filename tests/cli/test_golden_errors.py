"""Every mistake that a user can make and its message: place, reason, hint; nothing is written."""

from __future__ import annotations

import pytest

from tests.cli.test_golden import SPEC, Start
from tests.workspace import EXAMPLE, Sandbox, Workspace

MISTAKES = {
    "broken_yaml": """\
version: 1
connections:
  MySQL Connection:
    type: mysql
    configuration: {hostname: localhost, port: 3306
models:
  Customer Model: {connection: MySQL Connection, configuration: {table: company.customers}}
""",
    "duplicate_keys": """\
connections:
  MySQL Connection:
    type: mysql
    configuration: {hostname: localhost, port: 3306, port: 3307, account: user, passwd: "${env:PASSWORD:-x}"}
  MySQL Connection:
    type: snowflake
""",
    "unknown_keys": """\
version: 1
conections: {}
connections:
  MySQL Connection:
    type: mysql
    configurations: {}
    configuration: {hostname: localhost, port: 3306, acount: user, account: user, passwd: "${env:PASSWORD:-x}"}
models:
  Customer Model:
    connection: MySQL Connection
    configuration: {table: company.customers}
    labels: [a]
syncs:
  Customers:
    mode: replace
    model: Customer Model
    target: {connection: MySQL Connection, object: company.teams, schema: company}
    fields: {email: {feild: email}}
    schedule: {frequency: daily, hours: 3}
""",
    "wrong_types": """\
version: "1"
connections:
  MySQL Connection:
    type: mysql
    configuration: {hostname: 10, port: "many", account: user, passwd: 123456}
  Nothing:
models:
  Customer Model:
    connection: [MySQL Connection]
    configuration: company.customers
    fields: email
syncs:
  Customers:
    mode: mirror
    model: Customer Model
    target: MySQL Connection
    fields: [EMAIL]
    schedule: {frequency: sometimes, minute: yes}
    active: yes
  Others: {}
""",
    "missing_references": """\
connections:
  MySQL Connection: {type: mysql, managed: false}
models:
  Customer Model: {connection: MySQL Conection, configuration: {table: company.customers}}
syncs:
  Customers:
    mode: replace
    model: Customer Modell
    target: {connection: Snowflake, object: CUSTOMERS.CONTACTS}
    fields:
      EMAIL: email
      FIRST_NAME: first_name
      LAST_NAME: {model: Customers, field: last_name}
    schedule: {frequency: runafter, run_after: {syncs: [Orders], bulk_syncs: [Replica]}}
""",
    "reference_cycles": """\
connections:
  MySQL Connection: {type: mysql, managed: false}
  Snowflake Connection: {type: snowflake, managed: false}
models:
  Customer Model: {connection: MySQL Connection, configuration: {table: company.customers}}
x-sync: &sync
  mode: replace
  model: Customer Model
  target: {connection: Snowflake Connection, object: CUSTOMERS.CONTACTS}
  fields: {EMAIL: email}
syncs:
  First: {<<: *sync, schedule: {frequency: runafter, run_after: {syncs: [Third]}}}
  Second: {<<: *sync, schedule: {frequency: runafter, run_after: {syncs: [First]}}}
  Third: {<<: *sync, schedule: {frequency: runafter, run_after: {syncs: [Second]}}}
  Alone: {<<: *sync, schedule: {frequency: runafter, run_after: {syncs: [Alone]}}}
""",
    "unset_variables": """\
connections:
  MySQL Connection:
    type: mysql
    configuration:
      hostname: ${env:MYSQL_HOST}
      port: ${env:MYSQL_PORT:-many}
      account: ${var:account}
      passwd: ${env:MYSQL_PASSWORD}
models:
  Customer Model:
    connection: MySQL Connection
    configuration:
      query: ${file:sql/customers.sql}
  Outside:
    connection: MySQL Connection
    configuration:
      query: ${file:../../etc/passwd}
""",
    "nonsense_syncs": """\
connections:
  MySQL Connection: {type: mysql, managed: false}
models:
  Customer Model: {connection: MySQL Connection, configuration: {table: company.customers}}
syncs:
  No model:
    mode: replace
    target: {connection: MySQL Connection, object: company.teams}
    fields: {name: email, region: {field: first_name}}
    schedule: {frequency: hourly}
  Odd filters:
    mode: create
    model: Customer Model
    target: {connection: MySQL Connection, object: company.teams}
    identity: {field: email, target: name}
    fields: {name: email, region: {value: 7}}
    filters:
      - {field: email, function: IsNull, value: 1}
      - {field: email, function: Equality}
      - {field: email, function: Equals, value: 1}
      - {field: name, field_type: Target, function: IsNull}
    filter_logic: A AND (B OR D
    schedule: {frequency: manual, minute: 3}
""",
    "secret_in_file": """\
connections:
  MySQL Connection:
    type: mysql
    configuration: {hostname: localhost, port: 3306, account: user, passwd: hunter2-in-the-file}
""",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_a_spec(transcript: Start, mistake: str) -> None:
    told = transcript(f"error_{mistake}")
    told.file("spec.yaml", MISTAKES[mistake])
    told.run("validate", "spec.yaml")


def test_mistakes_as_json(transcript: Start, sandbox: Sandbox) -> None:
    told = transcript("error_json")
    told.file("spec.yaml", MISTAKES["missing_references"])
    told.run("validate", "spec.yaml", "-o", "json")
    told.run("apply", "spec.yaml", "-o", "json", "--yes")
    assert sandbox.writes() == []


def test_names_that_are_not_found(transcript: Start, sandbox: Sandbox) -> None:
    told = transcript("error_missing_references_live")
    told.file("spec.yaml", MISTAKES["missing_references"])
    told.run("plan", "spec.yaml")
    told.run("apply", "spec.yaml", "--yes")
    assert sandbox.writes() == []


def test_the_same_name_in_two_files(transcript: Start) -> None:
    told = transcript("error_declared_twice")
    told.file("a.yaml", "connections:\n  Shop: {type: mysql, managed: false}\n")
    told.file("b/c.yml", "version: 1\n\nconnections:\n  Shop: {type: hubspot, managed: false}\n")
    told.run("validate")


def test_missing_files(transcript: Start) -> None:
    told = transcript("error_missing_file")
    told.run("plan", "pipelines.yaml")
    told.run("validate")
    told.run("apply", "no/such/folder", "pipelines.yaml", "--yes")
    told.file("notes.txt", "connections: {}\n")
    told.run("validate", "notes.txt")
    told.file("empty.yaml", "")
    told.run("validate", "empty.yaml")
    told.run("validate", "empty.yaml", "--output", "json")


def test_the_key_and_the_server(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    told = transcript("error_key_and_server")
    told.run("plan", "spec.yaml", POLYTOMIC_API_KEY="")
    told.run("plan", "spec.yaml", POLYTOMIC_API_KEY="", APPLIER_OUTPUT="json")
    told.run("plan", "spec.yaml", POLYTOMIC_API_KEY="wrong-key-0123456789")
    told.run("apply", "spec.yaml", "--yes", POLYTOMIC_API_KEY="wrong-key-0123456789", APPLIER_OUTPUT="json")
    told.run("status", POLYTOMIC_API_KEY="wrong-key-0123456789")
    told.run("plan", "spec.yaml", "--url", "http://127.0.0.1:9", "--timeout", "1")
    told.run("plan", "spec.yaml", "--url", "https://no-such-host.invalid", "--timeout", "1")
    told.run("plan", "spec.yaml", "--url", "http://no-such-host.invalid", "--timeout", "1")
    told.run("plan", "spec.yaml", "--url", "http://[", "--timeout", "1")
    told.run("plan", "spec.yaml", "--url", "ftp://example.com", "--timeout", "1")
    told.run("plan", "spec.yaml", "--api-version", "2019-01-01")
    assert sandbox.writes() == []


def test_a_refused_request(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    told = transcript("error_refused")
    applier.write("spec.yaml", SPEC.replace("{model: Customer Model, field: last_name}", "surname"))
    told.run("apply", "spec.yaml", "--yes", "--run", "--parallelism", "1")
    told.say("Run again with the field repaired, it goes on where it stopped.")
    applier.write("spec.yaml", SPEC)
    told.run("apply", "spec.yaml", "--yes", "--run", "--parallelism", "1")


def test_a_refused_request_as_json(transcript: Start, applier: Workspace) -> None:
    told = transcript("error_refused_json")
    applier.write("spec.yaml", SPEC.replace("table: company.customers", "table: company.clients"))
    told.run("apply", "spec.yaml", "--yes", "-o", "json", "--parallelism", "1")


def test_an_ambiguous_name(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    model = sandbox.named("models", "Customer Model")
    teams = {"configuration": {"table": "company.teams"}}
    sandbox.post("/api/models", {"name": "Customer Model", "connection_id": model["connection_id"], **teams})
    sandbox.clear("requests")
    applier.write("spec.yaml", SPEC)
    told = transcript("error_live_twice")
    told.run("plan", "spec.yaml")
    told.run("apply", "spec.yaml", "--yes")
    told.run("destroy", "spec.yaml", "--yes")
    told.say("The model is not in the spec this time, only mentioned.")
    told.file(
        "sync.yaml",
        "connections:\n"
        "  Snowflake Connection: {managed: false}\n"
        "syncs:\n"
        "  Another Sync:\n"
        "    mode: append\n"
        "    model: Customer Model\n"
        "    target: {connection: Snowflake Connection, object: CUSTOMERS.CONTACTS}\n"
        "    fields: {EMAIL: email}\n"
        "    schedule: {frequency: manual}\n",
    )
    told.run("plan", "sync.yaml")
    assert sandbox.writes() == []


def test_no_terminal_to_confirm_on(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    told = transcript("error_no_terminal")
    told.run("apply", "spec.yaml")
    told.run("apply", "spec.yaml", "-o", "json")
    assert sandbox.writes() == []
    told.say("Nothing to do needs no confirmation.")
    assert applier("apply", "spec.yaml", "--yes").code == 0
    told.run("apply", "spec.yaml")


def test_wrong_usage(transcript: Start) -> None:
    told = transcript("error_usage")
    told.run()
    told.run("aply")
    told.run("frobnicate")
    told.run("plan", "--paralelism", "3")
    told.run("plan", "--parallelism", "0")
    told.run("plan", "--output", "xml")
    told.run("apply", "--target")
    told.run("run")
    told.run("inspect")
    told.run("inspect", "sources", "MySQL Connection")
    told.run("inspect", "fields", "MySQL Connection")
    told.run("schema", "mysq")
    told.run("plan", APPLIER_PARALLELISM="many")
    told.run("sandbox", "seed", "no-such-folder")


def test_globs_without_a_match(transcript: Start, applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC)
    told = transcript("error_globs")
    told.run("plan", "spec.yaml", "--target", "sync/MySQL*", "--exclude", "models/Customer Modell")
    told.run("plan", "spec.yaml", "--exclude", "connections/*")


def test_unmanaged_resources_must_exist(transcript: Start) -> None:
    told = transcript("error_not_live")
    told.file(
        "spec.yaml",
        "connections:\n  HubSpot: {type: hubspot, managed: false}\nmodels:\n"
        "  Contacts: {connection: HubSpot, configuration: {table: contacts}}\n",
    )
    told.run("apply", "spec.yaml", "--yes")


def test_members_that_no_update_can_change(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    sandbox.clear("requests")
    told = transcript("error_cannot_change")
    told.file(
        "spec.yaml",
        "connections:\n  MySQL Connection:\n    type: postgresql\n    configuration: {hostname: localhost, port: 5432, "
        "database: shop, username: user, password: '${env:PASSWORD:-x}'}\n",
    )
    told.run("apply", "spec.yaml", "--yes")
    assert sandbox.writes() == []


def test_secrets_that_a_replacement_would_lose(transcript: Start, applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", str(EXAMPLE), "--yes").code == 0
    connection = sandbox.named("connections", "MySQL Connection")
    configuration = {**connection["configuration"], "ssh": True, "ssh_host": "bastion", "ssh_private_key": "the-key"}
    body = {"name": connection["name"], "configuration": configuration}
    sandbox.put(f"/api/connections/{connection['id']}", body)
    sandbox.clear("requests")
    applier.write("spec.yaml", SPEC.replace("port: 3306", "port: 3307"))
    told = transcript("error_lost_secret")
    told.run("apply", "spec.yaml", "--yes")
    assert sandbox.writes() == []
