"""`applier validate`: offline checks."""

from __future__ import annotations

from typing import Any

import click

from applier.cli import options
from applier.cli.session import Console, read_spec


@click.command("validate", short_help="Check the spec without calling the service.")
@options.paths
@options.output
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Check syntax, schema, references, cycles and connection settings, without calling the service.

    PATH is a file or a folder (the current one by default); every *.yaml and *.yml below it is read.
    """
    from applier.kinds import KINDS
    from applier.report import Report

    spec, diagnostics = read_spec(paths)
    declared = {kind: number for kind in KINDS if (number := len(spec.of_kind(kind)))}
    return Console.of(given).finish(Report("validate", diagnostics, declared=declared, files=len(spec.files)))
