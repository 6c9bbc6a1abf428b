"""Finds the cycles of changes that wait for each other, and a stable order of those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush


def find_disjoint_cycles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return cycles without a common address, at least one if there is any; each address needs the next one."""
    blocked = _find_blocked(needs)
    next_one = {one: next(other for other in needs[one] if other in blocked) for one in needs if one in blocked}
    walk_of: dict[str, str] = {}
    cycles = []
    for start in next_one:
        one = start
        while one not in walk_of:
            walk_of[one] = start
            one = next_one[one]
        if walk_of[one] == start:
            cycle = [one]
            while (one := next_one[one]) != cycle[0]:
                cycle.append(one)
            cycles.append(cycle)
    return cycles


def _find_blocked(needs: Mapping[str, Iterable[str]]) -> set[str]:
    """Return what is in a cycle or waits for one."""
    blocked = set(needs)
    sorter = TopologicalSorter(needs)
    with suppress(CycleError):
        sorter.prepare()  # after the error it still returns everything that is not blocked
    while ready := sorter.get_ready():
        blocked.difference_update(ready)
        sorter.done(*ready)
    return blocked


def order_stably(needs: Mapping[str, Iterable[str]], positions: Mapping[str, int]) -> Iterator[int]:
    """Yield the positions, each after those that it needs, and otherwise in order. Raises `CycleError`."""
    sorter = TopologicalSorter({one: [other for other in others if other in needs] for one, others in needs.items()})
    sorter.prepare()
    by_position = {number: address for address, number in positions.items()}
    ready: list[int] = []
    while sorter.is_active():
        for address in sorter.get_ready():
            heappush(ready, positions[address])
        number = heappop(ready)
        yield number
        sorter.done(by_position[number])
