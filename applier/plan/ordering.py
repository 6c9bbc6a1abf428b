"""Orders changes by dependence. A reference cycle is cut at a new object, which is completed once the others exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from applier import graph


@dataclass(frozen=True, slots=True)
class Order:
    """Addresses in order, and the earlier ones that each waits for.

    `deferred` has, for an address that is created without some of its members, the later addresses that these members
    mention. `completes` has, for the last of those, the addresses that are then written in full.
    """

    addresses: tuple[str, ...]
    waits: Mapping[str, tuple[str, ...]]
    deferred: Mapping[str, tuple[str, ...]]
    completes: Mapping[str, tuple[str, ...]]


def order_changes(needs: Mapping[str, Iterable[str]], live: Collection[str]) -> Order:
    """Return an order in which each address follows what it needs; in a cycle, what is `live` need not come first."""
    order = _cut_cycles({one: list(others) for one, others in needs.items()}, live)
    rank = {address: number for number, address in enumerate(order)}
    waits = {one: {other for other in others if rank[other] < rank[one]} for one, others in needs.items()}
    deferred: dict[str, tuple[str, ...]] = {}
    completes: dict[str, list[str]] = {}
    for one in order:
        missing = {other for other in needs[one] if rank[other] > rank[one]}.difference(live)
        if missing:
            deferred[one] = tuple(sorted(missing, key=rank.__getitem__))
            last = deferred[one][-1]
            completes.setdefault(last, []).append(one)
            waits[last] |= missing - {last}
            for other in missing:
                waits[other].add(one)
    for dependent, needed in needs.items():
        waits[dependent] |= {deferred[one][-1] for one in needed if one in deferred and _differ_in_kind(dependent, one)}
    waits_in_order = {one: tuple(sorted(others, key=graph.by_kind_and_name)) for one, others in waits.items()}
    addresses = tuple(graph.topological_order(waits_in_order))
    return Order(addresses, waits_in_order, deferred, {last: tuple(ones) for last, ones in completes.items()})


def _differ_in_kind(dependent: str, one: str) -> bool:
    """True for a dependent outside of every cycle that the other is in: it needs the other in full."""
    return graph.by_kind_and_name(dependent)[0] != graph.by_kind_and_name(one)[0]


def _cut_cycles(needs: dict[str, list[str]], live: Collection[str]) -> list[str]:
    while True:
        try:
            return graph.topological_order(needs)
        except graph.CycleError as cycle:
            pairs = list(zip(cycle.args[1][1:], cycle.args[1], strict=False))  # the first of a pair needs the second
            free = [pair for pair in pairs if pair[1] in live]
            one, other = min(free or pairs, key=lambda pair: tuple(map(graph.by_kind_and_name, pair)))
            needs[one].remove(other)
