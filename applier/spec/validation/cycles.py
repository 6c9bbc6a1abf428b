"""Finds cycles in a graph of names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

Edges = Mapping[str, Iterable[str]]


def find_cycles(edges: Edges) -> list[tuple[str, ...]]:
    """Return one shortest cycle for each group of nodes that reach each other, from its smallest node on; sorted.

    `edges` holds for each node those that it points to; nodes without an entry point to nobody.
    """
    return sorted(_shortest_cycle(min(group), group, edges) for group in _groups(edges) if _is_cyclic(group, edges))


def _is_cyclic(group: set[str], edges: Edges) -> bool:
    one = next(iter(group))
    return len(group) > 1 or one in edges.get(one, ())


def _shortest_cycle(start: str, group: set[str], edges: Edges) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while start not in came_from:
        node = waiting.popleft()
        for following in sorted(edges.get(node, ())):
            if following in group and following not in came_from:
                came_from[following] = node
                waiting.append(following)
    path = [came_from[start]]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def _groups(edges: Edges) -> list[set[str]]:
    """Return the strongly connected groups (Tarjan), without recursion because chains can be long."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[set[str]] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges.get(root, ())))]
        order[root] = lowest[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            child = next(following, None)
            if child is None:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == order[node]:
                    group: set[str] = set()
                    while node not in group:
                        group.add(stack.pop())
                    on_stack -= group
                    groups.append(group)
            elif child not in order:
                order[child] = lowest[child] = len(order)
                stack.append(child)
                on_stack.add(child)
                work.append((child, iter(edges.get(child, ()))))
            elif child in on_stack:
                lowest[node] = min(lowest[node], order[child])
    return groups
