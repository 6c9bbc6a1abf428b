"""Dependency graphs over addresses: topological order, dependents, reachability."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from applier.kinds import KINDS

RANK = {name: number for number, name in enumerate(KINDS)}
"""The position of each kind in the order of dependence."""

SortKey = tuple[int | str, ...]


def by_kind_and_name(address: str) -> SortKey:
    """Return the sort key of everything that is listed: kinds in the order of dependence, then names."""
    kind, _, name = address.partition("/")
    return RANK.get(kind, len(RANK)), name


def topological_order(
    needs: Mapping[str, Iterable[str]], *, rank: Callable[[str], SortKey] = by_kind_and_name
) -> list[str]:
    """Return the keys of `needs`, each after those that it needs; `rank` decides among equals, so the order is stable.

    Raises `graphlib.CycleError`. The spec is checked for cycles before.
    """
    sorter = TopologicalSorter({one: [other for other in others if other in needs] for one, others in needs.items()})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank)
        order.extend(ready)
        sorter.done(*ready)
    return order


def invert_edges(needs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return the dependents of each address."""
    dependents: dict[str, list[str]] = {address: [] for address in needs}
    for address, needed in needs.items():
        for one in needed:
            dependents.setdefault(one, []).append(address)
    return dependents


def reachable(start: Iterable[str], needs: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the start and everything that it needs, directly or indirectly."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.add(address)
            waiting.extend(needs.get(address, ()))
    return found


__all__ = ["CycleError", "by_kind_and_name", "invert_edges", "reachable", "topological_order"]
