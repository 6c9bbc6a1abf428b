"""A spec over two sources and two warehouses with twenty tables, for counting what checks ask; used by tests, too."""

from __future__ import annotations

from pathlib import Path

FIELDS = 15
CONNECTIONS = """\
version: 1
connections:
"""
SHOP = """\
  {name}:
    type: mysql
    configuration: {{hostname: h, port: 3306, dbname: company, account: u, passwd: "${{env:PASSWORD:-secret}}"}}
"""
WAREHOUSE = """\
  {name}:
    type: snowflake
    configuration: {{account: a, dbname: database, username: u, password: "${{env:PASSWORD:-secret}}"}}
"""
SHOPS, WAREHOUSES = ("Shop", "Shop 2"), ("Warehouse", "Warehouse 2")


def write_connections(file: Path) -> None:
    """Four connections, to two databases."""
    parts = [SHOP.format(name=name) for name in SHOPS] + [WAREHOUSE.format(name=name) for name in WAREHOUSES]
    file.write_text(CONNECTIONS + "".join(parts), "utf-8")


def write_syncs(file: Path, syncs: int, targets: int) -> None:
    """A model per source, and so many syncs of fifteen fields onto so many tables."""
    model = "  {0} Model: {{connection: {0}, configuration: {{table: company.wide}}}}"
    lines = ["version: 1", "models:", *(model.format(name) for name in SHOPS), "syncs:"]
    for number in range(syncs):
        lines += [
            f"  Sync {number:05}:",
            f"    mode: replace\n    model: {SHOPS[number % 3 > 0]} Model",
            f"    target: {{connection: {WAREHOUSES[number % 2]}, object: WIDE.T{number // 2 % (targets // 2):02}}}",
            "    schedule: {frequency: manual}",
            "    fields:",
            *(f"      F{field:02}: f{field:02}" for field in range(FIELDS)),
        ]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def write_seed(folder: Path, targets: int) -> None:
    """The tables, without rows; both warehouses are the same database."""
    header = ",".join(f"{{}}{field:02}:varchar(20)" for field in range(FIELDS))
    files = {"mysql/company/wide.csv": header.replace("{}", "f")}
    for number in range(targets // 2):
        files[f"snowflake/database/WIDE/T{number:02}.csv"] = header.replace("{}", "F")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n", "utf-8")
