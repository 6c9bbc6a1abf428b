"""`applier apply`: plans, asks, applies, and runs syncs if asked to."""

from __future__ import annotations

import click

from applier.cli import flags
from applier.cli.apply_flow import ApplyRequest, apply_plan
from applier.cli.option_values import Options


@click.command("apply", cls=flags.PlanCommand, short_help="Apply the spec to the workspace (alias: sync).")
@flags.paths
@flags.spec
@flags.selection
@flags.allowances
@flags.no_checks
@flags.yes
@flags.fail_fast
@flags.result
@flags.option("--run", "and_run", is_flag=True, help="Then run the created and changed syncs, and wait for them.")
@flags.base
@flags.refuse_drift
@flags.service
@flags.outputs
@flags.with_options
def command(options: Options, yes: bool, and_run: bool, result: str | None) -> int:
    """Plan, confirm, and apply the changes in dependency order; every write is read back. PATH may be a saved plan.

    A failure skips only its dependents; apply again to continue. Exits with 4 if a change was not applied.
    """
    return apply_plan(ApplyRequest(command="apply", options=options, yes=yes, and_run=and_run, result_file=result))
