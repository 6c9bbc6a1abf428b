"""`applier status`: the last execution of each sync."""

from __future__ import annotations

from typing import Any

import click

from applier.cli import options
from applier.cli.console import Console
from applier.cli.sync_selection import with_syncs


@click.command("status", short_help="Show the last execution of each sync.")
@click.argument("names", nargs=-1, metavar="[SYNC]...")
@options.service
@options.output
def command(names: tuple[str, ...], **given: Any) -> int:
    """Show the running or last execution of live syncs, with its counts. SYNC is a name or a glob; all without one.

    Exits with 1 when the last execution of one of them failed.
    """
    from applier import pipeline

    return with_syncs(
        "status",
        names or ("*",),
        Console.of(given),
        given,
        lambda client, syncs: pipeline.status(client, syncs, parallelism=given["parallelism"]),
    )
