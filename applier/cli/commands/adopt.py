"""`applier adopt`: a live object into a spec file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.commands.export import told_secrets
from applier.cli.console import Console, Unusable, problem_of, unwritten
from applier.system import path_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.export import Export


@click.command("adopt", short_help="Add a live object to a spec file.")
@click.argument("address")
@options.option("--file", "file", metavar="FILE", required=True, help="The file to add it to; made if it is not there.")
@options.service
@options.quiet
def command(address: str, file: str, **given: Any) -> int:
    """Add the live object at ADDRESS, such as "syncs/MySQL to Snowflake", to a spec file, as `export` would write it.
    The rest of the file stays as it is.
    """
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.export.adopt import export_for_adoption

    console = Console.of({**given, "output": "text"})
    try:
        with connected(given, console) as client:
            exported = export_for_adoption(client, address, given["parallelism"])
    except (ApiError, Unusable) as error:
        console.problems([problem_of(error)])
        return 1
    console.problems(exported.diagnostics)
    if has_errors(exported.diagnostics):
        return 1
    if problem := _add_to_file(file, address, exported):
        console.problems([problem])
        return 1
    added = ", ".join(f"{one.kind}/{one.name}" for one in exported.entries)
    console.note(f"added {added} to {path_text(file)}")
    told_secrets(console, exported)
    return 0


def _add_to_file(file: str, address: str, exported: Export) -> Diagnostic | None:
    from applier.export.adopt import add_to_file

    try:
        return add_to_file(Path(file), address, exported)
    except OSError as error:
        return unwritten(file, error)
