"""Formats a table as text."""

from __future__ import annotations

from applier.discovery.inspection import Table
from applier.render.parts.words import printable, style


def format_table(table: Table, colour: bool) -> str:
    """Return the title, the rows in columns as wide as their widest cell, and the notes."""
    rows = [tuple(printable(cell) for cell in row) for row in table.rows]
    widths = [max(len(row[index]) for row in (table.headings, *rows)) for index in range(len(table.headings))]

    def format_row(row: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

    head = [style(format_row(table.headings), "bold", colour)] if table.headings else []
    title = [printable(table.title)] if table.title else []
    return "\n".join([*title, *head, *map(format_row, rows), *map(printable, table.notes)])
