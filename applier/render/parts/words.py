"""How values, counts and problems are worded; shared by what is read by people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from applier.diagnostics import Diagnostic, Severity
from applier.kinds import KINDS

STYLES = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}
LONGEST_CELL = 40
DRIFTED = {"create": "missing", "update": "changed", "rename": "renamed", "delete": "to be removed"}


def styled(text: str, style: str, colour: bool) -> str:
    """The text in a terminal style, or as it is."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if colour else text


def printable(text: str) -> str:
    """Names and messages from elsewhere with control characters escaped: nothing may steer the terminal."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def moment(when: str) -> str:
    """A time as a person reads it: without parts of a second."""
    return re.sub(r"(?<=T\d\d:\d\d:\d\d)\.\d+", "", when)


def written(when: str, who: str) -> str:
    """When something was written last, and by whom, as far as that is known."""
    told = " ".join(part for part in (moment(when), f"by {who}" if who else "") if part)
    return f"last written {told}" if told else ""


def word(action: str, command: str) -> str:
    """How an action is told: a drift tells what is so, a plan what would be done."""
    return DRIFTED.get(action, action) if command == "drift" else action


def value(thing: object) -> str:
    """A value on one line: plain words bare, all else as JSON."""
    if isinstance(thing, str) and thing and thing == thing.strip() and thing.isprintable() and not _looks_else(thing):
        return thing
    return printable(json.dumps(thing, ensure_ascii=False, default=str))


def brief(thing: object) -> str:
    """A value in a cell of a table: nothing for nothing, long ones cut."""
    told = "" if thing is None else value(thing)
    return told if len(told) <= LONGEST_CELL else told[: LONGEST_CELL - 1] + "…"


def _looks_else(text: str) -> bool:
    """True for a text that would read as a number, a flag or a structure."""
    try:
        return not isinstance(json.loads(text), str)
    except (ValueError, RecursionError):
        return text[0] in "\"'[{"


def several(text: object) -> bool:
    """True for a text of more than one line."""
    return isinstance(text, str) and "\n" in text.strip("\n")


def count(number: int, noun: str) -> str:
    """`1 sync`, `2 syncs`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def count_of(diagnostics: Iterable[Diagnostic], severity: Severity) -> str:
    """`2 errors`, or nothing when there are none."""
    number = sum(one.severity is severity for one in diagnostics)
    return count(number, str(severity)) if number else ""


def by_kind(kinds: Iterable[str]) -> str:
    """`2 connections, 1 model, 1 sync` for the kinds of some resources."""
    found = list(kinds)
    return ", ".join(count(found.count(kind.name), kind.noun) for kind in KINDS.values() if kind.name in found)


def problem(one: Diagnostic, colour: bool) -> str:
    """`place: error: detail [code]` and the hint below it; editors and CI find the place."""
    style = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}[one.severity]
    head = f"{printable(str(one.place))}: " if one.place else ""
    lines = [f"{head}{styled(str(one.severity), style, colour)}: {printable(one.detail)} [{one.code}]"]
    lines += [f"  also: {printable(str(place))}" for place in one.related]
    if one.hint:
        lines.append(f"  hint: {printable(one.hint)}")
    return "\n".join(lines)
