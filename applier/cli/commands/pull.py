"""`applier pull`: writes live edits to the spec files."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.console import CommandError, Console, error_diagnostic, print_text, write_diagnostic
from applier.cli.option_types import CommaSeparated
from applier.cli.option_values import Options
from applier.cli.plan_flow import PlanRequest, make_plan
from applier.cli.spec_files import find_stream, read_changed_spec
from applier.secrets.urls import hide_urls

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.export.pull import PullResult
    from applier.secrets import Scrubber

_AGAIN = "run the command again"


@click.command("pull", short_help="Write live edits to the spec files.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@flags.option(
    "--path",
    "paths",
    multiple=True,
    type=CommaSeparated(),
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
    in the files stays as it is. ADDRESS is an address, a name or a glob, such as "syncs/MySQL*".

    A value is written where it comes from: the resource, defaults, the overrides of the environment or an included
    file. It is not written if the spec would not be valid, or if other resources would change. A value of another
    placeholder or of a shared anchor is not written either. What is not written is listed with its place, and the exit
    code is 4.
    """
    from applier.export.pull import pull_edits
    from applier.patterns import find_all_matches
    from applier.report import ExitCode
    from applier.spec.documents.streams import cannot_write_back
    from applier.targeting import check_patterns

    console = Console.create(options.output)
    stream = find_stream(options.spec.paths)
    if stream is not None:
        console.print_diagnostics([cannot_write_back(stream)])
        return ExitCode.ERROR
    with ExitStack() as stack:
        report, session = make_plan(PlanRequest("pull", options, console), stack)
        console.print_diagnostics([one for one in report.all_diagnostics if session is None or one.severity == "error"])
        if session is None:
            return ExitCode.ERROR
        prepared = session.prepared
        declared, undeclared = prepared.resolved.declared, prepared.resolved.undeclared
        unmatched = check_patterns(addresses, declared.keys(), elsewhere=undeclared)
        if unmatched:
            console.print_diagnostics(unmatched)
            return ExitCode.ERROR
        wanted = find_all_matches(addresses or ("*",), declared.keys(), undeclared)
        changes = [one for one in prepared.plan.changes if one.address in wanted]
        load = partial(read_changed_spec, options.spec)
        try:
            pulled = pull_edits(changes, session.spec, prepared.resolved, prepared.scrubber, load)
        except OSError as error:
            console.print_diagnostics([write_diagnostic(error.filename or "the spec", error)])
            return ExitCode.ERROR
    if dry_run:
        print_text(_format_patch(pulled, prepared.scrubber), document=True, nl=False)
    elif problem := write_changed(pulled):
        console.print_diagnostics([problem])
        return ExitCode.ERROR
    _note_summary(console, pulled, dry_run=dry_run)
    return ExitCode.PARTLY_APPLIED if pulled.left else ExitCode.OK


def write_changed(pulled: PullResult) -> Diagnostic | None:
    """Write all changed files, or none: the spec was judged with all of them. Return why none is written."""
    from applier.saving import write_file, write_files

    name = ""
    try:
        for name in pulled.changed:
            if Path(name).read_bytes() != pulled.before[name]:
                problem = CommandError("not-saved", f"{name} was changed during the pull. Nothing was written.", _AGAIN)
                return error_diagnostic(problem)
    except OSError as error:
        return write_diagnostic(name, error)
    try:
        write_files({one: pulled.after[one] for one in pulled.changed})
    except OSError as error:
        for one in pulled.changed:
            with suppress(OSError):  # the disk is full: what was written last is what can be kept
                if Path(one).read_bytes() != pulled.before[one]:
                    write_file(one, pulled.before[one])
        return write_diagnostic(error.filename or name, error)
    return None


def _format_patch(pulled: PullResult, scrubber: Scrubber) -> str:
    """Return all changes as a unified diff in which no line shows a secret; the changes are those of the files."""
    from applier.secrets import SENSITIVE
    from applier.spec.documents.hidden import hidden_lines

    def show(data: bytes) -> list[str]:
        return hidden_lines(data, scrubber.secrets, lambda line: hide_urls(scrubber.text(line)), SENSITIVE)

    sides = {name: (pulled.before[name], pulled.after[name]) for name in pulled.changed}
    return "".join(line for name, pair in sides.items() for line in _unified_diff(name, pair, show))


def _unified_diff(name: str, sides: tuple[bytes, bytes], show: Callable[[bytes], list[str]]) -> Iterator[str]:
    """Yield the lines of a unified diff of a file before and after; `show` returns the lines to show for its lines."""
    old, new = (StringIO(one.decode("utf-8"), newline="\n").readlines() for one in sides)
    before, after = map(show, sides)
    yield f"--- {name}\n+++ {name}\n"
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes():
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for tag, start, end, new_start, new_end in group:
            yield from (_line(" " if tag == "equal" else "-", one) for one in before[start:end])
            if tag != "equal":
                yield from (_line("+", one) for one in after[new_start:new_end])


def _range(start: int, end: int) -> str:
    """Return a range of lines as a unified diff writes it."""
    length = end - start
    return f"{start + (length > 0)}" + ("" if length == 1 else f",{length}")


def _line(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _note_summary(console: Console, pulled: PullResult, *, dry_run: bool) -> None:
    from applier.render.parts.words import count, printable

    files = f" in {', '.join(pulled.changed)}" if pulled.changed else ""
    fields = count(len(pulled.pulled_fields), "field")
    console.note(f"{fields} would be updated from live{files}" if dry_run else f"{fields} updated from live{files}")
    for address, names in pulled.environments.items():
        console.note(f"also changes {printable(address)} in {printable(', '.join(names))}")
    for one in pulled.left:
        label = f" {printable(one.label)}" if one.label else ""
        console.note(f"not written: {printable(one.address)}{label}: {one.why}")
