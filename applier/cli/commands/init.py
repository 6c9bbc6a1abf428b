"""`applier init`: writes a starter project."""

from __future__ import annotations

from pathlib import Path

import click

from applier.cli import flags
from applier.saving import write_file
from applier.spec.schema.files import folder as folder_of_schemas
from applier.system import describe_os_error, path_text, quote_path

GITIGNORE = """\
# the state of `applier --sandbox`
.applier/
# secrets of your shell
.env
"""

GITATTRIBUTES = """\
# applier.lock (digests of secrets, with APPLIER_LOCK_KEY) merges secret by secret once this is set in a clone:
#   git config merge.applier-lock.driver "applier lock merge %O %A %B"
applier.lock merge=applier-lock
"""

SCHEMA = "spec.schema.json"

SPEC = """\
# yaml-language-server: $schema=spec.schema.json
version: 1

# The keys are the names of the objects in Polytomic, by which they are found.
connections:
  Warehouse:
    type: postgresql
    configuration:
      hostname: ${env:WAREHOUSE_HOST:-localhost}
      port: 5432
      database: analytics
      username: polytomic
      # Secrets come from the environment. No file, plan or log shows them.
      password: ${env:WAREHOUSE_PASSWORD:-change-me}

  HubSpot:
    type: hubspot
    managed: false # created by hand, since it uses OAuth: it must exist, and is never written

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
    schedule: {frequency: manual} # once the first run looks right: {frequency: daily, hour: 6, minute: 0}
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
    ".gitattributes": GITATTRIBUTES,
}


@click.command("init", short_help="Write a starter project.")
@click.argument("folder", metavar="[DIR]", default=".", type=flags.NON_EMPTY)
def command(folder: str) -> int:
    """Write a small project to DIR (default: the current folder).

    It is valid and runs in the sandbox with the rows in its seed folder. Editors use spec.schema.json for completion
    and checks; `applier schema` prints the schema of a later version. Existing files are not changed.
    """
    return _write_project(Path(folder))


def _write_project(folder: Path) -> int:
    try:
        for name, content in {**FILES, SCHEMA: (folder_of_schemas() / SCHEMA).read_text("utf-8")}.items():
            click.echo(f"{path_text(folder / name)}  {_write(folder / name, content)}")
    except OSError as error:
        raise click.ClickException(f"cannot write {path_text(folder)}: {describe_os_error(error)}") from None
    argument = "" if folder == Path() else f" {quote_path(folder)}"
    click.echo(f"\nTry it without an account:  applier apply{argument} --sandbox --yes --run")
    click.echo(f"Then edit {path_text(folder / 'polytomic.yaml')}:  applier validate{argument}")
    return 0


def _write(file: Path, content: str) -> str:
    """Write a file that does not exist; return what was done. Raises OSError."""
    if file.exists():
        return "exists, unchanged"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file(file, content)
    return "written"
