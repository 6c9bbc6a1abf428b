"""Which of the known words was meant: the same but for case, the same but for separators, the most similar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

SHOWN = 8
SHORTEST_PART = 3
NEAR = 0.75  # how similar two words have to be for one to be taken for the other
PERHAPS = 0.6  # and for a question whether it is meant


def bare(word: str) -> str:
    """A word without case and separators: `FirstName`, `first_name` and `FIRST NAME` are the same."""
    return re.sub(r"[^0-9a-z]", "", word.casefold())


def parts(word: str) -> tuple[str, ...]:
    """The parts of a snake, kebab or camel case word, in lower case."""
    return tuple(re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", word).casefold()))


def nearest(word: str, known: Iterable[str], near: float = NEAR) -> str | None:
    """The known word that is meant, if one is near enough; exact, then without case, without separators, similar."""
    words = list(known)
    for same in (str, str.casefold, bare):
        for one in words:
            if same(one) == same(word) and bare(word):
                return one
    scored = [(_likeness(word, one), one) for one in words]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= near else None


def _likeness(word: str, other: str) -> float:
    """From 0 to 1; one that is made of the other and more parts (`EMAIL_ADDRESS`, `EMAIL`) is very like it."""
    mine, theirs = set(parts(word)), set(parts(other))
    shared = mine & theirs
    if shared in (mine, theirs) and sum(map(len, shared)) >= SHORTEST_PART:
        return 0.8 + 0.1 * len(shared) / max(len(mine), len(theirs))
    return SequenceMatcher(None, bare(word), bare(other)).ratio()


def meant(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the known word."""
    found = nearest(word, known, PERHAPS)
    return f'did you mean "{found}"?' if found is not None else None


def listed(words: Iterable[str]) -> str:
    """The words in a row, the first few of many."""
    found = list(words)
    shown = ", ".join(found[:SHOWN])
    return f"{shown} and {len(found) - SHOWN} more" if len(found) > SHOWN else shown or "nothing"
