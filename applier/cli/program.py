"""The root of the command line: its commands by name, its help, and the exit code of a call."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

import click

from applier.cli import INTERRUPTED
from applier.cli.streams import OutputError, flush_streams
from applier.cli.usage import Group, print_error
from applier.system import describe_os_error, is_reader_gone

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
    "lock",
    "completion",
    "sandbox",
)
ALIASES = {"diff": "plan", "sync": "apply"}


class Commands(Group):
    """Loads a command from the module of its name, and knows the aliases."""

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
    epilog="Exit codes: 0 success or no changes, 1 error, 2 pending changes or drift, 3 refused by a safety limit, "
    "4 partly applied, 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, given: _print_version(context) if given else None,
    help="Show the version and exit.",
)
def cli() -> None:
    """Pipelines as code for Polytomic: manage connections, models and syncs from YAML, by name."""


def _print_version(context: click.Context) -> None:
    from applier.cli.version import find_version

    click.echo(f"applier {find_version()}")
    context.exit()


def call(arguments: list[str]) -> int:
    """Return the exit code of a call with these arguments."""
    try:
        # The arguments are passed, since click expands globs, "~" and variables in those of the process on Windows.
        result = cli.main(args=arguments, prog_name="applier", standalone_mode=False)
        flush_streams()
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
    except SystemExit:  # click's way to say that the reader of the pipe is gone
        flush_streams()
        return 1
    except OutputError as error:
        with suppress(OSError):
            click.echo(f"Error: cannot write the output: {describe_os_error(error)}", err=True)
        flush_streams()
        return 1
    except OSError as error:
        if not is_reader_gone(error):
            raise
        flush_streams()
        return 1
