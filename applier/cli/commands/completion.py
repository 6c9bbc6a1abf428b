"""`applier completion`: prints the script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the shell completion script for bash, zsh or fish.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script that completes commands and options in SHELL.

    bash: add `eval "$(applier completion bash)"` to ~/.bashrc; zsh: the same with zsh in ~/.zshrc;
    fish: applier completion fish > ~/.config/fish/completions/applier.fish
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.ClickException(f"click has no completion for {shell}")
    root = click.get_current_context().find_root().command
    click.echo(script(root, {}, "applier", "_APPLIER_COMPLETE").source())
    return 0
