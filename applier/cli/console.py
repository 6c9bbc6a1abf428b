"""What a command works with: the terminal it talks to, the spec it reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli.ci_environment import repository
from applier.cli.progress import Progress
from applier.system import describe_os_error, is_reader_gone, is_terminal, path_text, write_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.report import Report
    from applier.resources import Spec


class Unusable(Exception):
    """The command cannot go on as it was called; `str()` says why, `hint` what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Console:
    """How to talk: the form of the result, colour, how much."""

    output: str
    colour: bool
    quiet: bool
    verbose: bool
    reports: tuple[tuple[str, str], ...] = ()
    told: set[Diagnostic] = field(default_factory=set, compare=False)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Console:
        """From the options of `options.output`, NO_COLOR and the kind of terminal."""
        colour = not given["no_color"] and not os.environ.get("NO_COLOR") and is_terminal(sys.stdout)
        return cls(given["output"], colour, given["quiet"], given["verbose"], given.get("reports", ()))

    @property
    def progress(self) -> Progress:
        """Progress on stderr: a live line in a terminal, plain lines without one."""
        return Progress(live=is_terminal(sys.stderr) and not self.quiet and not self.verbose, quiet=self.quiet)

    @property
    def tells_reach(self) -> bool:
        """True when some form of the result says what a change reaches."""
        return bool({"markdown", "html"} & {self.output, *(form for form, _ in self.reports)})

    def note(self, sentence: str) -> None:
        """A line on stderr that `--quiet` leaves out."""
        if not self.quiet:
            click.echo(sentence, err=True)

    def problems(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Diagnostics on stderr, each once; `--quiet` leaves only the errors."""
        from applier.diagnostics import Severity
        from applier.render.parts.words import problem

        for one in diagnostics:
            if one not in self.told and (one.severity is Severity.ERROR or not self.quiet):
                self.told.add(one)
                click.echo(problem(one, self.colour and is_terminal(sys.stderr)), err=True)

    def show(self, report: Report) -> None:
        """The result on stdout. Raises `Unusable` when it cannot take it, `BrokenPipeError` when nobody reads it."""
        from applier.render.forms import render_report
        from applier.render.text import render as render_text

        in_text = self.output == "text"
        shown = render_text(report, colour=self.colour) if in_text else render_report(report, self.output, repository())
        try:
            if shown:
                click.echo(shown)
        except OSError as error:
            if is_reader_gone(error):
                raise
            raise unusable_file("The output", error) from None

    def finish(self, report: Report) -> int:
        """Problems on stderr (other forms have them inside), the result on stdout and in files, the exit code."""
        report = self._filed(report)
        if self.output == "text":
            self.problems(report.all_diagnostics)
        try:
            self.show(report)
        except Unusable as error:
            self.problems([problem_of(error)])
            return 1
        return int(report.exit_code)

    def _filed(self, report: Report) -> Report:
        """The report, written in the forms of `--report`; what could not be written is added to it."""
        from applier.render.forms import render_report

        problems = []
        for form, file in self.reports:
            try:
                write_text(file, render_report(report, form, repository()) + "\n")
            except OSError as error:
                problems.append(unwritten(file, error))
        return replace(report, diagnostics=(*report.diagnostics, *problems)) if problems else report


def problem_of(error: Exception) -> Diagnostic:
    """A failure of the world as a diagnostic of the report."""
    from applier.diagnostics import Diagnostic
    from applier.diagnostics.codes import CODES

    code = error.code if isinstance(error, Unusable) else "service"
    return Diagnostic(code, CODES[code].summary, str(error), hint=getattr(error, "hint", None))


def unwritten(path: Path | str, error: OSError) -> Diagnostic:
    """A file that the command was to write and could not."""
    return problem_of(unusable_file(path, error))


def unusable_file(path: Path | str, error: OSError) -> Unusable:
    """The same as an exception."""
    return Unusable(
        "not-saved", f"{path_text(path)} cannot be written: {describe_os_error(error)}.", "choose another file"
    )


def read_spec(
    paths: Sequence[str], given: Mapping[str, Any], *, strict: bool = True
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """The spec under the paths, or under the current folder, as the options of `options.spec` want it.

    An older state of the spec need not know yet what they name: it is not read `strict`.
    """
    from applier import pipeline
    from applier.spec import Given

    chosen = Given(given["environment"] or None, given["variables"], given["variable_files"], strict)
    return pipeline.load(paths or ["."], os.environ, chosen)


def confirmed(question: str, *, otherwise: str) -> bool:
    """Ask on the terminal. Raises `Unusable` when there is none, and says what to do `otherwise`."""
    if not is_terminal(sys.stdin) or os.environ.get("CI"):
        raise Unusable("no-terminal", "There is no terminal to confirm on.", otherwise)
    return click.confirm(question, err=True)
