"""`applier graph`: who needs whom."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from applier.cli import options
from applier.cli.console import Console, read_spec
from applier.cli.plan_flow import choice_of, planned


@click.command("graph", short_help="Draw connections, models and syncs: text, DOT, Mermaid, SVG.")
@options.paths
@options.spec
@options.selection
@options.option("--plan", "with_plan", is_flag=True, help="Mark what a plan would change (calls the service).")
@options.option(
    "--form",
    "-o",
    "form",
    type=click.Choice(["text", "dot", "mermaid", "svg"]),
    default="text",
    help="Form of the graph [text].",
)
@options.service
@options.option("--no-color", is_flag=True, help="No colour (also NO_COLOR).")
@options.option("--quiet", "-q", is_flag=True, help="No progress and no warnings, only results and errors.")
@options.option("--verbose", "-v", is_flag=True, help="Tell every request on stderr.")
def command(paths: tuple[str, ...], with_plan: bool, form: str, **given: Any) -> int:
    """Draw who needs whom, the whole spec or what --target picks, in the way the data flows."""
    from applier import pipeline
    from applier.diagnostics import has_errors
    from applier.render.diagram import FORMS
    from applier.report import Report

    console = Console.of({**given, "output": "text"})
    marks: dict[str, str] = {}
    with ExitStack() as stack:
        if with_plan:
            report, _ = planned("plan", paths, console, given, stack)
            console.problems(report.all_diagnostics)
            if report.plan is None:
                return int(report.exit_code)
            marks = {one.address: one.action.value for one in report.plan.changes}
        spec, problems = read_spec(paths, given)
        diagram, unfit = pipeline.diagram(spec, choice_of(given), marks)
        if has_errors((*problems, *unfit)):
            return console.finish(Report("graph", (*problems, *unfit)))
        click.echo(FORMS[form](diagram))
        return 0
