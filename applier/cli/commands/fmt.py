"""`applier fmt`: the files of a spec in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from applier.cli import options
from applier.cli.console import Console

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.spec.formatting import FormattedFile


@click.command("fmt", short_help="Put the members of spec files in order.")
@options.paths
@options.option("--check", is_flag=True, help="Write nothing; list the files that are not in order, and exit with 1.")
@options.option("--no-color", is_flag=True, help="No colour (also NO_COLOR).")
@options.option("--quiet", "-q", is_flag=True, help="No warnings.")
def command(paths: tuple[str, ...], check: bool, no_color: bool, quiet: bool) -> int:
    """Put top-level keys and members of resources in the order of the schema, and list the files that changed.

    Names, lists, comments, quotes, anchors and blank lines stay as they are, and so does what is written in { }.
    """
    from applier.diagnostics import has_errors
    from applier.spec.formatting import format_files

    files, problems = format_files(paths or ["."])
    changed = [one for one in files if one.changed]
    if not check:
        problems = (*problems, *(wrong for one in changed for wrong in _written(one)))
    Console.of({"output": "text", "no_color": no_color, "quiet": quiet, "verbose": False}).problems(problems)
    for one in changed:
        click.echo(one.name)
    return int(has_errors(problems) or (check and bool(changed)))


def _written(file: FormattedFile) -> list[Diagnostic]:
    """Replace the file as a whole, with the byte order mark that it had."""
    from applier.cli.console import unwritten
    from applier.spec.documents.patch import separate_edits
    from applier.spec.documents.saving import rewrite

    try:
        mark, _ = separate_edits(file.path.read_bytes())
        rewrite(file.path, mark + file.after)
    except OSError as error:
        return [unwritten(file.name, error)]
    return []
