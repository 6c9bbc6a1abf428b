"""`applier fmt`: puts the members of spec files in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.console import Console, write_diagnostic
from applier.cli.option_values import Options

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.spec.formatting import FormattedFile


@click.command("fmt", short_help="Put the members of spec files in order.")
@flags.paths
@flags.option("--check", is_flag=True, help="Write nothing; list unordered files and exit with 1.")
@flags.no_color
@flags.option("--quiet", "-q", is_flag=True, help="Print no warnings.")
@flags.with_options
def command(options: Options, check: bool) -> int:
    """Put top-level keys and the members of resources in the order of the schema, and list the changed files.

    Names, lists, comments, quotes, anchors, blank lines and everything in { } stay as they are.
    """
    from applier.diagnostics import has_errors
    from applier.spec.formatting import format_files

    files, problems = format_files(options.spec.paths or ["."])
    changed = [one for one in files if one.changed]
    if not check:
        problems = (*problems, *(problem for one in changed for problem in _write(one)))
    Console.create(options.output).print_diagnostics(problems)
    for one in changed:
        click.echo(one.name)
    return int(has_errors(problems) or (check and bool(changed)))


def _write(file: FormattedFile) -> list[Diagnostic]:
    """Replace the file as a whole; return a diagnostic if that fails."""
    from applier.saving import write_file

    try:
        write_file(file.path, file.after)
    except OSError as error:
        return [write_diagnostic(file.name, error)]
    return []
