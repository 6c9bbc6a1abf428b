"""`applier show`: shows a saved plan."""

from __future__ import annotations

from pathlib import Path

import click

from applier.cli import flags
from applier.cli.console import CommandError, Console, error_diagnostic
from applier.cli.option_values import Options


@click.command("show", short_help="Show a saved plan.")
@click.argument("file", metavar="PLANFILE")
@flags.output
@flags.with_options
def command(options: Options, file: str) -> int:
    """Show what a plan saved with `plan --out` would change. Makes no requests."""
    from applier.plan.plan_file import NotAPlan, load_plan
    from applier.report import Report

    console = Console.create(options.output)
    try:
        return console.finish(Report("show", plan=load_plan(Path(file)).plan))
    except NotAPlan as error:
        problem = CommandError("not-a-plan", str(error), "create a plan with: applier plan --out FILE", error.place)
        return console.finish(Report("show", (error_diagnostic(problem),)))
