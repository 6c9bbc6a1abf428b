"""`applier drift`: compares the workspace with the spec."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import click

from applier.cli import flags
from applier.cli.console import Console
from applier.cli.option_types import FiniteRange
from applier.cli.option_values import Options
from applier.cli.plan_flow import PlanRequest, make_plan


@click.command("drift", short_help="Compare the workspace with the spec; exit 2 on differences.")
@flags.paths
@flags.spec
@flags.selection
@flags.base
@flags.option("--coverage", is_flag=True, help="Show the share of live objects that the spec describes.")
@flags.option(
    "--min-coverage",
    type=FiniteRange(0, 100),
    metavar="PERCENT",
    help="Show the coverage, and exit 2 if it is below this.",
)
@flags.service
@flags.outputs
@flags.with_options
def command(options: Options, coverage: bool, min_coverage: float | None) -> int:
    """Show what differs (live → declared), who changed it last and when, and what is missing or unmanaged.

    Exits with 2 on differences. Writes nothing.
    """
    console = Console.create(options.output)
    with_coverage = coverage or min_coverage is not None
    request = PlanRequest("drift", options, console, detailed_exit_code=True, all_kinds=with_coverage)
    with ExitStack() as stack:
        report, session = make_plan(request, stack)
        if session and with_coverage:
            from applier.plan.coverage import coverage_of

            measured = coverage_of(session.prepared.resolved, min_coverage)
            report = replace(report, coverage=measured)
        return console.finish(report)
