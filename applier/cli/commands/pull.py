"""`applier pull`: live edits back into the files."""

from __future__ import annotations

import difflib
from contextlib import ExitStack
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.console import Console, Unusable, problem_of, unwritten
from applier.cli.plan_flow import planned

if TYPE_CHECKING:
    from applier.cli.plan_flow import Ready
    from applier.diagnostics import Diagnostic
    from applier.export.pull import PullResult

PARTLY = 4


@click.command("pull", short_help="Write live edits back into the spec files.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@options.option(
    "--path", "paths", multiple=True, type=options.Glob(), metavar="PATH", help="A file or folder of the spec [.]."
)
@options.option("--dry-run", is_flag=True, help="Write nothing; show the patch.")
@options.spec
@options.service
@options.quiet
def command(addresses: tuple[str, ...], paths: tuple[str, ...], dry_run: bool, **given: Any) -> int:
    """Take over what somebody changed in Polytomic: the values in the files become those that are live, all else in
    the files stays as it is written. ADDRESS, such as "syncs/MySQL*", narrows it down.

    What cannot be written back (a value from a placeholder, an anchor, defaults or an environment) is told and left,
    and the exit code is then 4.
    """
    from applier.export.pull import pull_edits

    console = Console.of({**given, "output": "text"})
    with ExitStack() as stack:
        report, ready = planned("pull", paths, console, {**given, "targets": (), "excludes": ()}, stack)
        console.problems([one for one in report.all_diagnostics if ready is None or one.severity == "error"])
        if ready is None:
            return 1
        unknown = _unknown(addresses, ready)
        if unknown:
            console.problems(unknown)
            return 1
        changes = [one for one in ready.prepared.plan.changes if _meant(one.address, addresses)]
        made = pull_edits(changes, ready.prepared.forms, ready.prepared.snapshot)
    problems = [] if dry_run else _written(made)
    console.problems(problems)
    if dry_run:
        click.echo(_patch(made), nl=False)
    _told(console, made)
    return 1 if problems else PARTLY if made.left else 0


def _meant(address: str, globs: tuple[str, ...]) -> bool:
    return not globs or any(fnmatchcase(address, glob) or address == glob for glob in globs)


def _unknown(globs: tuple[str, ...], ready: Ready) -> list[Diagnostic]:
    from applier.diagnostics.suggestions import suggest

    known = ready.prepared.forms
    return [
        problem_of(
            Unusable(
                "no-such-address",
                f'Nothing in the spec has an address that fits "{glob}".',
                suggest(glob, known) or 'addresses look like "syncs/NAME"; quote globs from the shell',
            )
        )
        for glob in globs
        if not any(_meant(address, (glob,)) for address in known)
    ]


def _written(made: PullResult) -> list[Diagnostic]:
    from applier.spec.documents.saving import rewrite

    problems = []
    for name in made.changed:
        try:
            rewrite(Path(name), made.after[name])
        except OSError as error:
            problems.append(unwritten(name, error))
    return problems


def _patch(made: PullResult) -> str:
    """All changes as a unified diff."""
    lines: list[str] = []
    for name in made.changed:
        before, after = (StringIO(one[name].decode("utf-8")).readlines() for one in (made.before, made.after))
        lines += difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _told(console: Console, made: PullResult) -> None:
    from applier.render.parts.words import count, printable

    files = f" in {', '.join(made.changed)}" if made.changed else ""
    console.note(f"{count(len(made.pulled_fields), 'field')} as live{files}")
    for one in made.left:
        label = f" {printable(one.label)}" if one.label else ""
        console.note(f"left: {printable(one.address)}{label}: {one.why}")
