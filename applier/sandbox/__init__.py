"""A local, persistent stand-in for the Polytomic API. It shares nothing with the rest of applier but HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from applier.sandbox.databases import SeededTable


def create_app(
    data: Path,
    *,
    api_key: str | None = None,
    partner_key: str | None = None,
    switches: Mapping[str, str] = {},
    databases: str = "embedded",
) -> Starlette:
    """Return the API over a data folder as an ASGI application."""
    from applier.sandbox.app import create_app as create

    return create(data, api_key=api_key, partner_key=partner_key, switches=switches, databases=databases)


def seed(folder: Path, data: Path, *, only_missing: bool = False) -> list[SeededTable]:
    """Load a folder of CSV files into the embedded databases."""
    from applier.sandbox import databases
    from applier.sandbox.data_folder import prepare_data_folder

    prepare_data_folder(data)
    return databases.seed(folder, data, only_missing=only_missing)


def reset(data: Path) -> None:
    """Delete everything in a data folder: objects, executions, requests, faults and tables.

    A state file that cannot be read or written is deleted, unless a running sandbox has it open.
    """
    from applier.sandbox import databases
    from applier.sandbox.process_locks import in_use
    from applier.sandbox.session import StoreError
    from applier.sandbox.store import Store, discard

    try:
        with closing(Store(data)) as store:
            store.empty()
    except StoreError:
        if in_use(data) or not data.is_dir():
            raise
        discard(data)
    databases.reset(data)
