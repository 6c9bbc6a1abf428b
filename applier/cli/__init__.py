"""The command line: one file per command; the only code that prints, reads the environment, asks or exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from applier import __version__
from applier.cli.process import attended, flushed

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


class Commands(click.Group):
    """Finds a command in the module of its name, and knows the aliases."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"applier.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from applier.nearness import meant

            hint = meant(args[0], [*COMMANDS, *ALIASES]) if args else None
            raise click.UsageError(f"{error.message.rstrip('.')}{'; ' + hint if hint else ''}", ctx) from None


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done or nothing to do, 1 error, 2 changes pending or drift, 3 refused by a safety brake, "
    "4 applied in part, 130 interrupted.",
)
@click.version_option(__version__, "--version", prog_name="applier", message="%(prog)s %(version)s")
def cli() -> None:
    """Pipelines as code for Polytomic: connections, models and syncs from YAML, found by name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; wrong usage is 1, since 2 means that changes are pending."""
    attended()
    code = run(arguments)
    if code == INTERRUPTED:
        flushed()
        os._exit(code)  # threads may still wait for answers that nobody wants any more
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    try:
        result = cli.main(
            args=None if arguments is None else list(arguments), prog_name="applier", standalone_mode=False
        )
        flushed()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 1
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError):
            click.echo("interrupted", err=True)
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click's way to say that nobody reads the pipe any more
        flushed()
        return 1
