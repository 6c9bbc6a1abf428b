"""`applier apply`: plan, confirm, carry out, and run if asked."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from applier.cli import options
from applier.cli.apply_flow import carried_out
from applier.cli.console import Console


@click.command("apply", short_help="Make live what the spec says (also: sync).")
@options.paths
@options.spec
@options.selection
@options.allowances
@options.checks
@options.yes
@options.option("--fail-fast", is_flag=True, help="Start nothing more after the first failure.")
@options.option("--result", metavar="FILE", help="Write the outcome as JSON, too.")
@options.option("--run", "and_run", is_flag=True, help="Then run the syncs that were created or changed, and wait.")
@options.base
@options.refuse_drift
@options.service
@options.outputs
def command(paths: tuple[str, ...], yes: bool, and_run: bool, result: str | None, **given: Any) -> int:
    """Plan, ask, carry out in order of dependence, read again what was written. PATH may be a saved plan.

    What fails skips only what waits for it; run it again to go on. Exits with 4 when not all of it was done.
    """
    console = Console.of(given)
    with ExitStack() as stack:
        report = carried_out("apply", paths, console, given, stack, yes=yes, and_run=and_run, result=result)
        return console.finish(report)
