"""`applier destroy`: deletes the resources of the spec."""

from __future__ import annotations

import click

from applier.cli import flags
from applier.cli.apply_flow import ApplyRequest, apply_plan
from applier.cli.option_values import Options


@click.command("destroy", short_help="Delete every resource in the spec, dependents first.")
@flags.paths
@flags.spec
@flags.selection
@flags.option("--force-delete", is_flag=True, help="Delete live dependents outside the spec, too.")
@flags.option("--force", is_flag=True, help="Ignore `limits.deletes`.")
@flags.fail_fast
@flags.result
@flags.yes
@flags.service
@flags.outputs
@flags.with_options
def command(options: Options, yes: bool, result: str | None) -> int:
    """Delete the live objects of all declared resources, in reverse dependency order.

    --target includes the dependents of a match. A resource that live objects outside the spec use is not deleted, and
    neither is one with `managed: false`.
    """
    return apply_plan(ApplyRequest(command="destroy", options=options, yes=yes, result_file=result))
