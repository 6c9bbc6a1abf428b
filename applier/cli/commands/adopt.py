"""`applier adopt`: adds a live object to a spec file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, write_diagnostic
from applier.cli.export_notes import note_secrets
from applier.cli.options import Options
from applier.system import path_text

if TYPE_CHECKING:
    from applier.export import Exported


@click.command("adopt", short_help="Add a live object to a spec file.")
@click.argument("address")
@flags.option("--file", "file", metavar="FILE", required=True, help="Spec file to add it to; created if missing.")
@flags.service
@flags.messages
@flags.with_options
def command(options: Options, address: str, file: str) -> int:
    """Add the live object at ADDRESS, such as "syncs/MySQL to Snowflake", to a spec file, in the form that `export`
    writes. The rest of the file does not change.
    """
    from applier.api import ApiError
    from applier.export import Wish, export_workspace

    console = Console.create(options.output)
    try:
        with connect(options.service, console) as client:
            made = export_workspace(client, Wish((address,), complete=False), options.service.parallelism)
            console.print_diagnostics(made.diagnostics)
            if any(one.severity == "error" for one in made.diagnostics):
                return 1
            if not made.entries:
                message = f"{address} cannot be described in a spec; nothing was added."
                raise CommandError("not-added", message, "see the warning above")
            _add(Path(file), made)
    except (ApiError, CommandError) as error:
        console.print_diagnostics([error_diagnostic(error)])
        return 1
    except OSError as error:
        console.print_diagnostics([write_diagnostic(file, error)])
        return 1
    console.note(f"added {', '.join(f'{one.kind}/{one.name}' for one in made.entries)} to {path_text(file)}")
    note_secrets(console, made)
    return 0


def _add(file: Path, made: Exported) -> None:
    """Add the resources to the file. Raises `CommandError` if the file declares one already or cannot take it."""
    from applier.export.layout import ordered_body
    from applier.export.saving import rewrite
    from applier.spec.documents.patch import append_members

    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        rewrite(file, made.text.encode())
        return
    data = file.read_bytes()
    for one in made.entries:
        longer = append_members(data, one.kind, one.name, ordered_body(one))
        if longer is None:
            message = f"Cannot add {one.kind}/{one.name} to {path_text(file)} without changing other lines."
            raise CommandError(
                "not-added", message, "check whether the file declares it already, or use another --file"
            )
        data = longer
    rewrite(file, data)
