"""`applier plan`: shows what would change."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags, saved_plans
from applier.cli.console import CommandError, Console, error_diagnostic, write_diagnostic
from applier.cli.option_values import Options
from applier.cli.plan_flow import PlanRequest, make_plan
from applier.cli.plan_session import PlanSession
from applier.system import path_text, quote_path

if TYPE_CHECKING:
    from applier.report import Report


@click.command("plan", cls=flags.PlanCommand, short_help="Show what apply would change, and why (alias: diff).")
@flags.paths
@flags.spec
@flags.selection
@flags.allowances
@flags.no_checks
@flags.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if changes are pending.")
@flags.option(
    "--out",
    "out",
    metavar="FILE",
    help="Save the plan, without secrets, for `apply FILE`; only an older plan is replaced.",
)
@flags.option("--explain", "address", metavar="ADDRESS", help="Show how each field of a resource is compared.")
@flags.base
@flags.refuse_drift
@flags.service
@flags.outputs
@flags.with_options
def command(options: Options, detailed_exitcode: bool, out: str | None, address: str | None) -> int:
    """Show what `apply` would change, one line per field: + create, ~ update, > rename, ! replace, - delete. Writes
    nothing live.

    A plan saved with --out is applied only if the spec and the live objects it changes are unchanged.
    """
    if address and (out or detailed_exitcode):
        raise click.UsageError("--explain shows one resource: use --out and --detailed-exitcode without it")
    console = Console.create(options.output)
    request = PlanRequest("plan", options, console, detailed_exit_code=detailed_exitcode)
    with ExitStack() as stack:
        report, session = make_plan(request, stack)
        if address and session:
            return console.finish(_explain(address, session))
        if out and session:
            report = _save(Path(out), report, session, console)
        return console.finish(report)


def _explain(address: str, session: PlanSession) -> Report:
    from applier import pipeline
    from applier.patterns import find_matches
    from applier.report import Report
    from applier.targeting import ambiguous_target, suggest_address

    declared = session.prepared.resolved.declared.keys()
    matches = find_matches(address, declared)
    if len(matches.found) > 1:
        return Report("plan", (ambiguous_target(address, matches.found),))
    found = next(iter(matches.found), None)
    table = pipeline.explain_resource(session.prepared, found) if found else None
    if table is not None:
        return Report("plan", table=table)
    hint = suggest_address(address, declared) or 'addresses look like "syncs/NAME"'
    problem = CommandError("no-such-address", f'The spec does not manage "{address}".', hint)
    return Report("plan", (error_diagnostic(problem),))


def _save(file: Path, report: Report, session: PlanSession, console: Console) -> Report:
    """Save the plan; return the report, with a diagnostic if that fails."""
    from applier.api import ApiError

    try:
        saved_plans.save(file, session)
    except OSError as error:
        return report.add(write_diagnostic(file, error))
    except (ApiError, CommandError) as error:
        return report.add(error_diagnostic(error))
    console.note(f"saved to {path_text(file)}; apply it with: applier apply {quote_path(file)}")
    return report
