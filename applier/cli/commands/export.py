"""`applier export`: writes the live workspace, or a Terraform state, as a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, print_text, write_diagnostic
from applier.cli.export_notes import note_secrets
from applier.cli.option_values import Options
from applier.system import describe_os_error, path_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from applier.diagnostics import Diagnostic
    from applier.export import Export, ExportOptions

MOST_NAMED = 3  # existing files that a message lists


@click.command("export", short_help="Write the live workspace as a spec.")
@flags.option("--out", "out", metavar="DIR", help="Folder to write to (default: one file, to stdout).")
@flags.globs("--only", help="Only matching addresses, such as syncs/* (repeatable).")
@flags.option(
    "--layout",
    type=click.Choice(["files", "one"]),
    default="files",
    help="With --out: one file per resource, or one file for all (default: files).",
)
@flags.option("--split-sql", is_flag=True, help="With --out: write long queries to separate files.")
@flags.option("--force", "overwrite", is_flag=True, help="Overwrite existing files.")
@flags.option(
    "--from-terraform",
    "states",
    metavar="FILE",
    multiple=True,
    help="Export a Terraform state (terraform show -json) instead of the workspace (repeatable).",
)
@flags.service
@flags.messages
@flags.with_options
def command(
    options: Options,
    out: str | None,
    only: tuple[str, ...],
    layout: str,
    split_sql: bool,
    overwrite: bool,
    states: tuple[str, ...],
) -> int:
    """Write all live objects as a spec: names instead of ids, no default values, secrets as ${env:NAME}.

    With --out, write one file per resource and .env.example with the variables to set, which are also listed on stderr.
    A plan of the result is empty once the variables hold the secrets.
    """
    from applier.api import ApiError
    from applier.export import ExportOptions

    console = Console.create(options.output)
    try:
        if out is None and (split_sql or overwrite):
            flag = "--split-sql" if split_sql else "--force"
            raise CommandError("no-folder", f"{flag} requires an output folder.", "add --out DIR")
        export_options = ExportOptions(only, layout == "files", split_sql)
        made = (
            _export_states(tuple(map(Path, states)), export_options)
            if states
            else _export_live(options, console, export_options)
        )
        console.print_diagnostics(made.diagnostics)
        if any(one.severity == "error" for one in made.diagnostics):
            return 1
        if out is not None and not overwrite:
            _check_existing(Path(out), made)
    except (ApiError, CommandError) as error:
        console.print_diagnostics([error_diagnostic(error)])
        return 1
    if out is None:
        print_text(made.text, document=True, nl=False)
    elif problem := _write(Path(out), made):
        console.print_diagnostics([problem])
        return 1
    _note_summary(console, made, out)
    return 0


def _export_live(options: Options, console: Console, export_options: ExportOptions) -> Export:
    """Return the export of the workspace. Raises `ApiError` and `CommandError`."""
    from applier.export import export_workspace

    with console.progress as progress, connect(options.service, console) as client:
        progress.begin("reading the workspace")
        return export_workspace(client, export_options, options.service.parallelism)


def _export_states(files: tuple[Path, ...], export_options: ExportOptions) -> Export:
    """Return the export of Terraform states. Raises `CommandError`."""
    from applier.export import export_state
    from applier.export.terraform import state_of

    return export_state(state_of([one for file in files for one in _read_state(file)]), export_options)


def _read_state(file: Path) -> list[Mapping[str, object]]:
    """Return the resources of a state. Raises `CommandError`."""
    from applier.diagnostics import Place
    from applier.export.terraform import NotAState, resources_of
    from applier.spec.documents.json_text import NotJson

    try:
        return resources_of(file.read_bytes())
    except OSError as error:
        message = f"Cannot read {path_text(file)}: {describe_os_error(error)}."
        raise CommandError("file-unreadable", message, "choose another file") from None
    except (NotAState, NotJson) as error:
        message = f"{path_text(file)} is not a Terraform state: {error}."
        place = error.place(file) if isinstance(error, NotJson) else Place(path_text(file))
        raise CommandError(
            "not-a-state", message, "create one with: terraform show -json > state.json", place
        ) from None


def _check_existing(folder: Path, made: Export) -> None:
    """Raise `CommandError` if files would be overwritten."""
    from applier.render.parts.words import count
    from applier.saving import existing_files

    existing = existing_files(folder, made.files)
    if existing:
        names = ", ".join(path_text(folder / name) for name in existing[:MOST_NAMED])
        more = " …" if len(existing) > MOST_NAMED else ""
        verb = "exists" if len(existing) == 1 else "exist"
        message = f"{count(len(existing), 'output file')} already {verb}: {names}{more}. Nothing was written."
        raise CommandError("in-the-way", message, "use --force to overwrite")


def _write(folder: Path, made: Export) -> Diagnostic | None:
    """Write all files and print their names; return a diagnostic if that fails."""
    from applier.saving import save

    try:
        save(folder, made.files)
    except OSError as error:
        return write_diagnostic(folder, error)
    for name in made.files:
        click.echo(path_text(folder / name))
    return None


def _note_summary(console: Console, made: Export, out: str | None) -> None:
    from applier.render.parts.words import count

    where = "" if out is None else f" to {count(len(made.files), 'file')} in {path_text(out)}"
    console.note(f"exported {count(made.count, 'object')}{where}")
    note_secrets(console, made)
