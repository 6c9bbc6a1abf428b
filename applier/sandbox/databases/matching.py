"""Finds, for identity values of the source, the values in the target's identity column that they are equal to."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import sqlalchemy as sa

Key = Callable[[object], object]
_CHUNK = 500


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
    plain = unicodedata.normalize("NFKD", value.casefold().rstrip(" "))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def find_matches(
    connection: sa.Connection, column: sa.Column[object], function: str, values: list[object], key: Key
) -> dict[object, Counter[object]]:
    """For the key of each given value: the matching values of the target and in how many rows each is."""
    if function == "Equality":
        return _equal(connection, column, values, key)
    found: dict[object, Counter[object]] = {}
    for value in values:
        wanted, accepts = _test(function, str(value))
        if wanted:
            pattern = sa.func.lower(sa.cast(column, sa.Text())).contains(wanted, autoescape=True)
            rows = connection.execute(sa.select(column, sa.func.count()).where(pattern).group_by(column))
            hits = Counter({candidate: count for candidate, count in rows if accepts(str(candidate))})
            if hits:
                found[key(value)] = hits
    return found


def _equal(
    connection: sa.Connection, column: sa.Column[object], values: list[object], key: Key
) -> dict[object, Counter[object]]:
    found: dict[object, Counter[object]] = {}
    wanted = {key(value) for value in values}
    distinct = list({key(value): value for value in values}.values())
    for start in range(0, len(distinct), _CHUNK):
        statement = sa.select(column).where(column.in_(distinct[start : start + _CHUNK]))
        for (candidate,) in connection.execute(statement):
            if (same := key(candidate)) in wanted:
                found.setdefault(same, Counter())[candidate] += 1
    return found


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
    raise ValueError(f"unknown identity function {function}")


def members(text: str) -> Iterable[str]:
    """The members of a list that is kept in one column: JSON, or separated by commas or semicolons."""
    if text.startswith("["):
        try:
            return [str(part) for part in json.loads(text)]
        except (ValueError, TypeError):
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
