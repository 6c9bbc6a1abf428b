"""`applier export`: the live workspace as a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, unwritten
from applier.system import describe_os_error, path_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from applier.diagnostics import Diagnostic
    from applier.export import Export, ExportOptions


@click.command("export", short_help="Write the live workspace as a spec.")
@options.option("--out", "out", metavar="DIR", help="The folder to write into [one file, to stdout].")
@options.globs("--only", help="Only addresses that fit, such as syncs/* (can be given several times).")
@options.option(
    "--layout",
    type=click.Choice(["files", "one"]),
    default="files",
    help="With --out: a file for each resource, or one for all [files].",
)
@options.option("--split-sql", is_flag=True, help="With --out: long queries in files of their own.")
@options.option("--force", is_flag=True, help="Write over files that are there already.")
@options.option(
    "--from-terraform",
    "states",
    metavar="FILE",
    multiple=True,
    help="Export a state (terraform show -json) instead of what is live; several are taken together.",
)
@options.service
@options.quiet
def command(
    out: str | None,
    only: tuple[str, ...],
    layout: str,
    split_sql: bool,
    force: bool,
    states: tuple[str, ...],
    **given: Any,
) -> int:
    """Write what is live as a spec: names instead of ids, nothing that is the default, secrets as ${env:NAME}.

    With --out a file for each resource, .env.example with the variables to set, and their list on stderr. A plan of the
    result is empty as soon as the variables hold the secrets.
    """
    from applier.api import ApiError
    from applier.export import ExportOptions, export_workspace

    console = Console.of({**given, "output": "text"})
    if out is None and (split_sql or force):
        flag = "--split-sql" if split_sql else "--force"
        return _failed(console, Unusable("no-folder", f"{flag} needs a folder to write into.", "add --out DIR"))
    try:
        export_options = ExportOptions(only, layout == "files", split_sql)
        if states:
            made = _of_terraform(tuple(map(Path, states)), export_options)
        else:
            with console.progress as progress, connected(given, console) as client:
                progress.begin("looking at what is live")
                made = export_workspace(client, export_options, given["parallelism"])
    except (ApiError, Unusable) as error:
        return _failed(console, error)
    console.problems(made.diagnostics)
    if any(one.severity == "error" for one in made.diagnostics):
        return 1
    if out is None:
        click.echo(made.text, nl=False)
    elif problem := _written(Path(out), made, force):
        console.problems([problem])
        return 1
    _told(console, made, out)
    return 0


def _of_terraform(files: tuple[Path, ...], export_options: ExportOptions) -> Export:
    """The export of states. Raises `Unusable`."""
    from applier.export import export_state
    from applier.export.terraform import state_of

    return export_state(state_of([one for file in files for one in _resources(file)]), export_options)


def _resources(file: Path) -> list[Mapping[str, object]]:
    """Those of one state. Raises `Unusable`."""
    from applier.export.terraform import NotAState, resources_of

    try:
        return resources_of(file.read_bytes())
    except OSError as error:
        said = f"{path_text(file)} cannot be read: {describe_os_error(error)}."
        raise Unusable("file-unreadable", said, "choose another file") from None
    except NotAState as error:
        hint = "write it with: terraform show -json > state.json"
        raise Unusable("not-a-state", f"{path_text(file)} is no Terraform state: {error}.", hint) from None


def _failed(console: Console, error: Exception) -> int:
    console.problems([problem_of(error)])
    return 1


def _written(folder: Path, made: Export, force: bool) -> Diagnostic | None:
    """Write all files and list them, or why not."""
    from applier.spec.documents.saving import existing_files, save

    there = () if force else existing_files(folder, made.files)
    if there:
        named = ", ".join(path_text(folder / name) for name in there[:3]) + (" …" if len(there) > 3 else "")
        said = f"{len(there)} of the files to write {'is' if len(there) == 1 else 'are'} there already: {named}"
        return problem_of(Unusable("in-the-way", f"{said}. Nothing was written.", "--force writes over them"))
    try:
        save(folder, made.files)
    except OSError as error:
        return unwritten(folder, error)
    for name in made.files:
        click.echo(path_text(folder / name))
    return None


def _told(console: Console, made: Export, out: str | None) -> None:
    from applier.render.parts.words import count

    where = "" if out is None else f" in {count(len(made.files), 'file')} under {path_text(out)}"
    console.note(f"exported {count(made.count, 'object')}{where}")
    told_secrets(console, made)


def told_secrets(console: Console, made: Export) -> None:
    """What a person has to fill in."""
    from applier.render.parts.words import count, printable

    if made.secret_variables:
        console.note(f"{count(len(made.secret_variables), 'secret')} to fill in:")
    for one in made.secret_variables:
        console.note(f"  {one.variable}  {printable(one.address)}: {printable(one.label)}")
