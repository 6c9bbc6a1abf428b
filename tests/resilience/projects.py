"""Specs: the example, a cycle of models, and a pair of which the second changes the first in every way."""

from __future__ import annotations

from tests.workspace import EXAMPLE

EXAMPLE_SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")

CONNECTIONS = """\
version: 1
connections:
  MySQL:
    type: mysql
    configuration:
      hostname: localhost
      port: 3306
      dbname: company
      account: user
      passwd: ${env:MYSQL_PASSWORD:-secret}
  Warehouse:
    type: snowflake
    configuration:
      account: account
      dbname: database
      username: user
      password: ${env:SNOWFLAKE_PASSWORD:-secret-password}
"""

SYNC = """\
syncs:
  Contacts:
    mode: replace
    model: %s
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields: {EMAIL: email}
    schedule: {frequency: manual}
"""
"""A sync of a model, which the name of the model completes."""


def models(**bodies: str) -> str:
    """Return a section of models; each body is a mapping in one line, without its braces."""
    return "models:\n" + "".join(f"  {name}: {{{body}}}\n" for name, body in bodies.items())


BEFORE = (
    CONNECTIONS
    + """\
models:
  Customers: {connection: MySQL, configuration: {table: company.customers}, identifier: id}
  Teams: {connection: MySQL, configuration: {table: company.teams}}
  Old accounts: {connection: MySQL, configuration: {table: company.accounts}}
syncs:
  Contacts:
    mode: replace
    model: Customers
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields: {EMAIL: email, FIRST_NAME: first_name}
    schedule: {frequency: manual}
    active: true
  Companies:
    mode: append
    model: Old accounts
    target: {connection: Warehouse, object: CUSTOMERS.COMPANIES}
    fields: {NAME: name}
    schedule: {frequency: daily, hour: 3, minute: 0}
    active: false
  Leftover:
    mode: replace
    model: Teams
    target: {connection: Warehouse, object: TEAMS.MEMBERS}
    fields: {FULL_NAME: name}
    schedule: {frequency: manual}
"""
)
"""Applied before; then the files change to `AFTER`."""

AFTER = (
    CONNECTIONS.replace("3306", "3307")
    + """\
moved:
  models: {Teams: All teams}
removed:
  models: [Old accounts]
  syncs: [Leftover]
models:
  Customers: {connection: MySQL, configuration: {query: "SELECT * FROM customers"}, identifier: id}
  All teams: {connection: MySQL, configuration: {table: company.teams}}
  Accounts: {connection: MySQL, configuration: {query: "SELECT id, name FROM accounts"}}
syncs:
  Contacts:
    mode: replace
    model: Customers
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields: {EMAIL: email, FIRST_NAME: first_name, LAST_NAME: last_name}
    schedule: {frequency: hourly, minute: "15"}
    active: false
  Companies:
    mode: append
    model: Accounts
    target: {connection: Warehouse, object: CUSTOMERS.COMPANIES}
    fields: {NAME: name}
    schedule: {frequency: runafter, run_after: {syncs: [Contacts]}}
    active: true
  Members:
    mode: replace
    model: All teams
    target: {connection: Warehouse, object: TEAMS.MEMBERS}
    fields: {FULL_NAME: name}
    schedule: {frequency: manual}
    active: true
"""
)
"""A connection and a model updated, a model renamed, one replaced by another under a sync, syncs made and deleted."""

CYCLE = (
    CONNECTIONS
    + """\
models:
  Customers:
    connection: MySQL
    configuration: {table: company.customers}
    relations: [{from: account_id, to: {model: Accounts, field: id}}]
  Accounts:
    connection: MySQL
    configuration: {table: company.accounts}
    relations: [{from: id, to: {model: Customers, field: account_id}}]
"""
)
"""Two models that are joined with each other."""
