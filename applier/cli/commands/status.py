"""`applier status`: shows the last execution of each sync."""

from __future__ import annotations

import click

from applier.cli import flags
from applier.cli.option_values import Options
from applier.cli.sync_selection import report_runs


@click.command("status", short_help="Show the last execution of each sync.")
@click.argument("names", nargs=-1, metavar="[SYNC]...")
@flags.service
@flags.output
@flags.with_options
def command(options: Options, names: tuple[str, ...]) -> int:
    """Show the running or last execution of live syncs, with its counts. SYNC is a name or a glob (default: all).

    Exits with 1 if the last execution of one of them failed.
    """
    from applier import pipeline

    parallelism = options.service.parallelism
    return report_runs(
        "status",
        names or ("*",),
        options,
        lambda client, syncs, _: pipeline.status(client, syncs, parallelism=parallelism),
    )
