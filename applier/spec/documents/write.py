"""Formats plain data as YAML that a person would write, and that every YAML reader understands alike.

Texts stand bare where nothing in them can mean something else, in YAML 1.1 either; those of several lines as blocks;
everything else in double quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from applier.spec.documents.scalars import UNUSABLE_NUMBERS, plain

WIDTH = 100
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "=", "<<", "~", ""})
_LIKE_A_NUMBER = re.compile(r"[-+.\d][-+.\d_:,a-fA-FxXoOtTzZ ]*")
_FIRST = re.compile(r"[\w/.$]")
_UNCLEAR = re.compile(r"""[,\[\]{}"'`|>&*!%@#?]|: |:$""")
# Those that change the direction of a line are printable for YAML, but show a reader other text than is meant.
_UNSHOWN = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
_ESCAPED = re.compile(f"[{_UNSHOWN}]")
_BLOCK_BREAKERS = re.compile(f"[\x00-\x08\x0b-\x1f{_UNSHOWN}]")


class Inline(dict[str, object]):
    """A mapping to be written in one line, `{a: 1}`, if it fits."""


def dump_yaml(value: Mapping[str, object]) -> str:
    """Return the mapping as YAML, with a blank line between the members of the top level."""
    return "".join(f"{line}\n" for line in _top(value))


def _top(value: Mapping[str, object]) -> Iterator[str]:
    for number, (key, member) in enumerate(value.items()):
        if number:
            yield ""
        yield from member_lines(scalar(key), member, "")


def member_lines(head: str, value: object, indent: str) -> Iterator[str]:
    """Return the lines of one key and its value."""
    if isinstance(value, Mapping) and value:
        short = inline(value) if isinstance(value, Inline) else None
        if short is not None and len(indent) + len(head) + len(short) + 2 <= WIDTH:
            yield f"{indent}{head}: {short}"
            return
        yield f"{indent}{head}:"
        for key, member in value.items():
            yield from member_lines(scalar(key), member, indent + "  ")
    elif isinstance(value, list) and value:
        short = None if any(isinstance(one, Mapping | list) for one in value) else inline(value)
        if short is not None and len(indent) + len(head) + len(short) + 2 <= WIDTH:
            yield f"{indent}{head}: {short}"
            return
        yield f"{indent}{head}:"
        for one in value:
            yield from item_lines(one, indent + "  ")
    elif isinstance(value, str) and is_block(value):
        yield from block_lines(f"{indent}{head}: ", value, indent + "  ")
    else:
        yield f"{indent}{head}: {inline(value, inside=False)}"


def item_lines(value: object, indent: str) -> Iterator[str]:
    """Return the lines of one item of a list."""
    if isinstance(value, Mapping) and value:
        short = inline(value)
        simple = all(not isinstance(one, Mapping | list) or not one for one in value.values())
        if simple and len(indent) + len(short) + 2 <= WIDTH:
            yield f"{indent}- {short}"
            return
        for number, (key, member) in enumerate(value.items()):
            lines = list(member_lines(scalar(key), member, indent + "  "))
            yield indent + ("- " if number == 0 else "  ") + lines[0][len(indent) + 2 :]
            yield from lines[1:]
    elif isinstance(value, str) and is_block(value):
        yield from block_lines(f"{indent}- ", value, indent + "  ")
    else:
        yield f"{indent}- {inline(value, inside=isinstance(value, list))}"


def inline(value: object, *, inside: bool = True) -> str:
    """Return a value in one line; `inside` of brackets more has to be quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {inline(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return scalar(value, inside=inside)
    text = json.dumps(value)
    return quote(text) if plain(text) in UNUSABLE_NUMBERS else text  # a file with such a number could not be read


def scalar(text: str, *, inside: bool = True) -> str:
    """Return a text, bare if possible. A placeholder that is all of a text stays bare outside of brackets."""
    whole = not inside and re.fullmatch(r"\$\{[A-Za-z]+:[\w./-]+\}", text)
    return text if whole or _is_bare(text) else quote(text)


def _is_bare(text: str) -> bool:
    if text.lower() in WORDS or plain(text) is not None or _LIKE_A_NUMBER.fullmatch(text):
        return False
    if not _FIRST.match(text) or _UNCLEAR.search(text) or text[-1] == " ":
        return False
    return text.isprintable() and len(text) <= WIDTH


def quote(text: str) -> str:
    """Return a text in double quotes."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def is_block(text: str) -> bool:
    """Return whether a text has several lines and a block keeps it as it is."""
    several = "\n" in text.strip("\n") and text[0] not in "\t\n" and not text.endswith("\n\n")
    return several and not _BLOCK_BREAKERS.search(text)


def block_lines(head: str, text: str, indent: str) -> Iterator[str]:
    """Return the lines of a text of several lines as a block."""
    hint, ending = "2" if text[0] == " " else "", "" if text[-1] == "\n" else "-"
    yield f"{head}|{hint}{ending}"
    for line in text.removesuffix("\n").split("\n"):
        yield indent + line if line else ""
