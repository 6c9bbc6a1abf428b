"""Every option of every command arrives: in a group of the shared options, or as an argument of the command."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest

from applier.cli.flags import GROUPS
from applier.cli.option_values import Options
from applier.cli.program import COMMANDS, cli

SHARED = [one.name for group in GROUPS.values() for one in fields(group)]


def commands(group: click.Group, names: tuple[str, ...]) -> Iterator[click.Command]:
    for name in names:
        one = group.get_command(click.Context(group), name)
        assert one is not None
        if isinstance(one, click.Group):
            yield from commands(one, tuple(one.commands))
        else:
            yield one


@pytest.mark.parametrize("command", [*commands(cli, COMMANDS)], ids=lambda one: one.name)  # type: ignore[arg-type]
def test_every_option_arrives(command: click.Command) -> None:
    assert command.callback is not None
    takes = inspect.signature(inspect.unwrap(command.callback)).parameters
    given = {str(one.name) for one in command.params}
    assert given - {*takes} <= ({*SHARED} if "options" in takes else set())
    assert {*takes} - {"options"} <= given


def test_no_two_groups_share_a_name() -> None:
    assert len(SHARED) == len({*SHARED})
    assert GROUPS.keys() == {one.name for one in fields(Options)}
