"""The one reading of what users write for addresses and names: literally what exists, else as a glob.

See `find_matches` for the grammar; every place that takes a pattern reads it here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from applier.kinds import KINDS
from applier.spec.resources import canonical_name

EVERYTHING_PATTERN = "*"
TOKEN = re.compile(
    r"\\(?P<escaped>[][*?\\])|\[(?P<negation>[!^]?+)(?P<set>\][^]]*|[^]]+)\]|(?P<wildcard>[*?])|(?P<plain>.)", re.DOTALL
)
"""One element of a glob. A bracket that is not closed, and any other backslash, stand for themselves."""
BRACKETS_HINT = "Brackets stand for themselves in a pattern without * or ?."
ESCAPED = re.compile(r"\\([][*?\\])")


@dataclass(frozen=True, slots=True)
class Matches:
    """The addresses that a pattern matches; `is_literal` when it is one of them, or the name of one."""

    found: frozenset[str] = frozenset()
    is_literal: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """True when the pattern is the name of resources of several kinds."""
        return self.is_literal and len(self.found) > 1


def find_matches(pattern: str, addresses: Collection[str], elsewhere: Collection[str] = ()) -> Matches:
    r"""Return the addresses that a pattern matches. Capitals count, the Unicode form (NFC, NFD) does not.

    The first of these readings that has a match is the only one:

    1. an address, literally;
    2. the name of addresses, literally;
    3. a glob with a slash, over addresses: `*` is any text, `?` one character, `[a-z]` one of these, `[!a]` or `[^a]`
       any other; a backslash before one of `*?[]\` makes it an ordinary character. It is no glob without `*` or `?`
       outside brackets: `Orders [EU]` is a name, whether or not anything has it;
    4. a glob over names.

    `*` alone is always everything. What begins with a kind and a slash is an address and never a name. `elsewhere` are
    addresses that exist and cannot be matched: where the pattern is literally one of them, nothing is matched.
    """
    text = canonical_name(pattern)
    if text == EVERYTHING_PATTERN:
        return Matches(frozenset(addresses))
    own_name = _is_name(text)
    for literal in _literal_readings(text):
        for group in (addresses, elsewhere):
            same = {one for one in group if one == literal}
            if not same and own_name:
                same = {one for one in group if name_of(one) == literal}
            if same:
                return Matches(frozenset(same) if group is addresses else frozenset(), is_literal=True)
    if is_literal_text(text):
        return Matches()
    glob = _to_fnmatch(text)
    found = {one for one in addresses if fnmatchcase(one, glob)} if "/" in text else set()
    if not found and own_name:
        found = {one for one in addresses if fnmatchcase(name_of(one), glob)}
    return Matches(frozenset(found))


def find_all_matches(
    patterns: Iterable[str], addresses: Collection[str], elsewhere: Collection[str] = ()
) -> frozenset[str]:
    """Return the addresses that at least one of the patterns matches; an ambiguous name matches none."""
    matches = [find_matches(one, addresses, elsewhere) for one in patterns]
    return frozenset[str]().union(*(one.found for one in matches if not one.is_ambiguous))


def find_matching_names(pattern: str, names: Collection[str]) -> frozenset[str]:
    """Return the names of one kind that a pattern matches: the name that it is, else those that fit it as a glob."""
    text = canonical_name(pattern)
    for literal in _literal_readings(text):
        if literal in names and literal != EVERYTHING_PATTERN:
            return frozenset({literal})
    if is_literal_text(text):
        return frozenset()
    glob = _to_fnmatch(text)
    return frozenset(one for one in names if fnmatchcase(one, glob))


def find_names_by_brackets(pattern: str, names: Collection[str]) -> list[str]:
    """Return the names that a pattern would match if its brackets were a choice of characters, as beside `*` or `?`."""
    text = canonical_name(pattern)
    glob = _to_fnmatch(text)
    return sorted(one for one in names if fnmatchcase(one, glob)) if has_literal_brackets(text) else []


def may_match(address: str, patterns: Collection[str]) -> bool:
    """Return whether any of the patterns may match an address, whatever else there is, or there are no patterns."""
    return not patterns or any(find_matches(one, (address,)).found for one in patterns)


def may_match_kind(kind: str, patterns: Collection[str]) -> bool:
    """Return whether any of the patterns may match addresses of a kind, or there are none."""
    return not patterns or any(_is_name(one) or one.startswith(f"{kind}/") for one in patterns)


def _is_name(pattern: str) -> bool:
    """Return whether a pattern can be one over names: it does not begin with a kind and a slash."""
    kind, slash, _ = pattern.partition("/")
    return not slash or kind not in KINDS


def name_of(address: str) -> str:
    """Return the name in an address."""
    return address.partition("/")[2]


def is_literal_text(pattern: str) -> bool:
    """Return whether a pattern is no glob: it has neither `*` nor `?` outside brackets and escapes."""
    return not any(one["wildcard"] for one in TOKEN.finditer(pattern))


def literal_text(pattern: str) -> str:
    """Return a pattern as an ordinary text, without the backslashes that make characters ordinary."""
    return ESCAPED.sub(r"\1", canonical_name(pattern))


def _literal_readings(text: str) -> tuple[str, ...]:
    """Return the texts that a pattern is literally: as it is written and, if it is no glob, without its escapes."""
    return tuple(dict.fromkeys((text, literal_text(text)))) if is_literal_text(text) else (text,)


def escape_pattern(name: str) -> str:
    """Return the pattern that matches a name and no other, whether or not it exists."""
    return re.sub(r"[][*?\\]", r"\\\g<0>", name)


def has_literal_brackets(pattern: str) -> bool:
    """Return whether a pattern has brackets that would be a choice of characters if it also had `*` or `?`."""
    return is_literal_text(pattern) and any(one["set"] for one in TOKEN.finditer(pattern))


@lru_cache
def _to_fnmatch(pattern: str) -> str:
    """Return a glob in the grammar of `fnmatch`, which has brackets in the place of backslashes."""
    return TOKEN.sub(_to_fnmatch_element, pattern)


def _to_fnmatch_element(element: re.Match[str]) -> str:
    if element["set"]:
        return f"[{'!' if element['negation'] else ''}{element['set']}]"
    if element["wildcard"]:
        return element[0]
    character = element["escaped"] or element["plain"]
    return f"[{character}]" if character in "*?[" else character
