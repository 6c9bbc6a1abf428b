"""Formats the runs of syncs as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from applier.execute import Run
from applier.live.events import format_time
from applier.render.parts.words import count, printable, style

STATUS_STYLES = {"completed": "green", "failed": "red", "not started": "red"}
COUNT_WORDS = {"insert": "inserted", "update": "updated", "upserts": "upserted", "delete": "deleted", "error": "failed"}


def format_runs(runs: Sequence[Run], command: str, colour: bool) -> str:
    """Return one line per sync with its state, rows and target, and its errors below."""
    if not runs:
        return "No syncs to run." if command != "status" else "No syncs."
    return "\n".join(line for one in runs for line in _run_lines(one, command, colour))


def _run_lines(one: Run, command: str, colour: bool) -> Iterator[str]:
    line = f"{printable(one.address)}: {style(one.status, STATUS_STYLES.get(one.status, 'yellow'), colour)}"
    if one.ended and one.counts:
        line += f", {format_rows(one)}"
    if command == "status":
        times = (("finished", one.completed_at), ("next", one.next_at))
        line += "".join(f", {word} {printable(format_time(when))}" for word, when in times if when)
    yield line
    yield from (f"  error: {printable(error)}" for error in one.errors)
    if one.hint:
        yield f"  hint: {printable(one.hint)}"


def format_rows(one: Run) -> str:
    """Return how many rows were written to the target, and how many were inserted, updated and so on."""
    parts = [f"{one.counts[name]} {word}" for name, word in COUNT_WORDS.items() if one.counts.get(name)]
    rows = f"{count(one.written, 'row')} in {printable(one.target) or 'the target'}"
    return f"{rows} ({', '.join(parts)})" if parts else rows
