"""`docs/reference/commands.md` shows the help of every command at 80 columns; UPDATE_DOCS=1 writes it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from applier.cli.program import ALIASES, cli
from tests.pages import ROOT, check_or_write

PAGE = ROOT / "docs/reference/commands.md"
WIDTH = 78  # click leaves two columns free
HEAD = """\
# Commands

This page shows the output of `applier COMMAND --help` at 80 columns. `make docs` writes it;
`tests/test_commands_page.py` compares it with the program. Every option can also be set by an environment variable:
`APPLIER_OUTPUT=json` is `--output json`.

"""


def every_command(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the words of each command and its help, a group before its members."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            member = command.get_command(context, name)
            assert member is not None
            if not member.hidden:
                inner = click.Context(
                    member, context, info_name=name, terminal_width=WIDTH, **(member.context_settings or {})
                )
                yield from every_command(member, inner)


def test_the_page_of_the_commands_is_their_help() -> None:
    root = click.Context(cli, info_name="applier", terminal_width=WIDTH, help_option_names=["-h", "--help"])
    found = list(every_command(cli, root))
    others = {name: also for also, name in ALIASES.items()}
    page = HEAD
    page += "".join(f"- [`{words}`](#{words.replace(' ', '-')})\n" for words, _ in found)
    for words, said in found:
        also = others.get(words.removeprefix("applier "))
        page += (
            f"\n## {words}\n" + (f"\nAlso: `applier {also}`.\n" if also else "") + f"\n```text\n{said.rstrip()}\n```\n"
        )
    check_or_write(PAGE, page)
    assert max(len(line) for _, said in found for line in said.splitlines()) <= 80
