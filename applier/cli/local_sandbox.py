"""Opens the sandbox inside this process and prepares it for a spec: its tables and its unmanaged connections."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError, Console
from applier.cli.spec_files import spec_folder
from applier.kinds.base import mapping
from applier.system import is_folder, path_text

if TYPE_CHECKING:
    from applier.api import Client
    from applier.sandbox.databases import SeededTable
    from applier.sandbox.inprocess import InProcess
    from applier.spec.resources import Spec


def require_sandbox() -> None:
    """Raise `CommandError` if the extra with the sandbox is not installed."""
    try:
        from applier.sandbox import app, inprocess  # noqa: F401
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "applier":
            raise  # a mistake of ours, which no extra repairs
        message = f"The sandbox is not installed: {error.name} is missing."
        raise CommandError("no-sandbox", message, "run pip install 'polytomic-applier[sandbox]'") from None


def open_transport(data: str) -> InProcess:
    """Return the transport to a sandbox inside this process, with the state in a folder. Raises `CommandError`."""
    require_sandbox()
    from applier.sandbox import inprocess
    from applier.sandbox.session import StoreError

    try:
        return inprocess.transport(Path(data), databases=_databases())
    except (OSError, ValueError, StoreError) as error:
        hint = "choose another folder with --sandbox-data, or empty it: applier sandbox reset"
        raise CommandError("bad-sandbox", f"The sandbox cannot use {path_text(data)}: {error}", hint) from None


def _databases() -> str:
    """Return which databases the sandbox opens: "embedded" or "live". A variable, since few commands need to set it."""
    return os.environ.get("APPLIER_DATABASES") or "embedded"


def prepare(data: str, console: Console, spec: Spec, paths: Sequence[str], client: Client) -> None:
    """Load the tables of the `seed` folder, and create the connections that the spec expects to exist.

    Live databases have their own tables, so nothing is loaded beside them. Raises `CommandError` and `ApiError`.
    """
    if _databases() != "live":
        _load_seeds(data, console, paths)
    _create_unmanaged_connections(console, spec, client)


def _load_seeds(data: str, console: Console, paths: Sequence[str]) -> None:
    """Load the tables that the sandbox does not have yet."""
    from applier.render.parts.words import count

    for path in paths or ["."]:
        folder = spec_folder([path]) / "seed"
        tables = load_seed(folder, Path(data), only_missing=True) if is_folder(folder) else []
        if tables:
            rows = count(sum(one.rows for one in tables), "row")
            console.note(f"sandbox: loaded {count(len(tables), 'table')} ({rows}) from {path_text(folder)}")


def _create_unmanaged_connections(console: Console, spec: Spec, client: Client) -> None:
    """Create and authorize the connections with `managed: false`; skip those that need more than the spec says."""
    from applier.api import Refused
    from applier.kinds.connection.kind import CONNECTIONS

    declared = spec.of_kind(CONNECTIONS.name)
    expected = [one for one in declared if not one.managed and not one.id]
    live = {one.get("name") for one in client.pages(CONNECTIONS.path)} if expected else set()
    for one in expected:
        if one.name in live or not one.body.get("type"):
            continue
        body = {"name": one.name, "type": one.body["type"], "configuration": one.body.get("configuration") or {}}
        try:
            created = mapping(client.post(CONNECTIONS.path, body).get("data"))
        except Refused:
            continue  # the plan reports that the connection is missing
        client.post(f"/_sandbox/authorize/{created['id']}")
        console.note(f"sandbox: created unmanaged {one.address}")


def load_seed(folder: Path, data: Path, *, only_missing: bool) -> list[SeededTable]:
    """Load a folder of CSV files; return the loaded tables. Raises `CommandError` for a file that cannot be loaded."""
    require_sandbox()
    from applier import sandbox
    from applier.sandbox.databases import DatabaseError

    try:
        return sandbox.seed(folder, data, only_missing=only_missing)
    except (DatabaseError, OSError) as error:
        raise CommandError("bad-seed", str(error), "see examples/mysql-to-snowflake/seed for the format") from None
