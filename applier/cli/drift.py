"""`applier drift`: how live differs from the spec."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from applier.cli import options
from applier.cli.planning import planned
from applier.cli.session import Console


@click.command("drift", short_help="Show where live differs from the spec; exit 2 if it does.")
@options.paths
@options.spec
@options.selection
@options.base
@options.service
@options.outputs
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Compare what is live with the spec: what differs (live → declared), who wrote it last and when, what is missing.

    Exits with 2 when anything differs. Writes nothing.
    """
    console = Console.of(given)
    with ExitStack() as stack:
        report, _ = planned("drift", paths, console, given, stack, pending_matters=True)
        return console.finish(report)
