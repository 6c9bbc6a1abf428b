"""`applier scaffold`: prints models and syncs to start from, as YAML for a spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, print_text
from applier.cli.option_values import Options
from applier.cli.spec_files import read_spec
from applier.cli.usage import Group

if TYPE_CHECKING:
    from applier.checks.context import LiveContext
    from applier.diagnostics import Diagnostic
    from applier.scaffold import Scaffold


@click.group("scaffold", cls=Group, short_help="Print models and syncs to start from.")
def command() -> None:
    """Print models for the tables of a connection, or a sync with fields matched by name, as YAML for a spec."""


@command.command("model", short_help="Print a model for every table.")
@click.argument("connection")
@flags.plain_option("--table", "table", metavar="GLOB", default="*", help="Only matching tables.")
@flags.service
@flags.output
@flags.with_options
def model(options: Options, connection: str, table: str) -> int:
    """Print a model for every matching table (or object) of CONNECTION."""
    from applier import scaffold

    return _print(options, lambda context: scaffold.models(context, connection, table))


@command.command("sync", short_help="Print a sync with fields matched by name.")
@flags.plain_option("--model", "model_name", required=True, metavar="NAME", help="Model to read, declared or live.")
@flags.plain_option(
    "--target",
    "target",
    required=True,
    nargs=2,
    metavar="CONNECTION OBJECT",
    help="Connection and object to write to.",
)
@flags.plain_option("--mode", metavar="MODE", help="Sync mode (default: the most common one for the matched fields).")
@flags.plain_option("--name", metavar="NAME", help="Name of the sync.")
@flags.paths
@flags.spec
@flags.service
@flags.output
@flags.with_options
def sync(options: Options, model_name: str, target: tuple[str, str], mode: str | None, name: str | None) -> int:
    """Print a sync that passes the checks: its fields are matched by name, its mode is one that the target supports,
    and it has an identity if the mode requires one. Fields without a match, or that may be refused, are comments. What
    is missing to run the sync goes to stderr. PATH is the spec that declares the model."""
    from applier import scaffold

    request = scaffold.SyncRequest(model_name, *target, mode, name)
    return _print(options, lambda context: scaffold.sync(context, request))


def _print(options: Options, make: Callable[[LiveContext], Scaffold | Diagnostic]) -> int:
    """Print the YAML to stdout and what is missing in it to stderr, or why there is none; return the exit code."""
    from applier import pipeline
    from applier.api import ApiError
    from applier.diagnostics import Diagnostic, has_errors
    from applier.discovery.inspection import Table
    from applier.report import Report
    from applier.spec.resources import Spec

    console = Console.create(options.output)
    paths = options.spec.paths
    spec, problems = read_spec(options.spec) if paths else (Spec(), ())
    if has_errors(problems):
        return console.finish(Report("scaffold", problems))
    try:
        with connect(options.service, console, spec, paths) as client:
            made = make(pipeline.read_live_context(spec, client, options.service.parallelism))
    except (ApiError, CommandError) as error:
        return console.finish(Report("scaffold", (error_diagnostic(error),)))
    if isinstance(made, Diagnostic):
        return console.finish(Report("scaffold", (made,)))
    if console.output == "json":
        return console.finish(Report("scaffold", made.problems, table=Table("", (), (), data=made.text)))
    print_text(console.guard.hide(made.text), document=True, nl=False)
    return console.finish(Report("scaffold", made.problems))
