"""Foreign words in Markdown: as text or as code, never as markup, a mention, a link or a picture."""

from __future__ import annotations

import difflib
import re

from applier.diagnostics import Place
from applier.diff import FieldChange
from applier.render.parts.places import Repository
from applier.render.parts.words import printable

MARKUP = re.compile(r"[\\`*_{}\[\]<>&|~$]")
# What a forge makes links, mentions and pictures of once the markup is gone; split, it is only text.
REFERENCE = re.compile(r"[@#]|:(?=//|(?!\d\d:)[\w+-]+:)|(?<=www)\.", re.IGNORECASE)
PLAIN_CODE = re.compile(r"[^`|\\\s](?:[^`|\\]*[^`|\\\s])?")


def escaped(words: str) -> str:
    """A sentence or a name as text; blanks at its end make no line break."""
    told = MARKUP.sub(lambda one: f"&#{ord(one.group())};", printable(words))
    told = re.sub(f"&#\\d+;|{REFERENCE.pattern}", _split, told, flags=re.IGNORECASE)
    return f"{told[:-1]}&#32;" if told.endswith(" ") else told


def _split(one: re.Match[str]) -> str:
    return one.group() if one.group().startswith("&#") else f"<span>{one.group()}</span>"


def code(words: str) -> str:
    """A name or a value as code, also inside a table."""
    told = printable(words)
    if PLAIN_CODE.fullmatch(told):
        return f"`{told}`"
    return "<code>" + "".join(one if one.isalnum() or one == " " else f"&#{ord(one)};" for one in told) + "</code>"


def place(one: Place | None, repository: Repository) -> str:
    """The file and line, as a link where the repository has an address."""
    if one is None:
        return ""
    told = code(f"{repository.path(one)}:{one.line}")
    address = repository.address(one)
    return f"[{told}](<{address}>)" if address else told


def difference(one: FieldChange) -> list[str]:
    """A long text as a fenced diff that nothing inside can end."""
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    lines = [printable(line) for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]]
    fence = "`" * max(3, *(len(ticks) + 1 for line in lines for ticks in re.findall("`+", line)), 3)
    return [f"{fence}diff", *lines, fence]
