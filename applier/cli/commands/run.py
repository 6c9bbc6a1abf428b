"""`applier run`: start syncs and wait."""

from __future__ import annotations

from typing import Any

import click

from applier.cli import options
from applier.cli.console import Console
from applier.cli.run_flow import run_and_tell
from applier.cli.sync_selection import with_syncs


@click.command("run", short_help="Start syncs by name and wait for their end.")
@click.argument("names", nargs=-1, required=True, metavar="SYNC...")
@options.service
@options.output
def command(names: tuple[str, ...], **given: Any) -> int:
    """Start live syncs and wait with progress. SYNC is a name or a glob; quote it from the shell.

    Exits with 1 when a run fails.
    """
    console = Console.of(given)
    return with_syncs("run", names, console, given, lambda client, syncs: run_and_tell(client, syncs, console, given))
