"""Formats values, counts, times and diagnostics for people."""

from __future__ import annotations

import json
from collections.abc import Iterable

from applier.diagnostics import Diagnostic, Severity
from applier.diagnostics.characters import escape_unprintable
from applier.kinds import KINDS
from applier.live.events import format_time

STYLES = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}
LONGEST_CELL = 40


def style(text: str, name: str, colour: bool) -> str:
    """Return the text in a terminal style, or as it is without colour."""
    return f"\x1b[{STYLES[name]}m{text}\x1b[0m" if colour else text


def printable(text: str) -> str:
    """Return the text with control characters escaped, so that a name or a message cannot steer the terminal."""
    return escape_unprintable(text)


def format_last_update(when: str, who: str) -> str:
    """Return when and by whom an object was last updated, empty if neither is known."""
    parts = " ".join(part for part in (format_time(when), f"by {who}" if who else "") if part)
    return f"last updated {parts}" if parts else ""


def last_update_suffix(when: str, who: str) -> str:
    """Return the last update of an object as the end of a sentence, empty if it is not known."""
    update = format_last_update(when, who)
    return f", {update}" if update else ""


def format_resync(members: Iterable[str], resync: str = "full resync") -> str:
    """Return that changed members cause a full resync; `resync` are these two words in the markup of a form."""
    return f"changed {' and '.join(members)}, so the next run is a {resync}"


def format_value(value: object) -> str:
    """Return a value on one line: plain words bare, everything else as JSON."""
    if isinstance(value, str) and value == value.strip() and value.isprintable() and not _needs_quotes(value):
        return value
    return printable(json.dumps(value, ensure_ascii=False, default=str))


def format_brief(value: object) -> str:
    """Return a value for a cell of a table: empty for None, cut if it is long."""
    text = "" if value is None else format_value(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _needs_quotes(text: str) -> bool:
    """Return whether a text is empty or would read as a number, a flag or a structure."""
    if not text:
        return True
    try:
        return not isinstance(json.loads(text), str)
    except (ValueError, RecursionError):
        return text[0] in "\"'[{"


def is_multiline(text: object) -> bool:
    """Return whether a value is a text of more than one line."""
    return isinstance(text, str) and "\n" in text.strip("\n")


def count(number: int, noun: str) -> str:
    """Return the number with its noun, such as `1 sync`, `2 syncs` or `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    ends_in_ies = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{number} {noun[:-1]}ies" if ends_in_ies else f"{number} {noun}s"


def count_severity(diagnostics: Iterable[Diagnostic], severity: Severity) -> str:
    """Return the number of diagnostics of a severity, such as `2 errors`; empty if there are none."""
    number = sum(one.severity is severity for one in diagnostics)
    return count(number, str(severity)) if number else ""


def count_by_kind(kinds: Iterable[str]) -> str:
    """Return the numbers of the kinds of some resources, such as `2 connections, 1 model, 1 sync`."""
    names = list(kinds)
    return ", ".join(count(names.count(kind.name), kind.noun) for kind in KINDS.values() if kind.name in names)


def format_diagnostic(one: Diagnostic, colour: bool) -> str:
    """Return `place: error: detail [code]` with the hint below; editors and CI find the place in this form."""
    name = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}[one.severity]
    head = f"{printable(str(one.place))}: " if one.place else ""
    lines = [f"{head}{style(str(one.severity), name, colour)}: {printable(one.detail)} [{one.code}]"]
    lines += [f"  also: {printable(str(place))}" for place in one.related]
    if one.hint:
        lines.append(f"  hint: {printable(one.hint)}")
    return "\n".join(lines)
