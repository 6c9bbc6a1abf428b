"""`applier show`: a saved plan, as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from applier.cli import options
from applier.cli.console import Console, Unusable, problem_of


@click.command("show", short_help="Show a saved plan.")
@click.argument("file", metavar="PLANFILE")
@options.output
def command(file: str, **given: Any) -> int:
    """Show what a plan saved with `plan --out` would change. Calls nothing."""
    from applier.plan.plan_file import NotAPlan, load_plan
    from applier.report import Report

    console = Console.of(given)
    try:
        return console.finish(Report("show", plan=load_plan(Path(file)).plan))
    except NotAPlan as error:
        problem = problem_of(Unusable("not-a-plan", str(error), "make one with: applier plan --out FILE"))
        return console.finish(Report("show", (problem,)))
