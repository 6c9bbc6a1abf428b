"""Text that must never be shown: it behaves as text, but prints, formats and represents as `(sensitive)`."""

from __future__ import annotations

import json
from collections.abc import Mapping

SENSITIVE = "(sensitive)"
LONGEST_COUNT = 3  # characters of a number


class Secret(str):
    """A text from the environment, from a sensitive variable or in a sensitive member.

    Equality, hashing, slicing and JSON encoding see the text itself (a request body has to carry it);
    everything that makes text for people (`str`, `repr`, f-strings, `format`) sees only `(sensitive)`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return SENSITIVE

    def __str__(self) -> str:
        return SENSITIVE

    def __format__(self, specification: str) -> str:
        return format(SENSITIVE, specification)

    def reveal(self) -> str:
        """Return the text itself as a plain `str`."""
        return self[:]


def reveal_text(text: str) -> str:
    """Return a text as a plain `str`, whether it is secret or not: to look it up, never to show it."""
    return text[:]


def secret_text(value: object) -> str:
    """Return the text by which a value is known as a secret: of a number its digits; empty for what cannot be one.

    Numbers of up to three characters, with sign and point, cannot: every object has counts, ports and limits like them.
    """
    if isinstance(value, str):
        return reveal_text(value)
    digits = json.dumps(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return digits if len(digits) > LONGEST_COUNT else ""


def redact(value: object) -> object:
    """Return a value with every secret in it replaced by `(sensitive)`, for plans, reports and messages."""
    if isinstance(value, Secret):
        return SENSITIVE
    if isinstance(value, Mapping):
        return {key: redact(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [redact(member) for member in value]
    return value


def reveal_secrets(value: object) -> object:
    """Return a value with plain texts in place of every secret in it."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: reveal_secrets(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [reveal_secrets(member) for member in value]
    return value


def secrets_in(value: object) -> set[str]:
    """Return every secret text inside a value, revealed."""
    if isinstance(value, Secret):
        return {value.reveal()}
    if isinstance(value, Mapping):
        return set().union(*(secrets_in(member) for member in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(secrets_in(member) for member in value))
    return set()
