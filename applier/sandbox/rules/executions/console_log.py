"""The console log of an execution: numbered entries that are read page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from applier.sandbox.json_values import Document, JsonObject, whole_number

LARGEST_PAGE = 50
MOST_DIGITS = 8


@dataclass(frozen=True)
class LogLine:
    """One line of a console log."""

    timestamp: str
    message: str
    level: str = "info"
    payload: JsonObject = field(default_factory=dict)


def to_entries(lines: Iterable[LogLine]) -> list[Document]:
    """Return the lines as numbered entries, oldest first."""
    return [
        {
            "id": str(number),
            "timestamp": one.timestamp,
            "level": one.level,
            "message": one.message,
            "payload": dict(one.payload),
        }
        for number, one in enumerate(sorted(lines, key=lambda line: line.timestamp))
    ]


def cut_page(entries: list[Document], limit: str | None, after: str | None) -> Document:
    """Return the entries from `after` on, at most 50, and the cursor of the next page."""
    wanted = whole_number(limit, MOST_DIGITS)
    start = whole_number(after, MOST_DIGITS) or 0
    end = start + (LARGEST_PAGE if wanted is None else min(max(wanted, 1), LARGEST_PAGE))
    return {"entries": entries[start:end], "next_cursor": str(end) if end < len(entries) else ""}
