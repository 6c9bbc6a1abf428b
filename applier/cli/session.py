"""What a command works with: the terminal it talks to, the spec it reads, the service it calls."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli.progress import Progress
from applier.cli.repository import repository

if TYPE_CHECKING:
    from applier.api import Client
    from applier.diagnostics import Diagnostic
    from applier.report import Report
    from applier.resources import Spec

DEFAULT_URL = "https://app.polytomic.com"


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
        colour = not given["no_color"] and not os.environ.get("NO_COLOR") and sys.stdout.isatty()
        return cls(given["output"], colour, given["quiet"], given["verbose"], given.get("reports", ()))

    @property
    def progress(self) -> Progress:
        """Progress on stderr: a live line in a terminal, plain lines without one."""
        return Progress(live=sys.stderr.isatty() and not self.quiet and not self.verbose, quiet=self.quiet)

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
        from applier.render.words import problem

        for one in diagnostics:
            if one not in self.told and (one.severity is Severity.ERROR or not self.quiet):
                self.told.add(one)
                click.echo(problem(one, self.colour and sys.stderr.isatty()), err=True)

    def show(self, report: Report) -> None:
        """The result on stdout."""
        from applier.render.forms import rendered
        from applier.render.text import render as render_text

        in_text = self.output == "text"
        shown = render_text(report, colour=self.colour) if in_text else rendered(report, self.output, repository())
        if shown:
            click.echo(shown)

    def finish(self, report: Report) -> int:
        """Problems on stderr (other forms have them inside), the result on stdout and in files, the exit code."""
        report = self._filed(report)
        if self.output == "text":
            self.problems(report.all_diagnostics)
        self.show(report)
        return int(report.exit_code)

    def _filed(self, report: Report) -> Report:
        """The report, written in the forms of `--report`; what could not be written is added to it."""
        from applier.render.forms import rendered

        problems = []
        for form, file in self.reports:
            try:
                Path(file).write_text(rendered(report, form, repository()) + "\n", encoding="utf-8")
            except OSError as error:
                problems.append(unwritten(file, error))
        return replace(report, diagnostics=(*report.diagnostics, *problems)) if problems else report


def problem_of(error: Exception) -> Diagnostic:
    """A failure of the world as a diagnostic of the report."""
    from applier.codes import CODES
    from applier.diagnostics import Diagnostic

    code = error.code if isinstance(error, Unusable) else "service"
    return Diagnostic(code, CODES[code].summary, str(error), hint=getattr(error, "hint", None))


def unwritten(path: Path | str, error: OSError) -> Diagnostic:
    """A file that the command was to write and could not."""
    return problem_of(Unusable("not-saved", f"{path} cannot be written: {error.strerror}.", "choose another file"))


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


def service_url(given: Mapping[str, Any], spec: Spec | None = None) -> str:
    """Where the API is: by option, by the environment of the spec, by the environment of the process, as always."""
    named = given["url"] or (spec.environment.url if spec else None) or os.environ.get("POLYTOMIC_DEPLOYMENT_URL")
    return named or DEFAULT_URL


def api_key(spec: Spec | None = None) -> str:
    """The key for the service, empty without one. One that the environment of the spec names has to be there."""
    variable = (spec.environment.key_variable if spec else None) or "POLYTOMIC_API_KEY"
    return os.environ.get(variable, "").strip()


@contextmanager
def connected(given: Mapping[str, Any], console: Console, spec: Spec | None = None) -> Iterator[Client]:
    """A client for the service that the options name. Raises `Unusable` when none can be had."""
    from applier.api import Client, Settings
    from applier.api.retry import Patience

    key = api_key(spec)
    if not key and not given["sandbox"]:
        raise _without_key(spec)
    settings = Settings(
        url="http://sandbox" if given["sandbox"] else service_url(given, spec),
        key=key,
        version=given["api_version"],
        patience=Patience(budget=given["timeout"]),
        secrets=frozenset({key} - {""}) | (spec.secrets if spec else frozenset()),
    )
    transport = _sandbox_transport(given) if given["sandbox"] else None
    try:
        with Client(settings, transport, _tell_request if console.verbose else None) as client:
            yield client
    finally:
        if transport is not None:
            transport.close()


def _without_key(spec: Spec | None) -> Unusable:
    chosen = spec.environment if spec else None
    if chosen and chosen.key_variable:
        said = f"There is no API key: the environment {chosen.name} takes it from {chosen.key_variable}."
        return Unusable("no-api-key", said, f"set {chosen.key_variable} to a key of the workspace")
    return Unusable(
        "no-api-key",
        "There is no API key.",
        "set POLYTOMIC_API_KEY to a key of the workspace, or try without an account: --sandbox",
    )


def sandbox_package() -> Any:
    """The sandbox. Raises `Unusable` when its extra is not installed."""
    try:
        from applier import sandbox
        from applier.sandbox import app, inprocess  # noqa: F401
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "applier":
            raise  # not something that an extra would bring
        raise Unusable(
            "no-sandbox", f"The sandbox is not installed: {error.name} is missing.", "pip install 'applier[sandbox]'"
        ) from None
    return sandbox


def sandbox_failure() -> type[Exception]:
    """What the sandbox raises when it cannot use a data folder."""
    from applier.sandbox.store import NewerFormat

    return NewerFormat


def _sandbox_transport(given: Mapping[str, Any]) -> Any:
    """The sandbox inside this process, on the state in `--sandbox-data`. Raises `Unusable`."""
    inprocess, data = sandbox_package().inprocess, given["sandbox_data"]
    try:
        return inprocess.transport(Path(data), databases=_databases())
    except (OSError, ValueError, sandbox_failure()) as error:
        hint = "choose another folder with --sandbox-data, or empty it: applier sandbox reset"
        raise Unusable("bad-sandbox", f"The sandbox cannot use {data}: {error}", hint) from None


def _databases() -> str:
    """Which databases the sandbox in this process opens; not worth a flag of every command."""
    return os.environ.get("APPLIER_DATABASES", "embedded")


def seed_sandbox(given: Mapping[str, Any], console: Console, paths: Sequence[str]) -> None:
    """With `--sandbox`, load the tables of a `seed` folder beside the spec that the sandbox does not have yet.

    Live databases have what they have; nothing would read the loaded tables.
    """
    if not given["sandbox"] or _databases() == "live":
        return
    sandbox = sandbox_package()
    for path in paths or ["."]:
        folder = (Path(path) if Path(path).is_dir() else Path(path).parent) / "seed"
        if folder.is_dir():
            loaded = seeded(sandbox, folder, Path(given["sandbox_data"]), only_missing=True)
            if loaded:
                rows = sum(one.rows for one in loaded)
                console.note(f"sandbox: loaded {len(loaded)} tables with {rows} rows from {folder}")


def seeded(sandbox: Any, folder: Path, data: Path, *, only_missing: bool) -> list[Any]:
    """The tables that were loaded. Raises `Unusable` when a file cannot be."""
    from applier.sandbox.databases import DatabaseError

    try:
        loaded: list[Any] = sandbox.seed(folder, data, only_missing=only_missing)
        return loaded
    except (DatabaseError, OSError) as error:
        raise Unusable("bad-seed", str(error), "see examples/mysql-to-snowflake/seed for the form") from None


def _tell_request(method: str, path: str, status: int | None, seconds: float) -> None:
    click.echo(f"{method} {path} {status or 'no answer'} {seconds * 1000:.0f} ms", err=True)


def confirmed(question: str) -> bool:
    """Ask on the terminal. Raises `Unusable` when there is none."""
    if not sys.stdin.isatty() or os.environ.get("CI"):
        raise Unusable("no-terminal", "There is no terminal to confirm on.", "look at the plan, then pass --yes")
    return click.confirm(question, err=True)
