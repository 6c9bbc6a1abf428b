"""`applier completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the completion script of a shell: bash, zsh, fish.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script that makes SHELL complete commands and options.

    bash: put `eval "$(applier completion bash)"` into ~/.bashrc; zsh: the same with zsh into ~/.zshrc;
    fish: applier completion fish > ~/.config/fish/completions/applier.fish
    """
    from applier.cli import cli

    script = get_completion_class(shell)
    if script is None:
        raise click.ClickException(f"click knows no completion for {shell}")
    click.echo(script(cli, {}, "applier", "_APPLIER_COMPLETE").source())
    return 0
