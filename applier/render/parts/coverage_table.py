"""Formats the coverage: which share of the live objects the spec describes."""

from __future__ import annotations

import math

from applier.discovery.inspection import Table
from applier.plan.coverage import Coverage
from applier.render.parts.words import count

MOST_NAMED = 20  # undescribed objects


def coverage_table(one: Coverage) -> Table:
    """Return the share of each kind; the notes list what is not described and, last, that the share is too small."""
    shares = {**one.by_kind, "all": one.total}
    rows = tuple(
        (kind, str(share.live), str(share.described), _format_percent(share.percent)) for kind, share in shares.items()
    )
    names = [f"  {address}" for address in one.undescribed[:MOST_NAMED]]
    notes = [f"Not described: {count(len(one.undescribed), 'object')}.", *names] if names else []
    if len(one.undescribed) > MOST_NAMED:
        notes.append(f"  … and {len(one.undescribed) - MOST_NAMED} more (-o json lists all)")
    if one.falls_short:
        share, least = _format_percent(one.total.percent), _format_percent(one.least or 0)
        notes.append(f"The coverage of {share} is below the minimum of {least}.")
    return Table("", ("KIND", "LIVE", "DESCRIBED", "SHARE"), rows, tuple(notes))


def _format_percent(share: float) -> str:
    """Return a share rounded down, so that only complete coverage is 100 %."""
    return f"{math.floor(share * 10) / 10:g} %"
