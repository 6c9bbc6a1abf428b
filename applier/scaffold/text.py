"""What scaffolds are made of: texts as YAML, comments that fit a screen; and why nothing can be made."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass

from applier.checks.context import CheckContext
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.resources import address_of

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Made:
    """YAML for a spec, and what it still lacks, if anything."""

    text: str
    lacks: tuple[Diagnostic, ...] = ()


def quoted(word: str) -> str:
    """A text as YAML: bare where nothing in it could mean something else."""
    plain = word.replace(" ", "a").replace("_", "a").replace(".", "a").replace("-", "a")
    return (
        word if plain.isalnum() and plain[0].isalpha() and word[-1] != " " and not _is_word(word) else json.dumps(word)
    )


def _is_word(word: str) -> bool:
    return word.casefold() in ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def comment(sentence: str, indent: str) -> list[str]:
    """A comment of as many lines as it takes."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ", break_long_words=False
    )


def nothing(said: str, hint: str | None) -> Diagnostic:
    """Why nothing can be made."""
    return diagnose("nothing-to-scaffold", said, hint=hint)


def no_connection(world: CheckContext, name: str) -> Diagnostic | None:
    """Why a connection cannot be asked, if it is not a live one that answers."""
    if world.live(address_of("connections", name)) is None:
        known = [one.name for one in world.snapshot.of_kind("connections")]
        hint = suggest(name, known) or (f"live are: {join_words(known)}" if known else "no connection is live yet")
        return nothing(f'There is no live connection "{name}".', hint)
    failure = world.offers.failed.get(name)
    return nothing(f'What the connection "{name}" offers could not be looked at: {failure}', None) if failure else None
