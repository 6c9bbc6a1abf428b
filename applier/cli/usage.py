"""Wrong usage, told in the same words with every version of click."""

from __future__ import annotations

from collections.abc import Iterable

import click


class Group(click.Group):
    """A command of commands: without one it shows its help as an error, and it suggests what was meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            raise NoCommand(ctx.get_help(), ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.get_command(ctx, args[0]) if args else None
        if args and known is None and not args[0].startswith("-"):
            raise click.UsageError(_unknown("command", args[0], self.names(ctx)), ctx)
        return super().resolve_command(ctx, args)

    def names(self, ctx: click.Context) -> Iterable[str]:
        """Return what can be typed: commands and aliases."""
        return self.list_commands(ctx)


class NoCommand(click.UsageError):
    """A command that needs a command got none; the message is the help of the first."""


def print_error(error: click.ClickException) -> None:
    """Print an error of the command line to stderr: usage, where help is, what is wrong."""
    if isinstance(error, NoCommand):
        click.echo(error.message, err=True)
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        known = context.command.params if context is not None else ()
        message = _unknown(
            "option", error.option_name, [name for one in known for name in one.opts if name.startswith("-")]
        )
    click.echo(f"Error: {message}", err=True)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    from applier.diagnostics.suggestions import suggest

    hint = suggest(name, known)
    return f"No such {kind} '{name}'{'; ' + hint if hint else ''}"
