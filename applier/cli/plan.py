"""`applier plan`: what would change."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from applier.cli import options
from applier.cli.planning import planned
from applier.cli.session import Console


@click.command("plan", short_help="Show what apply would change, and why (also: diff).")
@options.paths
@options.selection
@options.allowances
@options.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@options.service
@options.output
def command(paths: tuple[str, ...], detailed_exitcode: bool, **given: Any) -> int:
    """Show what `apply` would change, a line per field: + create, ~ update. Writes nothing."""
    console = Console.of(given)
    with ExitStack() as stack:
        report, _ = planned("plan", paths, console, given, stack, pending_matters=detailed_exitcode)
        return console.finish(report)
