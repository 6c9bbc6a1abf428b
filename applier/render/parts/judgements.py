"""How each field of a resource was judged, in lines of a terminal's width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from applier.discovery.inspection import Table
from applier.plan.explain import Row
from applier.render.parts.words import brief, count

WIDTH = 80


def judgements(address: str, rows: Sequence[Row], data: object) -> Table:
    """A block for each field: `=` counts as equal, `~` differs; below it both sides and the rule."""
    differ = sum(not one.equal for one in rows)
    told = f"{count(len(rows), 'field')}: {len(rows) - differ} equal (=), {differ} different (~)."
    return Table(address, (), (), (*(line for one in rows for line in _block(one)), told), data)


def _block(one: Row) -> Iterator[str]:
    declared, live = (brief(side) or "(nothing)" for side in (one.declared, one.live))
    if one.equal and declared == live:
        yield f"= {one.label}: {declared}"
    else:
        yield f"{'=' if one.equal else '~'} {one.label}"
        yield f"    declared: {declared}"
        yield f"    live:     {live}"
    yield from textwrap.wrap(f"{one.rule.value}: {one.why}", WIDTH, initial_indent="    ", subsequent_indent="      ")
