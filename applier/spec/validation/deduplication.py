"""Reports one mistake once, however many resources share the place where it is written: a default, an anchor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from applier.diagnostics import Diagnostic


def deduplicate(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return problems that are the same for several resources at one place once: for the first by name, counted."""
    groups: dict[object, dict[str, Diagnostic]] = {}
    for one in problems:
        address = one.address or ""
        detail = one.detail.replace(address, "") if address else one.detail
        groups.setdefault((one.code, one.place, one.hint, detail), {}).setdefault(address, one)
    return [_combine(group) for group in groups.values()]


def _combine(group: dict[str, Diagnostic]) -> Diagnostic:
    first = group[min(group)]
    if len(group) == 1:
        return first
    return replace(first, detail=f"{first.detail.removesuffix('.')} (the same for {len(group) - 1} more).")
