"""Text that must never be shown: it behaves as text, but prints, formats and represents as `(sensitive)`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

SENSITIVE = "(sensitive)"
SHORTEST_SCRUBBED = 4  # shorter texts occur by chance in every message


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
    """Return every secret text inside a value, revealed; `scrub` takes them."""
    if isinstance(value, Secret):
        return {value.reveal()}
    if isinstance(value, Mapping):
        return set().union(*(secrets_in(member) for member in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(secrets_in(member) for member in value))
    return set()


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return a foreign text (a server's message) without any of the secrets, raw, URL-quoted or JSON-escaped."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SCRUBBED:
            for form in {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1]}:
                text = text.replace(form, SENSITIVE)
    return text
