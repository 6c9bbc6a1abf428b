"""`applier drift`: how live differs from the spec."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import click

from applier.cli import options
from applier.cli.console import Console
from applier.cli.plan_flow import planned


@click.command("drift", short_help="Show where live differs from the spec; exit 2 if it does.")
@options.paths
@options.spec
@options.selection
@options.base
@options.option("--coverage", is_flag=True, help="Tell which share of all that is live the spec describes.")
@options.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Tell it, and exit 2 when it is less than that.",
)
@options.service
@options.outputs
def command(paths: tuple[str, ...], coverage: bool, min_coverage: float | None, **given: Any) -> int:
    """Compare what is live with the spec: what differs (live → declared), who wrote it last and when, what is missing.

    Exits with 2 when anything differs. Writes nothing.
    """
    console = Console.of(given)
    given["coverage"] = coverage or min_coverage is not None
    with ExitStack() as stack:
        report, ready = planned("drift", paths, console, given, stack, pending_matters=True)
        if ready and given["coverage"]:
            from applier.plan.coverage import coverage_of

            told = coverage_of(ready.prepared.forms, ready.prepared.snapshot, min_coverage)
            report = replace(report, coverage=told)
        return console.finish(report)
