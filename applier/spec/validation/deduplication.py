"""One mistake is told once, however many resources share the place where it is written: a default, an anchor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from applier.diagnostics import Diagnostic


def deduplicate(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is the same for several resources at one place is told for the first by name, with the number of others."""
    alike: dict[object, dict[str, Diagnostic]] = {}
    for one in problems:
        address = one.address or ""
        said = one.detail.replace(address, "") if address else one.detail
        alike.setdefault((one.code, one.place, one.hint, said), {}).setdefault(address, one)
    return [_told(group) for group in alike.values()]


def _told(group: dict[str, Diagnostic]) -> Diagnostic:
    first = group[min(group)]
    if len(group) == 1:
        return first
    return replace(first, detail=f"{first.detail.removesuffix('.')} (the same for {len(group) - 1} more).")
