"""Finds characters in names that cannot be seen, and tells how two names differ that look the same.

The characters are those that Unicode shows as nothing or as a blank, see UTS #39 and UAX #31 (default ignorable code
points), except joiners and selectors where a script or an emoji needs them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
)
"""Control characters, zero-width characters, bidirectional controls, the soft hyphen, and fillers."""

HIDDEN = re.compile(
    f"{INVISIBLE.pattern}|[\ufff9-\ufffb\ud800-\udfff\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""What no file and no output holds as it is, except for line feeds: also other format characters, such as tags, with
which a text looks different from what a program reads, and halves of pairs, which are not UTF-8."""

UNUSUAL_BLANK = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f]")
"""Blanks that look like a space; the ideographic one (U+3000) is as wide as the letters around it and can be seen."""

DOUBTFUL = re.compile(f"{INVISIBLE.pattern}|{UNUSUAL_BLANK.pattern}|^ +| +$|  +")
BLANKS_OR_INVISIBLE = re.compile(f"{INVISIBLE.pattern}|{UNUSUAL_BLANK.pattern}| +")
JOINERS = "\u200c\u200d"
JOINED_SCRIPTS = re.compile(
    "ARABIC|SYRIAC|MANDAIC|NKO|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|"
    "SINHALA|TIBETAN|MYANMAR|KHMER"
)
MONGOLIAN_VOWEL_SEPARATOR, MONGOLIAN = "\u180e", re.compile("MONGOLIAN LETTER")
ZERO_WIDTH_SPACE, UNSPACED_SCRIPTS = "\u200b", re.compile("KHMER|THAI|LAO|MYANMAR|TAI LE|NEW TAI LUE|TAI THAM")
"""These scripts have no blanks between words; this character tells where a line may end."""
DIRECTION_MARKS = "\u200e\u200f\u061c"
EMOJI_ENDS = "\ufe0e\ufe0f\u20e3"
VIRAMA = 9  # the combining class of signs after which a joiner chooses the form of a letter
MOST_NAMED = 3
CONTROL_NAMES = {"\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN"}


def escape_unprintable(text: str) -> str:
    """Return a text in one line that cannot steer a terminal: what is not printable is escaped as in Python."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def escape_json(text: str) -> str:
    """Return JSON with escapes in place of hidden characters; line feeds between its members stay."""

    def escape(found: re.Match[str]) -> str:
        units = found[0].encode("utf-16-be", "surrogatepass")
        escaped = "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
        return "\n" if found[0] == "\n" else escaped

    return HIDDEN.sub(escape, text)


def escape_yaml(text: str) -> str:
    """Return the inside of a YAML text in double quotes with escapes in place of hidden characters.

    Joiners and marks that the letters or the emoji beside them need stay.
    """

    def escape(found: re.Match[str]) -> str:
        code = ord(found[0])
        escaped = f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
        return found[0] if _is_needed(text, found.start()) else escaped

    return HIDDEN.sub(escape, text)


def has_hidden(text: str) -> bool:
    """Return whether a text of several lines holds a character that a YAML file shows only as an escape."""
    found = (one for one in HIDDEN.finditer(text) if one[0] not in "\n\t")
    return any(not _is_needed(text, one.start()) for one in found)


def find_invisible(name: str) -> list[str]:
    """Return what cannot be seen in a name in words, with columns from 1: `U+00A0 NO-BREAK SPACE at column 3`.

    Blanks at the ends and several in a row count, too.
    """
    found = DOUBTFUL.finditer(name)
    words = [_describe(name, one) for one in found if not _is_needed(name, one.start())]
    return words[:MOST_NAMED]


def describe_difference(word: str, other: str) -> str | None:
    """Return how another name differs from a word that looks the same; None when they look different, or are equal."""
    if word == other or visible_form(word) != visible_form(other):
        return None
    column = next((index for index, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None)
    column = min(len(word), len(other)) if column is None else column
    here, there = (_doubt_at(one, column) for one in (word, other))
    if here and not there:
        return f'"{other}" looks the same, but this has {here}'
    if there and not here:
        return f'"{other}" looks the same, but has {there}'
    mine, theirs = (_character(one[column : column + 1]) for one in (word, other))
    return f'"{other}" looks the same, but has {theirs} at column {column + 1}, where this has {mine}'


def _doubt_at(name: str, index: int) -> str | None:
    """Return what cannot be seen, or the blanks, around an index in words; None for a character that can be seen."""
    found = next((one for one in BLANKS_OR_INVISIBLE.finditer(name) if one.start() <= index < one.end()), None)
    return _describe(name, found) if found else None


@lru_cache(10_000)
def visible_form(name: str) -> str:
    """Return a name as it looks: composed, with plain single blanks, without what cannot be seen."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    name = unicodedata.normalize("NFC", UNUSUAL_BLANK.sub(" ", name))
    seen = [one for index, one in enumerate(name) if one.isspace() or _can_be_seen(name, index)]
    return " ".join("".join(seen).split())


def _can_be_seen(name: str, index: int) -> bool:
    return not INVISIBLE.match(name[index]) or _is_needed_joiner(name, index)


def _describe(name: str, found: re.Match[str]) -> str:
    if found[0].strip(" "):
        return f"{_character(found[0])} at column {found.start() + 1}"
    count = "a blank" if len(found[0]) == 1 else f"{len(found[0])} blanks"
    if found.end() == len(name):
        return f"{count} at the end"
    return f"{count} at the beginning" if found.start() == 0 else f"{count} at column {found.start() + 1}"


def _character(character: str) -> str:
    """Return a character in the notation of Unicode, such as `U+00A0 NO-BREAK SPACE`."""
    if not character:
        return "nothing"
    name = CONTROL_NAMES.get(character) or unicodedata.name(character, "CONTROL CHARACTER")
    return f"U+{ord(character):04X} {name}"


def _is_needed(name: str, index: int) -> bool:
    """Return whether the character at an index is one that the letters beside it, or an emoji, need there."""
    character = name[index]
    if character == ZERO_WIDTH_SPACE:
        return _are_beside(name, index, UNSPACED_SCRIPTS)
    if character in DIRECTION_MARKS:
        sides = (reversed(name[:index]), iter(name[index + 1 :]))
        nearest = (next((one for one in side if one.isalnum()), "") for side in sides)
        return any(one and unicodedata.bidirectional(one) in ("R", "AL") for one in nearest)
    return _is_needed_joiner(name, index)


def _are_beside(name: str, index: int, scripts: re.Pattern[str]) -> bool:
    """Return whether the characters before and after an index are of these scripts."""
    around = (name[index - 1 : index], name[index + 1 : index + 2])
    return all(one and scripts.match(unicodedata.name(one, "")) for one in around)


def _is_needed_joiner(name: str, index: int) -> bool:
    """Return whether the character at an index is one that gives what is beside it another look."""
    if name[index] == MONGOLIAN_VOWEL_SEPARATOR:
        return _are_beside(name, index, MONGOLIAN)
    if name[index] not in JOINERS or index == 0:
        return False
    before, after = name[index - 1], name[index + 1 : index + 2]
    if name[index] == "\u200d" and after and _is_pictographic(after):
        return _is_pictographic(before) or before in EMOJI_ENDS
    return unicodedata.combining(before) == VIRAMA or _are_beside(name, index, JOINED_SCRIPTS)


def _is_pictographic(character: str) -> bool:
    """Return whether a character is a picture, such as U+2194, or the colour of one (Sk)."""
    return character >= "\u2000" and unicodedata.category(character) in ("So", "Sm", "Sk")
