"""`applier init`: a starting project."""

from __future__ import annotations

from pathlib import Path

import click

from applier.schema_files import folder as folder_of_schemas
from applier.system import describe_os_error, path_text, quote_argument, write_text

GITIGNORE = """\
# the state of `applier --sandbox`
.applier/
# secrets for your own shell
.env
"""

SCHEMA = "spec.schema.json"

SPEC = """\
# yaml-language-server: $schema=spec.schema.json
version: 1

# The keys are the names that things have in Polytomic; everything is found by name.
connections:
  Warehouse:
    type: postgresql
    configuration:
      hostname: ${env:WAREHOUSE_HOST:-localhost}
      port: 5432
      database: analytics
      username: polytomic
      # A secret comes from the environment: no file, plan or log ever shows it.
      password: ${env:WAREHOUSE_PASSWORD:-change-me}

  HubSpot:
    type: hubspot
    managed: false # made by hand, as OAuth wants it: referred to, checked to exist, never written

models:
  Active Customers:
    connection: Warehouse
    configuration:
      query: ${file:sql/active_customers.sql}
    identifier: email

syncs:
  Active Customers to HubSpot:
    mode: updateOrCreate
    model: Active Customers
    target:
      connection: HubSpot
      object: contacts
    identity: {field: email, target: email, function: Equality}
    fields:
      firstname: first_name # target field: source field
      lastname: last_name
    schedule: {frequency: manual} # when the first run looks right: {frequency: daily, hour: 6, minute: 0}
    active: true
"""

SQL = """\
select email, first_name, last_name
from customers
where active
"""

SEED = """\
email,first_name,last_name,active
ada@example.com,Ada,Lovelace,true
grace@example.com,Grace,Hopper,true
alan@example.com,Alan,Turing,false
"""

FILES = {
    "polytomic.yaml": SPEC,
    "sql/active_customers.sql": SQL,
    "seed/postgresql/analytics/public/customers.csv": SEED,
    ".gitignore": GITIGNORE,
}


@click.command("init", short_help="Write a starting project.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Write a small project into DIR (the current folder by default).

    It is valid and runs in the sandbox, on a few rows in its seed folder. Editors complete and check it with
    spec.schema.json, which `applier schema` prints anew for a later version. A file that exists is left alone.
    """
    try:
        for name, content in {**FILES, SCHEMA: (folder_of_schemas() / SCHEMA).read_text("utf-8")}.items():
            file = folder / name
            if file.exists():
                click.echo(f"{path_text(file)}  exists, left alone")
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, content)
            click.echo(f"{path_text(file)}  written")
    except OSError as error:
        raise click.ClickException(f"{path_text(folder)} cannot be written: {describe_os_error(error)}") from None
    there = "" if folder == Path() else f" {quote_argument(str(folder))}"
    click.echo(f"\nSee it work without an account:  applier apply{there} --sandbox --yes --run")
    click.echo(f"Then edit {path_text(folder / 'polytomic.yaml')}:  applier validate{there}")
    return 0
