"""How much of what is live the spec describes, as a table."""

from __future__ import annotations

import math

from applier.discovery.inspection import Table
from applier.plan.coverage import Coverage
from applier.render.parts.words import count

MOST_NAMED = 20  # undescribed objects


def shares(one: Coverage) -> Table:
    """The shares as a table, what is not described, and whether that is too much."""
    every = {**one.by_kind, "all": one.total}
    rows = tuple((kind, str(share.live), str(share.described), percent(share.percent)) for kind, share in every.items())
    shown = one.undescribed[:MOST_NAMED]
    notes = [f"  {address}" for address in shown]
    notes = [f"Not described: {count(len(one.undescribed), 'object')}.", *notes] if shown else []
    if len(one.undescribed) > MOST_NAMED:
        notes.append(f"  … and {len(one.undescribed) - MOST_NAMED} more; all of them with -o json")
    if one.falls_short:
        notes.append(
            f"Coverage: {percent(one.total.percent)}, less than the {percent(one.least or 0)} that are wanted."
        )
    return Table("", ("KIND", "LIVE", "DESCRIBED", "SHARE"), rows, tuple(notes))


def percent(share: float) -> str:
    """Rounded down, so that only all is 100 %."""
    return f"{math.floor(share * 10) / 10:g} %"
