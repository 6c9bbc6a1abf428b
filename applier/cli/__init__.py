"""The command line: one file per command; the only code that prints, reads the environment, asks or exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from applier.cli.process import attended, flushed, ignore_signals
from applier.cli.usage import Group, print_error
from applier.system import is_reader_gone

COMMANDS = (
    "init",
    "fmt",
    "validate",
    "plan",
    "apply",
    "drift",
    "destroy",
    "export",
    "pull",
    "adopt",
    "show",
    "run",
    "status",
    "inspect",
    "scaffold",
    "explain",
    "graph",
    "schema",
    "completion",
    "sandbox",
)
INTERRUPTED = 130
ALIASES = {"diff": "plan", "sync": "apply"}


class Commands(Group):
    """Finds a command in the module of its name, and knows the aliases."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def names(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [*COMMANDS, *ALIASES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"applier.cli.commands.{name}").command
        return command


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done or nothing to do, 1 error, 2 changes pending or drift, 3 refused by a safety brake, "
    "4 applied in part, 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _print_version(context) if asked else None,
    help="Show the version and exit.",
)
def cli() -> None:
    """Pipelines as code for Polytomic: connections, models and syncs from YAML, found by name."""


def _print_version(context: click.Context) -> None:
    from applier.cli.version import version

    click.echo(f"applier {version()}")
    context.exit()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; wrong usage is 1, since 2 means that changes are pending."""
    attended()
    try:
        code = run(arguments)
        ignore_signals()
    except KeyboardInterrupt:  # a second one, or one between these lines
        code = INTERRUPTED
    if code == INTERRUPTED:
        flushed()
        os._exit(code)  # threads may still wait for answers that nobody wants any more
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    try:
        result = cli.main(
            # Given, since click expands globs, "~" and variables in those that it finds itself on Windows.
            args=list(sys.argv[1:] if arguments is None else arguments),
            prog_name="applier",
            standalone_mode=False,
        )
        flushed()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        print_error(error)
        return 1
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError):
            click.echo("interrupted", err=True)
        return INTERRUPTED
    except SystemExit:  # click's way to say that nobody reads the pipe any more
        flushed()
        return 1
    except OSError as error:
        if not is_reader_gone(error):
            raise
        flushed()
        return 1
