"""`applier destroy`: delete what the spec describes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from applier.cli import options
from applier.cli.apply_flow import carried_out
from applier.cli.console import Console


@click.command("destroy", short_help="Delete what the spec describes, users first.")
@options.paths
@options.spec
@options.selection
@options.option("--force-delete", is_flag=True, help="Delete live users outside the spec, too.")
@options.option("--force", is_flag=True, help="Go on past `limits.deletes`.")
@options.option("--fail-fast", is_flag=True, help="Start nothing more after the first failure.")
@options.option("--result", metavar="FILE", help="Write the outcome as JSON, too.")
@options.yes
@options.service
@options.outputs
def command(paths: tuple[str, ...], yes: bool, result: str | None, **given: Any) -> int:
    """Delete everything live that the spec declares, in reverse order of dependence.

    A target takes along what needs it. What is used by live objects outside the spec is refused; `managed: false`
    is never touched.
    """
    console = Console.of(given)
    with ExitStack() as stack:
        report = carried_out("destroy", paths, console, given, stack, yes=yes, result=result)
        return console.finish(report)
