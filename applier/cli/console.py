"""Everything that a command prints or asks: the result, diagnostics, notes, progress and the confirmation."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli.ci_environment import find_repository
from applier.cli.guard import Guard
from applier.cli.progress import Progress
from applier.saving import write_file
from applier.system import describe_os_error, is_reader_gone, is_terminal, path_text, write_utf8

if TYPE_CHECKING:
    from applier.api import ApiError
    from applier.cli.option_values import OutputOptions, ReportFile
    from applier.diagnostics import Diagnostic, Place
    from applier.report import Report


class CommandError(Exception):
    """A reason why a command cannot continue; `code` is that of a diagnostic and `hint` says what to do.

    `place` is where in a file the reason is, if it is in one.
    """

    def __init__(self, code: str, message: str, hint: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.place = place


@dataclass(frozen=True, slots=True)
class Console:
    """The terminal and the settings for printing to it. `guard` hides secrets in everything that is printed.

    `printed` holds the diagnostics that were printed already.
    """

    output: str = "text"
    colour: bool = False
    quiet: bool = False
    verbose: bool = False
    reports: tuple[ReportFile, ...] = ()
    guard: Guard = field(default_factory=Guard, compare=False)
    printed: set[Diagnostic] = field(default_factory=set, compare=False)

    @classmethod
    def create(cls, options: OutputOptions) -> Console:
        """Return the console for the options, NO_COLOR and the kind of terminal."""
        colour = not options.no_color and not os.environ.get("NO_COLOR") and is_terminal(sys.stdout)
        return cls(options.output, colour, options.quiet, options.verbose, options.reports)

    @property
    def progress(self) -> Progress:
        """Progress on stderr: a live line in a terminal, plain lines without one."""
        return Progress(
            live=is_terminal(sys.stderr) and not self.quiet and not self.verbose, quiet=self.quiet, hide=self.guard.hide
        )

    @property
    def shows_impact(self) -> bool:
        """Whether an output form of this call shows what depends on the changes."""
        return bool({"markdown", "html"} & {self.output, *(one.form for one in self.reports)})

    def note(self, sentence: str) -> None:
        """Print a line to stderr, unless `--quiet` is set."""
        if not self.quiet:
            click.echo(self.guard.hide(sentence), err=True)

    def print_diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Print each diagnostic to stderr once; with `--quiet` only errors."""
        from applier.diagnostics import Severity
        from applier.render.parts.words import format_diagnostic

        for one in self.guard.hide(tuple(diagnostics)):
            if one not in self.printed and (one.severity is Severity.ERROR or not self.quiet):
                self.printed.add(one)
                click.echo(format_diagnostic(one, self.colour and is_terminal(sys.stderr)), err=True)

    def print_result(self, report: Report) -> None:
        """Print the result to stdout.

        Raises `CommandError` when stdout cannot be written, `BrokenPipeError` when its reader is gone.
        """
        self._print(self.guard.hide(report))

    def _print(self, report: Report) -> None:
        """Print a report in which nothing has to be hidden any more."""
        from applier.render import text
        from applier.render.forms import render_report

        if self.output == "text":
            result = text.render(report, colour=self.colour)
        else:
            result = render_report(report, self.output, find_repository())
        try:
            if result:
                print_text(result, document=self.output != "text")
        except OSError as error:
            if is_reader_gone(error):
                raise
            raise write_error("the output", error) from None

    def finish(self, report: Report) -> int:
        """Print the result and write the files of `--report`; return the exit code.

        Diagnostics go to stderr with the form `text`; the other forms contain them.
        """
        report = self._write_reports(self.guard.hide(report))
        if self.output == "text":
            self.print_diagnostics(report.all_diagnostics)
        try:
            self._print(report)
        except CommandError as error:
            self.print_diagnostics([error_diagnostic(error)])
            return int(report.exit_code) or 1
        except OSError as error:
            if not is_reader_gone(error):
                raise
            return int(report.exit_code) or 1
        return int(report.exit_code)

    def _write_reports(self, report: Report) -> Report:
        """Write the files of `--report`; return the report with a diagnostic for each file that cannot be written."""
        from applier.render.forms import render_report

        problems = []
        for form, file in self.reports:
            try:
                write_file(file, render_report(report, form, find_repository()) + "\n")
            except OSError as error:
                problems.append(write_diagnostic(file, error))
        return report.add(*problems) if problems else report


def print_text(text: str, *, document: bool = False, nl: bool = True) -> None:
    """Print a text to stdout; a `document`, which a file of its kind would hold, as UTF-8. Raises OSError."""
    if document:
        write_utf8(sys.stdout, document=True)
    click.echo(text, nl=nl)


def error_diagnostic(error: CommandError | ApiError) -> Diagnostic:
    """Return the diagnostic of an error."""
    from applier.diagnostics import diagnose

    return diagnose(error.code, str(error), error.place if isinstance(error, CommandError) else None, error.hint)


def write_diagnostic(path: Path | str, error: OSError) -> Diagnostic:
    """Return the diagnostic for a file that cannot be written."""
    return error_diagnostic(write_error(path, error))


def write_error(path: Path | str, error: OSError) -> CommandError:
    """Return the error for a file that cannot be written."""
    return CommandError(
        "not-saved", f"Cannot write {path_text(path)}: {describe_os_error(error)}.", "choose another path"
    )


def confirm(question: str, *, otherwise: str) -> bool:
    """Ask on the terminal and return the answer. Raises `CommandError` without a terminal, with `otherwise` as hint."""
    if not is_terminal(sys.stdin) or os.environ.get("CI"):
        raise CommandError("no-terminal", "Cannot prompt: no terminal.", otherwise)
    return click.confirm(question, err=True)
