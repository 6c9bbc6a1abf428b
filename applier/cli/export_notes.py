"""Prints which secrets an export needs; shared by `export` and `adopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from applier.cli.console import Console

if TYPE_CHECKING:
    from applier.export import Export


def note_secrets(console: Console, made: Export) -> None:
    """Print each environment variable that has to be set to a secret."""
    from applier.render.parts.words import count, printable

    if made.secret_variables:
        console.note(f"{count(len(made.secret_variables), 'secret')} to fill in:")
    for one in made.secret_variables:
        console.note(f"  {one.variable}  {printable(one.address)}: {printable(one.label)}")
