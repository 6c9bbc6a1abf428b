"""How identity values are compared: what is equal, and what the functions other than equality match."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import sqlalchemy as sa

from applier.sandbox.databases.types import DatabaseError

Key = Callable[[object], object]


def exact(value: object) -> object:
    """Values are equal when they are the same."""
    return value


def nocase(value: object) -> object:
    """As SQLite's NOCASE compares: the case of the letters A to Z does not count."""
    return value.encode().lower() if isinstance(value, str) else value


def loose(value: object) -> object:
    """As MySQL's usual collations compare: neither case, accents nor trailing blanks count."""
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.lower().rstrip(" ")
    plain = unicodedata.normalize("NFKD", value.casefold().rstrip(" "))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def find_matches(connection: sa.Connection, column: sa.Column[object], function: str, value: str) -> list[object]:
    """The values in the target's identity column that match, by a function other than equality."""
    wanted, accepts = _test(function, value)
    if not wanted:
        return []
    pattern = sa.func.lower(sa.cast(column, sa.Text())).contains(wanted, autoescape=True)
    candidates = connection.execute(sa.select(column).where(pattern).distinct()).scalars()
    return [candidate for candidate in candidates if accepts(str(candidate))]


def _test(function: str, value: str) -> tuple[str, Callable[[str], bool]]:
    """A text that every match contains, and the exact test."""
    if function == "ISubstring":
        needle = value.casefold()
        return value.lower(), lambda candidate: needle in candidate.casefold()
    if function == "OneOf":
        return value.lower(), lambda candidate: value.casefold() in {part.casefold() for part in members(candidate)}
    if function == "DomainMatch":
        domain = domain_of(value)
        return domain, lambda candidate: domain_of(candidate) == domain
    if function == "HostnameMatch":
        host = hostname_of(value)
        return host, lambda candidate: hostname_of(candidate) == host
    raise DatabaseError(f"unknown identity function {function}")


def members(text: str) -> Iterable[str]:
    """The members of a list that is kept in one column: JSON, or separated by commas or semicolons."""
    if text.startswith("["):
        try:
            return [str(part) for part in json.loads(text)]
        except (ValueError, TypeError, RecursionError):
            pass
    return [part.strip() for part in text.replace(";", ",").split(",")]


def hostname_of(text: str) -> str:
    """The host in a URL, an email address or a bare host name."""
    text = text.strip().lower()
    if "://" not in text:
        text = "//" + text
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def domain_of(text: str) -> str:
    """The domain of an email address or URL, without a leading `www.`."""
    return hostname_of(text).removeprefix("www.")
