"""Reports wrong usage in the same words with every version of click."""

from __future__ import annotations

from collections.abc import Iterable

import click

from applier.cli.guard import Guard


class Group(click.Group):
    """A group of commands: without a command it shows its help as an error, and it suggests similar names."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            raise NoCommand(ctx.get_help(), ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.get_command(ctx, args[0]) if args else None
        if args and known is None and not args[0].startswith("-"):
            raise click.UsageError(_describe_unknown("command", args[0], self.names(ctx)), ctx)
        return super().resolve_command(ctx, args)

    def names(self, ctx: click.Context) -> Iterable[str]:
        """Return what can be typed: commands and aliases."""
        return self.list_commands(ctx)


class NoCommand(click.UsageError):
    """The command is missing; the message is the help of the group."""


def print_error(error: click.ClickException) -> None:
    """Print an error of the command line to stderr: the usage, how to get help, and the reason without secrets."""
    if isinstance(error, NoCommand):
        click.echo(error.message, err=True)
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        parameters = context.command.params if context is not None else ()
        known = [name for one in parameters for name in one.opts if name.startswith("-")]
        message = _describe_unknown("option", error.option_name, known)
    click.echo(f"Error: {Guard().hide(message)}", err=True)


def _describe_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    from applier.diagnostics.suggestions import suggest

    hint = suggest(name, known)
    return f"No such {kind} '{name}'{'; ' + hint if hint else ''}"
