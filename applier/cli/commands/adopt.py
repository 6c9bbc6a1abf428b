"""`applier adopt`: adds a live object to a spec file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, write_diagnostic
from applier.cli.export_notes import note_secrets
from applier.cli.option_values import Options
from applier.cli.spec_files import find_stream
from applier.system import path_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.export import Export


@click.command("adopt", short_help="Add a live object to a spec file.")
@click.argument("address")
@flags.option("--file", "file", metavar="FILE", required=True, help="Spec file to add it to; created if missing.")
@flags.service
@flags.messages
@flags.with_options
def command(options: Options, address: str, file: str) -> int:
    """Add the live object at ADDRESS, such as "syncs/MySQL to Snowflake", to a spec file, in the form that `export`
    writes. The rest of the file does not change. ADDRESS can also be a name, or a glob for several objects.
    """
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.export.adopt import export_for_adoption
    from applier.spec.documents.streams import cannot_write_back

    console = Console.create(options.output)
    stream = find_stream([file])
    if stream is not None:
        console.print_diagnostics([cannot_write_back(stream)])
        return 1
    try:
        with connect(options.service, console) as client:
            exported = export_for_adoption(client, address, options.service.parallelism)
    except (ApiError, CommandError) as error:
        console.print_diagnostics([error_diagnostic(error)])
        return 1
    console.print_diagnostics(exported.diagnostics)
    if has_errors(exported.diagnostics):
        return 1
    if problem := _add_to_file(file, address, exported):
        console.print_diagnostics([problem])
        return 1
    added = ", ".join(f"{one.kind}/{one.name}" for one in exported.entries)
    console.note(f"added {added} to {path_text(file)}")
    note_secrets(console, exported)
    return 0


def _add_to_file(file: str, address: str, exported: Export) -> Diagnostic | None:
    """Add the resources to the file; return a diagnostic if that fails."""
    from applier.export.adopt import add_to_file

    try:
        return add_to_file(Path(file), address, exported)
    except OSError as error:
        return write_diagnostic(file, error)
