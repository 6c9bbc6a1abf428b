"""`applier run`: starts syncs and waits for them."""

from __future__ import annotations

import click

from applier.cli import flags
from applier.cli.option_values import Options
from applier.cli.run_flow import run_syncs
from applier.cli.sync_selection import report_runs


@click.command("run", short_help="Start syncs by name and wait for them to end.")
@click.argument("names", nargs=-1, required=True, metavar="SYNC...")
@flags.service
@flags.output
@flags.with_options
def command(options: Options, names: tuple[str, ...]) -> int:
    """Start live syncs and wait for them, with progress. SYNC is a name or a glob; quote globs in the shell.

    Exits with 1 if a run fails.
    """
    parallelism = options.service.parallelism
    return report_runs(
        "run",
        names,
        options,
        lambda client, syncs, console: run_syncs(client, syncs, console, parallelism),
        has_to_report=True,
    )
