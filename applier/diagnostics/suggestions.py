"""Suggests the known word that a wrong word was meant to be: "did you mean …?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from applier.diagnostics.characters import describe_difference

SHOWN = 8
SHORTEST_PART = 3
SIMILAR = 0.75  # how similar two words must be for one to be taken for the other
SUGGESTED = 0.6  # how similar two words must be for a question
SHORT, SHORT_SIMILAR = 4, 0.8  # words of so few letters must be more similar: `image` is not `age`
SWAPPED = 0.9  # the same letters in another order: `nmae`
ALIKE = 0.03  # words whose similarity differs by no more are suggested together
MOST_SUGGESTED = 3
SYMBOL = re.compile(r"[^\w\s-]")
CACHE_SIZE = 10_000  # words in the cache: the same ones are compared for every mistake


@lru_cache(CACHE_SIZE)
def bare_word(word: str) -> str:
    """Return a word without case and separators: `FirstName`, `first_name` and `FIRST NAME` are the same."""
    return re.sub(r"[\W_]", "", word.casefold())


@lru_cache(CACHE_SIZE)
def parts(word: str) -> tuple[str, ...]:
    """Return the parts of a snake, kebab or camel case word, in lower case and without the s of a plural."""
    found = re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", word).casefold())
    return tuple(one.removesuffix("s") if len(one) > SHORTEST_PART else one for one in found)


def closest_word(word: str, known: Iterable[str], threshold: float = SIMILAR) -> str | None:
    """Return the known word that is meant: the same, the same without case or separators, or the most similar.

    None if no word is as similar as `threshold`, from 0 to 1.
    """
    return next(iter(_most_similar(word, list(known), threshold)), None)


def _most_similar(word: str, words: list[str], threshold: float) -> list[str]:
    """Return the most similar words: the nearest, and those that are almost as near."""
    for same in (str, str.casefold, bare_word):
        for one in words:
            if same(one) == same(word) and bare_word(word):
                return [one]
    if not bare_word(word):
        return []
    scored = sorted(((_similarity(word, one), one) for one in words), key=lambda pair: -pair[0])
    return [one for score, one in scored if score >= threshold and score >= scored[0][0] - ALIKE]


def _similarity(word: str, other: str) -> float:
    """Return how similar two words are, from 0 to 1.

    A word that is made of the other and more parts (`EMAIL_ADDRESS`, `EMAIL`) is very similar. Of names in the same
    schema only the last part counts: `SHOP.ORDERS` is not `SHOP.PEOPLE`.
    """
    place, dot, name = word.rpartition(".")
    other_place, _, other_name = other.rpartition(".")
    if dot and place.casefold() == other_place.casefold():
        return _similarity(name, other_name)
    mine, theirs = set(parts(word)), set(parts(other))
    shared = mine & theirs
    short, long = sorted(("".join(parts(word)), "".join(parts(other))), key=len)
    if long.startswith(short) and len(short) >= SUGGESTED * len(long) and len(short) > SHORTEST_PART:
        return 0.8 + 0.1 * len(short) / len(long)
    if shared in (mine, theirs) and sum(map(len, shared)) >= SHORTEST_PART:
        return 0.8 + 0.1 * len(shared) / max(len(mine), len(theirs))
    one, another = bare_word(word), bare_word(other)
    if sorted(one) == sorted(another):
        return SWAPPED
    matcher = SequenceMatcher(None, one, another)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < SUGGESTED:
        return 0.0  # the exact ratio is slow, and never higher
    ratio = matcher.ratio()
    if ratio >= SHORT_SIMILAR or min(len(one), len(another)) > SHORT:
        return ratio
    return SUGGESTED if ratio >= SIMILAR and len(one) == len(another) else 0.0  # one letter of four: `tipe`


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return a hint that names the known word, or the few that are almost as near; None if there is none.

    Of a known word that looks the same it tells the difference; the word itself is never suggested.
    """
    words = [one for one in dict.fromkeys(known) if one != word]
    same = next(filter(None, (describe_difference(word, one) for one in words)), None)
    if same:
        return same
    found = _most_similar(word, words, SUGGESTED)
    asked = " or ".join(f'"{one}"' for one in found[:MOST_SUGGESTED])
    return f"did you mean {asked}?" if found else None


def suggest_whole(name: str, known: Iterable[str]) -> str | None:
    """Return a hint as `suggest` does, for a name that may well be right: only if every word of both is similar.

    `Orders [EU]` is near `Order [eu]`, and neither near `Orders EU` nor `Orders [US]`: both may exist.
    """
    return suggest(name, [one for one in known if describe_difference(name, one) or _is_whole_similar(name, one)])


def _is_whole_similar(name: str, other: str) -> bool:
    if not bare_word(name) or SYMBOL.findall(name) != SYMBOL.findall(other):
        return False
    if bare_word(name) == bare_word(other):
        return True
    mine, theirs = parts(name), parts(other)
    return len(mine) == len(theirs) and all(
        one == another or (min(len(one), len(another)) >= SHORT and _similarity(one, another) >= SIMILAR)
        for one, another in zip(mine, theirs, strict=True)
    )


def join_words(words: Iterable[str], most: int = SHOWN) -> str:
    """Return the words in a row, the first few of many."""
    found = list(words)
    shown = ", ".join(found[:most])
    return f"{shown} and {len(found) - most} more" if len(found) > most else shown or "nothing"
