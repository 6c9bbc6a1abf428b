"""`applier pull`: writes live edits to the spec files."""

from __future__ import annotations

import difflib
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.console import Console, write_diagnostic
from applier.cli.option_values import Options
from applier.cli.plan_flow import PlanRequest, make_plan

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.export.pull import PullResult


@click.command("pull", short_help="Write live edits to the spec files.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@flags.option(
    "--path",
    "paths",
    multiple=True,
    type=flags.CommaSeparated(),
    metavar="PATH",
    help="File or folder of the spec (default: the current folder).",
)
@flags.option("--dry-run", is_flag=True, help="Print the patch instead of writing it.")
@flags.spec
@flags.service
@flags.messages
@flags.with_options
def command(options: Options, addresses: tuple[str, ...], dry_run: bool) -> int:
    """Write what was edited in Polytomic to the spec: live values replace the values in the files, and everything else
    in the files stays as it is. ADDRESS is a glob, such as "syncs/MySQL*".

    A value that comes from a placeholder, an anchor, defaults or an environment is not written: it is listed, and the
    exit code is 4.
    """
    from applier.export.pull import pull_edits
    from applier.report import ExitCode
    from applier.targeting import check_patterns, matches

    console = Console.create(options.output)
    with ExitStack() as stack:
        report, session = make_plan(PlanRequest("pull", options, console), stack)
        console.print_diagnostics([one for one in report.all_diagnostics if session is None or one.severity == "error"])
        if session is None:
            return ExitCode.ERROR
        prepared = session.prepared
        unmatched = check_patterns(addresses, prepared.resolved.declared)
        if unmatched:
            console.print_diagnostics(unmatched)
            return ExitCode.ERROR
        changes = [one for one in prepared.plan.changes if matches(one.address, addresses)]
        pulled = pull_edits(changes, prepared.resolved.declared, prepared.resolved.snapshot, prepared.scrubber)
    problems = [] if dry_run else _write(pulled)
    console.print_diagnostics(problems)
    if dry_run:
        click.echo(_format_patch(pulled), nl=False)
    _note_summary(console, pulled)
    return ExitCode.ERROR if problems else ExitCode.PARTLY_APPLIED if pulled.left else ExitCode.OK


def _write(pulled: PullResult) -> list[Diagnostic]:
    """Write the changed files; return a diagnostic for each that cannot be written."""
    from applier.spec.documents.saving import rewrite

    problems = []
    for name in pulled.changed:
        try:
            rewrite(Path(name), pulled.after[name])
        except OSError as error:
            problems.append(write_diagnostic(name, error))
    return problems


def _format_patch(pulled: PullResult) -> str:
    """Return all changes as a unified diff."""
    lines: list[str] = []
    for name in pulled.changed:
        before, after = (StringIO(one[name].decode("utf-8")).readlines() for one in (pulled.before, pulled.after))
        lines += difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _note_summary(console: Console, pulled: PullResult) -> None:
    from applier.render.parts.words import count, printable

    files = f" in {', '.join(pulled.changed)}" if pulled.changed else ""
    console.note(f"{count(len(pulled.pulled_fields), 'field')} updated from live{files}")
    for one in pulled.left:
        label = f" {printable(one.label)}" if one.label else ""
        console.note(f"not written: {printable(one.address)}{label}: {one.why}")
