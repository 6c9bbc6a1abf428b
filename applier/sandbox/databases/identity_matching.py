"""The comparison of identity values: which are equal, and which the other identity functions match."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import sqlalchemy as sa

from applier.sandbox.databases.types import DatabaseError

Key = Callable[[object], object]


def exact(value: object) -> object:
    """Return the key under which equal values are the same: the value itself."""
    return value


def nocase(value: object) -> object:
    """Return the key of SQLite's NOCASE: the case of the letters A to Z does not count."""
    return value.encode().lower() if isinstance(value, str) else value


def caseless(value: object) -> str:
    """Return the key of text in any case."""
    return str(value).casefold()


def loose(value: object) -> object:
    """Return the key of MySQL's usual collations: neither case, accents nor trailing blanks count."""
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.lower().rstrip(" ")
    plain = unicodedata.normalize("NFKD", value.casefold().rstrip(" "))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def find_matches(connection: sa.Connection, column: sa.Column[object], function: str, value: str) -> list[object]:
    """Return the values of the identity column that match by a function other than equality."""
    wanted, accepts = _test(function, value)
    if not wanted:
        return []
    pattern = sa.func.lower(sa.cast(column, sa.Text())).contains(wanted, autoescape=True)
    candidates = connection.execute(sa.select(column).where(pattern).distinct()).scalars()
    return [candidate for candidate in candidates if accepts(str(candidate))]


def _test(function: str, value: str) -> tuple[str, Callable[[str], bool]]:
    """Return a text that every match contains, and the exact test."""
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
    """Return the members of a list in one column: JSON, or separated by commas or semicolons."""
    if text.startswith("["):
        try:
            return [str(part) for part in json.loads(text)]
        except (ValueError, TypeError, RecursionError):
            pass
    return [part.strip() for part in text.replace(";", ",").split(",")]


def hostname_of(text: str) -> str:
    """Return the host of a URL, an email address or a bare host name."""
    text = text.strip().lower()
    if "://" not in text:
        text = "//" + text
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def domain_of(text: str) -> str:
    """Return the domain of an email address or URL, without a leading `www.`."""
    return hostname_of(text).removeprefix("www.")
