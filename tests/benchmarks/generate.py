"""Specs as large as wanted, the same for the same numbers; `python -m tests.benchmarks.generate DIR` writes one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

SYNCS_PER_FILE = 50

CONNECTIONS = """\
version: 1

connections:
  Shop Database:
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

MODEL = """\
  Model {number:04}:
    connection: Shop Database
    configuration:
      table: company.customers
    identifier: id
"""

SYNC = """\
  Sync {number:04}:
    mode: replace
    model: Model {model:04}
    target:
      connection: Warehouse
      object: CUSTOMERS.CONTACTS
    fields:
{fields}
    schedule: {schedule}
    active: {active}
"""

# The mappings that the demo tables can really carry out; what goes beyond them is for commands that stay offline.
COLUMNS = [("EMAIL", "email"), ("FIRST_NAME", "first_name"), ("LAST_NAME", "last_name")]
SCHEDULES = [
    "{frequency: manual}",
    "{frequency: continuous}",
    "{frequency: hourly, minute: 15}",
    "{frequency: daily, hour: 6, minute: 30}",
]


def write_spec(folder: Path, *, models: int, syncs: int, fields: int) -> list[Path]:
    """A project of two connections, so many models and so many syncs of so many fields, in files of fifty syncs."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"connections.yaml": CONNECTIONS}
    texts["models.yaml"] = "version: 1\n\nmodels:\n" + "".join(MODEL.format(number=number) for number in range(models))
    for first in range(0, syncs, SYNCS_PER_FILE):
        numbers = range(first, min(first + SYNCS_PER_FILE, syncs))
        described = (_sync(number, number % models, fields) for number in numbers)
        texts[f"syncs/{first:05}.yaml"] = "version: 1\n\nsyncs:\n" + "".join(described)
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.rglob("*.yaml"))


def _sync(number: int, model: int, fields: int) -> str:
    return SYNC.format(
        number=number,
        model=model,
        fields="\n".join(_fields(number, model, fields)),
        schedule=SCHEDULES[number % len(SCHEDULES)],
        active="true" if number % 3 else "false",
    )


def _fields(number: int, model: int, count: int) -> Iterator[str]:
    """The four written forms in turn."""
    for position in range(count):
        target, source = COLUMNS[position] if position < len(COLUMNS) else (f"COLUMN_{position}", f"column_{position}")
        form = (number + position) % 4 if position >= len(COLUMNS) else (number + position) % 3
        value = (
            source,
            f"{{field: {source}}}",
            f"{{model: Model {model:04}, field: {source}}}",
            f"{{value: {source}}}",
        )
        yield f"      {target}: {value[form]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--syncs", type=int, default=2000)
    parser.add_argument("--fields", type=int, default=15)
    chosen = parser.parse_args()
    files = write_spec(chosen.folder, models=chosen.models, syncs=chosen.syncs, fields=chosen.fields)
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files):,} bytes in {chosen.folder}")


if __name__ == "__main__":
    main()
