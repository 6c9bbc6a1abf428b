"""Formats how each field of a resource is compared, for `plan --explain`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from applier.discovery.inspection import Table
from applier.plan.explain import Row
from applier.render.parts.words import count, format_brief

WIDTH = 80


def field_comparison_table(address: str, rows: Sequence[Row], data: object) -> Table:
    """Return a block for each field: `=` for equal, `~` for different; below it both sides and the rule."""
    different = sum(not one.equal for one in rows)
    summary = f"{count(len(rows), 'field')}: {len(rows) - different} equal (=), {different} different (~)."
    return Table(address, (), (), (*(line for one in rows for line in _block(one)), summary), data)


def _block(one: Row) -> Iterator[str]:
    declared, live = (format_brief(side) or "(none)" for side in (one.declared, one.live))
    if one.equal and declared == live:
        yield f"= {one.label}: {declared}"
    else:
        yield f"{'=' if one.equal else '~'} {one.label}"
        yield f"    declared: {declared}"
        yield f"    live:     {live}"
    yield from textwrap.wrap(f"{one.rule.value}: {one.why}", WIDTH, initial_indent="    ", subsequent_indent="      ")
