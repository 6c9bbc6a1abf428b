"""Writes names and values into Markdown, so that none of them acts as markup, a mention, a link or a picture."""

from __future__ import annotations

import difflib
import re

from applier.diagnostics import Place
from applier.diff import FieldChange
from applier.render.parts.places import Repository
from applier.render.parts.words import printable

MARKUP = re.compile(r"[\\`*_{}\[\]<>&|~$]")
# What a forge turns into links, mentions and pictures without any markup; a tag inside prevents that.
REFERENCE = re.compile(r"[@#]|:(?=//|(?!\d\d:)[\w+-]+:)|(?<=www)\.", re.IGNORECASE)
PLAIN_CODE = re.compile(r"[^`|\\\s](?:[^`|\\]*[^`|\\\s])?")


def escape_markup(text: str) -> str:
    """Return a sentence or a name as plain text; blanks at its end make no line break."""
    escaped = MARKUP.sub(lambda one: f"&#{ord(one.group())};", printable(text))
    escaped = re.sub(f"&#\\d+;|{REFERENCE.pattern}", _tag, escaped, flags=re.IGNORECASE)
    return f"{escaped[:-1]}&#32;" if escaped.endswith(" ") else escaped


def _tag(one: re.Match[str]) -> str:
    return one.group() if one.group().startswith("&#") else f"<span>{one.group()}</span>"


def format_code(text: str) -> str:
    """Return a name or a value as code, which may stand in a table."""
    text = printable(text)
    if PLAIN_CODE.fullmatch(text):
        return f"`{text}`"
    return "<code>" + "".join(one if one.isalnum() or one == " " else f"&#{ord(one)};" for one in text) + "</code>"


def format_place(one: Place | None, repository: Repository) -> str:
    """Return the file and line, as a link if the web address of the repository is known."""
    if one is None:
        return ""
    text = format_code(f"{repository.path(one)}:{one.line}")
    address = repository.address(one)
    return f"[{text}](<{address}>)" if address else text


def format_diff(one: FieldChange) -> list[str]:
    """Return a long text as a fenced diff, with a fence that no line inside can end."""
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    lines = [printable(line) for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]]
    fence = "`" * max(3, *(len(ticks) + 1 for line in lines for ticks in re.findall("`+", line)), 3)
    return [f"{fence}diff", *lines, fence]
