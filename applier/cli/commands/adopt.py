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
    from applier.export import Exported


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
    from applier.export import Wish, export_workspace

    console = Console.of({**given, "output": "text"})
    try:
        with connected(given, console) as client:
            made = export_workspace(client, Wish((address,), complete=False), given["parallelism"])
            console.problems(made.diagnostics)
            if any(one.severity == "error" for one in made.diagnostics):
                return 1
            if not made.entries:
                raise Unusable(
                    "not-added", f"{address} cannot be described; nothing was added.", "see the warning above"
                )
            _add(Path(file), made)
    except (ApiError, Unusable) as error:
        console.problems([problem_of(error)])
        return 1
    except OSError as error:
        console.problems([unwritten(file, error)])
        return 1
    console.note(f"added {', '.join(f'{one.kind}/{one.name}' for one in made.entries)} to {path_text(file)}")
    told_secrets(console, made)
    return 0


def _add(file: Path, made: Exported) -> None:
    """Raises `Unusable` where the file has it already, or cannot take it."""
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
            said = f"{path_text(file)} cannot take {one.kind}/{one.name} without changing more than that."
            raise Unusable("not-added", said, "see whether the file has it already, or choose another --file")
        data = longer
    rewrite(file, data)
