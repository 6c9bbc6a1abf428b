"""`applier adopt`: adds a live object to a spec file."""

from __future__ import annotations

from dataclasses import replace
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
    from applier.export import Export
    from applier.export.adopt import Adopted


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
    adopted = _add_to_file(file, address, exported)
    if not adopted.entries:
        console.print_diagnostics(adopted.problems)
        return 1
    for one in adopted.problems:
        console.note(f"left out: {one.detail.removesuffix(' Nothing was added.')} ({one.place})")
    addresses = [one.address for one in adopted.entries]
    console.note(f"added {', '.join(addresses)} to {path_text(file)}")
    for one in adopted.elsewhere:
        console.note(f"{one.address} is declared in {one.place} too; load only one of the files")
    secrets = [one for one in exported.secret_variables if one.address in addresses]
    note_secrets(console, replace(exported, secret_variables=tuple(secrets)))
    return 0


def _add_to_file(file: str, address: str, exported: Export) -> Adopted:
    """Add the resources to the file; with a diagnostic if that fails."""
    from applier.export.adopt import Adopted, add_to_file

    try:
        return add_to_file(Path(file), address, exported)
    except OSError as error:
        return Adopted(problems=(write_diagnostic(file, error),))
