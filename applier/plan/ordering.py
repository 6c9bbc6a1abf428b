"""An order for what needs each other in a circle: it is cut at a new object, which gets the rest once all are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from applier import graph


@dataclass(frozen=True, slots=True)
class Order:
    """Addresses in order and the earlier ones that each waits for.

    `later` holds for one that is made without some of its members whom these mention, `completes` for the last of
    those the ones that are then written whole.
    """

    addresses: tuple[str, ...]
    waits: Mapping[str, tuple[str, ...]]
    later: Mapping[str, tuple[str, ...]]
    completes: Mapping[str, tuple[str, ...]]


def order_changes(needs: Mapping[str, Iterable[str]], live: Collection[str]) -> Order:
    """Each after what it needs, as far as that can be; what is `live` already has not to be waited for in a circle."""
    order = _without_circles({one: list(others) for one, others in needs.items()}, live)
    rank = {address: number for number, address in enumerate(order)}
    waits = {one: {other for other in others if rank[other] < rank[one]} for one, others in needs.items()}
    later: dict[str, tuple[str, ...]] = {}
    completes: dict[str, list[str]] = {}
    for one in order:
        missing = {other for other in needs[one] if rank[other] > rank[one]}.difference(live)
        if missing:
            later[one] = tuple(sorted(missing, key=lambda other: rank[other]))
            last = later[one][-1]
            completes.setdefault(last, []).append(one)
            waits[last] |= missing - {last}
            for other in missing:
                waits[other].add(one)
    for user, needed in needs.items():
        waits[user] |= {later[one][-1] for one in needed if one in later and _another_kind(user, one)}
    told = {one: tuple(sorted(others, key=graph.by_kind_and_name)) for one, others in waits.items()}
    complete = {last: tuple(ones) for last, ones in completes.items()}
    return Order(tuple(graph.topological_order(told)), told, later, complete)


def _another_kind(user: str, one: str) -> bool:
    """Who is outside of every circle that the other is in needs it whole."""
    return graph.by_kind_and_name(user)[0] != graph.by_kind_and_name(one)[0]


def _without_circles(needs: dict[str, list[str]], live: Collection[str]) -> list[str]:
    while True:
        try:
            return graph.topological_order(needs)
        except graph.CycleError as circle:
            pairs = list(zip(circle.args[1][1:], circle.args[1], strict=False))  # the first of a pair needs the second
            free = [pair for pair in pairs if pair[1] in live]
            one, other = min(free or pairs, key=lambda pair: tuple(map(graph.by_kind_and_name, pair)))
            needs[one].remove(other)
