"""What all scaffolds share: comments that fit a screen, and the reason why there is no scaffold."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from applier.checks.context import CheckContext
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.characters import escape_unprintable
from applier.discovery.hints import suggest_or_list
from applier.kinds.connection.kind import CONNECTIONS

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Scaffold:
    """YAML for a spec, and what it still lacks, if anything."""

    text: str
    problems: tuple[Diagnostic, ...] = ()


def comment(sentence: str, indent: str) -> list[str]:
    """Return a comment of as many lines as it takes."""
    return textwrap.wrap(
        escape_unprintable(sentence),
        WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}#   ",
        break_long_words=False,
    )


def nothing_to_scaffold(detail: str, hint: str | None) -> Diagnostic:
    """Return why there is no scaffold."""
    return diagnose("nothing-to-scaffold", detail, hint=hint)


def explain_connection(context: CheckContext, name: str) -> Diagnostic | None:
    """Return why a connection offers nothing: it is not live, or its catalog cannot be read."""
    _, live = context.connection(name)
    if live is None:
        known = [one.name for one in context.snapshot.of_kind(CONNECTIONS.name)]
        hint = suggest_or_list(name, known) if known else "create a connection first"
        return nothing_to_scaffold(f'There is no live connection "{name}".', hint)
    failure = context.catalog.failures.get(name)
    if failure is None:
        return None
    return nothing_to_scaffold(f'The schemas of the connection "{name}" cannot be read: {failure}', None)
