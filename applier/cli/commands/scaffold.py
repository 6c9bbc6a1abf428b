"""`applier scaffold`: models and syncs to start from, ready to be put into a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, read_spec
from applier.cli.usage import Group

if TYPE_CHECKING:
    from applier.checks.context import LiveContext
    from applier.diagnostics import Diagnostic
    from applier.scaffold import Scaffold


@click.group("scaffold", cls=Group, short_help="Print models and syncs to start from.")
def command() -> None:
    """Print models over the tables of a connection, and syncs with fields matched by name, as YAML for a spec."""


@command.command("model", short_help="A model for every table.")
@click.argument("connection")
@click.option("--table", "table", metavar="GLOB", default="*", help="Only tables that fit.")
@options.service
@options.output
def model(connection: str, table: str, **given: Any) -> int:
    """Print a model for every table (or object) of CONNECTION that fits."""
    from applier import scaffold

    return _printed((), given, lambda context: scaffold.models(context, connection, table))


@command.command("sync", short_help="A sync with fields matched by name.")
@click.option("--model", "model_name", required=True, metavar="NAME", help="The model to read, of the spec or live.")
@click.option(
    "--target", "target", required=True, nargs=2, metavar="CONNECTION OBJECT", help="Where it is to be written."
)
@click.option("--mode", metavar="MODE", help="The mode [the most usual one that works with the matched fields].")
@click.option("--name", metavar="NAME", help="What the sync is to be called.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.spec
@options.service
@options.output
def sync(
    model_name: str,
    target: tuple[str, str],
    mode: str | None,
    name: str | None,
    paths: tuple[str, ...],
    **given: Any,
) -> int:
    """Print a sync that passes the checks: fields matched by name, with a mode that the target offers and an identity
    where the mode needs one. What has no match, or could be refused, is a comment; what is missing until the sync can
    run is told. A model that is only declared is looked for in the spec at PATH."""
    from applier import scaffold

    request = scaffold.SyncRequest(model_name, *target, mode, name)
    return _printed(paths, given, lambda context: scaffold.sync(context, request))


def _printed(
    paths: tuple[str, ...], given: Mapping[str, Any], make: Callable[[LiveContext], Scaffold | Diagnostic]
) -> int:
    """The YAML on stdout and what it lacks on stderr, or why there is none."""
    from applier import reality
    from applier.api import ApiError
    from applier.diagnostics import Diagnostic, has_errors
    from applier.discovery.inspection import Table
    from applier.report import Report
    from applier.resources import Spec

    console = Console.of(given)
    spec, problems = read_spec(paths, given) if paths else (Spec(), ())
    if has_errors(problems):
        return console.finish(Report("scaffold", problems))
    try:
        with connected(given, console, spec, paths) as client:
            made = make(reality.look_live(spec, client, given["parallelism"]))
    except (ApiError, Unusable) as error:
        return console.finish(Report("scaffold", (problem_of(error),)))
    if isinstance(made, Diagnostic):
        return console.finish(Report("scaffold", (made,)))
    if given["output"] == "json":
        return console.finish(Report("scaffold", made.problems, table=Table("", (), (), data=made.text)))
    click.echo(made.text, nl=False)
    return console.finish(Report("scaffold", made.problems))
