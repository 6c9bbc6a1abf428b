"""`applier plan`: what would change."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.console import Console, Unusable, problem_of, unwritten
from applier.cli.plan_flow import Ready, circumstances, planned, policy_of
from applier.system import path_text, quote_argument

if TYPE_CHECKING:
    from applier.report import Report


@click.command("plan", short_help="Show what apply would change, and why (also: diff).")
@options.paths
@options.spec
@options.selection
@options.allowances
@options.checks
@options.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@options.option("--out", "out", metavar="FILE", help="Save the plan, without secrets, for `apply FILE`.")
@options.option("--explain", "address", metavar="ADDRESS", help="Show each field of a resource with its rule.")
@options.base
@options.refuse_drift
@options.service
@options.outputs
def command(paths: tuple[str, ...], detailed_exitcode: bool, out: str | None, address: str | None, **given: Any) -> int:
    """Show what `apply` would change, a line per field: + create, ~ update, > rename, - delete. Writes nothing live.

    A plan saved with --out is applied only if the spec and everything it touches are still as they were.
    """
    console = Console.of(given)
    with ExitStack() as stack:
        report, ready = planned("plan", paths, console, given, stack, pending_matters=detailed_exitcode)
        if address and ready:
            return console.finish(_explained(address, ready))
        if out and ready:
            report = _saved(Path(out), report, ready, paths, console, given)
        return console.finish(report)


def _explained(address: str, ready: Ready) -> Report:
    from applier import pipeline
    from applier.diagnostics.suggestions import suggest
    from applier.report import Report

    table = pipeline.explain_resource(ready.prepared, address)
    if table is not None:
        return Report("plan", table=table)
    hint = suggest(address, ready.prepared.forms) or 'addresses look like "syncs/NAME"'
    problem = problem_of(Unusable("no-such-address", f'The spec does not manage "{address}".', hint))
    return Report("plan", (problem,))


def _saved(
    out: Path, report: Report, ready: Ready, paths: tuple[str, ...], console: Console, given: Mapping[str, Any]
) -> Report:
    from applier.api import ApiError
    from applier.plan.plan_file import save_plan
    from applier.plan.saved_inputs import save_inputs

    prepared, settings = ready.prepared, ready.client.settings
    kept = save_inputs(given["variables"], given["variable_files"], settings.secrets)
    try:
        made_for = circumstances(paths, given, ready.client)
        save_plan(out, prepared.plan, made_for, policy_of(given), kept, prepared.forms)
    except OSError as error:
        return replace(report, diagnostics=(*report.diagnostics, unwritten(out, error)))
    except ApiError as error:
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)))
    console.note(f"saved to {path_text(out)}; carry it out with: applier apply {quote_argument(path_text(out))}")
    return report
