"""The databases behind the sandbox's connections: embedded in SQLite files, or live at the configured host."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from applier.sandbox.databases.csv_seeding import seed_folder
from applier.sandbox.databases.embedded import EmbeddedDatabase
from applier.sandbox.databases.live.database import LiveDatabase
from applier.sandbox.databases.live.driver import driver_of, is_live
from applier.sandbox.databases.query_limits import stop_when, time_limit
from applier.sandbox.databases.sqlite_files import remove_all
from applier.sandbox.databases.systems import SYSTEMS, configured_database
from applier.sandbox.databases.types import Column, Counts, Database, DatabaseError, Identity, NewColumn, SeededTable
from applier.sandbox.databases.unreachable_hosts import refuse_unreachable

__all__ = [
    "Column",
    "Counts",
    "Database",
    "DatabaseError",
    "Identity",
    "NewColumn",
    "SeededTable",
    "open_database",
    "refuse_unreachable",
    "reset",
    "seed",
    "stop_when",
    "supports",
    "time_limit",
]


def supports(type_id: str) -> bool:
    """Return whether connections of this type have a database."""
    return type_id in SYSTEMS


def open_database(type_id: str, configuration: Mapping[str, object], data: Path, *, live: bool) -> Database:
    """Open the database of a connection. Raises DatabaseError when it cannot be reached."""
    system = SYSTEMS.get(type_id)
    if system is None:
        raise DatabaseError(f"the sandbox has no databases of type {type_id}")
    if live:
        if not is_live(type_id):
            raise DatabaseError(f"the sandbox cannot open live databases of type {type_id}")
        return LiveDatabase(system, driver_of(type_id), configuration)
    refuse_unreachable(configuration)
    return EmbeddedDatabase(system, configured_database(system, configuration), data)


def seed(folder: Path, data: Path, *, only_missing: bool = False) -> list[SeededTable]:
    """Fill the embedded databases from CSV files; with `only_missing`, existing tables stay as they are."""
    return seed_folder(folder, data, only_missing)


def reset(data: Path) -> None:
    """Delete every embedded database."""
    remove_all(data)
