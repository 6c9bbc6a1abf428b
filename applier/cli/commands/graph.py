"""`applier graph`: draws the dependencies of the spec."""

from __future__ import annotations

from contextlib import ExitStack

import click

from applier.cli import flags
from applier.cli.console import Console, print_text
from applier.cli.option_values import Options
from applier.cli.plan_flow import PlanRequest, make_plan
from applier.cli.spec_files import read_spec
from applier.render.forms import GRAPH_FORMS


@click.command("graph", short_help="Draw connections, models and syncs as text, DOT, Mermaid or SVG.")
@flags.paths
@flags.spec
@flags.selection
@flags.option("--plan", "with_plan", is_flag=True, help="Mark what a plan would change (calls the API).")
@flags.option(
    "--form",
    "-o",
    "form",
    type=click.Choice(GRAPH_FORMS),
    default="text",
    help="Output format (default: text).",
)
@flags.service
@flags.messages
@flags.with_options
def command(options: Options, with_plan: bool, form: str) -> int:
    """Draw the dependencies of the spec, or of the resources that --target selects, in the direction of the data."""
    from applier import pipeline
    from applier.diagnostics import has_errors
    from applier.render.diagram import render
    from applier.report import Report

    console = Console.create(options.output)
    marks: dict[str, str] = {}
    with ExitStack() as stack:
        if with_plan:
            report, _ = make_plan(PlanRequest("plan", options, console), stack)
            console.print_diagnostics(report.all_diagnostics)
            if report.plan is None:
                return int(report.exit_code)
            marks = {one.address: one.action.value for one in report.plan.changes}
        spec, problems = read_spec(options.spec)
        console.guard.learn(spec.secrets, spec.in_clear)
        diagram, unmatched = pipeline.diagram(spec, options.create_selection(), marks)
        if has_errors((*problems, *unmatched)):
            return console.finish(Report("graph", (*problems, *unmatched)))
        print_text(render(console.guard.hide(diagram), form), document=form != "text")
        return 0
