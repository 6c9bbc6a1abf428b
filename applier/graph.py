"""Who needs whom: addresses in an order in which everything comes after what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from applier.kinds import KINDS

RANK = {name: number for number, name in enumerate(KINDS)}


def topological_order(needs: Mapping[str, Iterable[str]], *, rank: Callable[[str], Any] | None = None) -> list[str]:
    """The keys of `needs`, each after those it needs; among equals by `rank` (kind and name), so always the same.

    Raises `graphlib.CycleError`; the spec is checked for cycles before.
    """
    sorter = TopologicalSorter({one: [other for other in others if other in needs] for one, others in needs.items()})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank or by_kind_and_name)
        order.extend(ready)
        sorter.done(*ready)
    return order


def by_kind_and_name(address: str) -> tuple[int, str]:
    """The sort key of everything shown: kinds in the order of dependence, then names."""
    kind, _, name = address.partition("/")
    return RANK.get(kind, len(RANK)), name


def reversed_edges(needs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """For each address those that need it."""
    users: dict[str, list[str]] = {address: [] for address in needs}
    for address, needed in needs.items():
        for one in needed:
            users.setdefault(one, []).append(address)
    return users


def reachable(start: Iterable[str], needs: Mapping[str, Iterable[str]]) -> set[str]:
    """The start and everything that it needs, directly or not."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.add(address)
            waiting.extend(needs.get(address, ()))
    return found


__all__ = ["CycleError", "by_kind_and_name", "reachable", "reversed_edges", "topological_order"]
