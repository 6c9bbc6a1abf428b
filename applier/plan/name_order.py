"""Orders all changes that free or take a name, so that no two live objects ever have one name.

A change that takes a name follows the change that frees it. Where names circle, one object gets an interim name first.
A name that no change frees is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from applier import graph
from applier.diagnostics import Diagnostic
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.live.snapshot import Live
from applier.plan.changes import NAME, Action, Change
from applier.plan.name_conflicts import describe_conflict
from applier.resolve import Resolved
from applier.spec.resources import interim_name

Edge = tuple[str, str]
"""Two addresses of changes, of which the first waits for the second."""


def order_names(
    changes: Sequence[Change], resolved: Resolved, leaving: Collection[str]
) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """Return the changes in an order in which each name is free before it is taken, and the conflicts of names.

    `leaving` are the ids of what the spec deletes, in scope or not: the errors differ.
    """
    holders = _find_holders(resolved)
    freed = {(one.kind, one.id): one.address for one in changes if _frees_name(one)}
    problems: list[Diagnostic] = []
    edges: list[Edge] = []
    for change in changes:
        name = _taken_name(change, resolved)
        others = [one for one in holders.get((change.kind, name), ()) if one.id != change.id] if name else []
        edges += [(change.address, freed[one.kind, one.id]) for one in others if (one.kind, one.id) in freed]
        staying = [one for one in others if (one.kind, one.id) not in freed]
        if staying:
            problems.append(describe_conflict(change, name, staying, resolved, leaving))
    if problems or not edges:
        return tuple(changes), problems
    order = _NameOrder(changes, resolved, edges)
    order.break_cycles()
    return order.ordered_changes(), []


def _find_holders(resolved: Resolved) -> Mapping[tuple[str, str], list[Live]]:
    """Return the live objects by kind and the name that the service has; a label is no name."""
    holders: defaultdict[tuple[str, str], list[Live]] = defaultdict(list)
    for one in sorted(resolved.snapshot.by_id.values(), key=lambda live: live.id):
        if not KINDS[one.kind].is_labelled:
            holders[one.kind, one.live_name].append(one)
    return holders


def _frees_name(change: Change) -> bool:
    return change.id is not None and change.action in (Action.RENAME, Action.DELETE)


def _taken_name(change: Change, resolved: Resolved) -> str:
    """Return the name that an object gets by a change, empty if it keeps its own."""
    if change.action is Action.RENAME and change.id is not None:
        return resolved.snapshot.by_id[change.kind, change.id].declared_name
    return change.name if change.action in (Action.CREATE, Action.RENAME) else ""


@dataclass(slots=True)
class _NameOrder:
    """Who waits for whom: for references and deletes as planned so far (`needs`), and for names (`edges`)."""

    changes: Sequence[Change]
    resolved: Resolved
    edges: list[Edge]
    by_address: dict[str, Change] = field(init=False)
    needs: dict[str, set[str]] = field(init=False)
    steps: dict[str, Change] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_address = {one.address: one for one in self.changes}
        self.needs = {one.address: set(one.waits_for) for one in self.changes}

    def break_cycles(self) -> None:
        """Cut every cycle: where the needed object is live anyway, by order, else by an interim name.

        Every other cycle has the rename of a pinned object that frees a name: what is created or moved cannot have the
        old name of a move (`moved-but-declared`, `moved-chain`), and a delete waits for writes only.
        """
        while cycle := self._find_cycle():
            pairs = list(zip(cycle[1:], cycle, strict=False))  # the first of a pair waits for the second
            soft = [pair for pair in pairs if pair not in self.edges and self._is_live_anyway(*pair)]
            if soft:
                one, other = min(soft, key=_by_addresses)
                self.needs[one].discard(other)
            else:
                renamed = [other for pair in pairs if pair in self.edges for other in pair[1:]]
                self._rename_first(min(filter(self._is_pinned_rename, renamed), key=graph.by_kind_and_name))

    def ordered_changes(self) -> tuple[Change, ...]:
        """Return the changes, and the steps to interim names, in an order that is as before where it can be."""
        waits = self._all_needs()
        changes = [each for one in self.changes for each in self._with_step(one)]
        positions = {one.address: number for number, one in enumerate(changes)}
        in_order = [changes[number] for number in _stable_order(waits, positions)]
        return tuple(replace(one, waits_for=tuple(waits[one.address])) for one in in_order)

    def _with_step(self, change: Change) -> Iterator[Change]:
        """Yield the change, after the step before it: the name of the object is the interim one then."""
        step = self.steps.get(change.address)
        if step is None:
            yield change
            return
        yield step
        interim = step.fields[0].after
        fields = (replace(one, before=interim) if one.path == NAME else one for one in change.fields)
        yield replace(change, fields=tuple(fields))

    def _all_needs(self) -> dict[str, list[str]]:
        """Return what each change waits for, sorted: which cycle is found first must not depend on hashes."""
        needs = {address: set(others) for address, others in self.needs.items()}
        for one, other in self.edges:
            needs[one].add(other)
        return {address: sorted(others, key=graph.by_kind_and_name) for address, others in needs.items()}

    def _find_cycle(self) -> list[str]:
        try:
            TopologicalSorter(self._all_needs()).prepare()
        except CycleError as cycle:
            return list(cycle.args[1])
        return []

    def _is_live_anyway(self, one: str, other: str) -> bool:
        """True when a write refers to an object that exists already, under whatever name."""
        waiting, needed = self.by_address.get(one), self.by_address.get(other)
        if waiting is None or needed is None or waiting.is_step or needed.is_step or needed.id is None:
            return False
        return waiting.action is not Action.DELETE and needed.action in (Action.UPDATE, Action.RENAME)

    def _is_pinned_rename(self, address: str) -> bool:
        """True for the rename of an object that is found by its id, so that an interim name does not lose it."""
        change = self.by_address.get(address)
        if change is None or change.action is not Action.RENAME:
            return False
        return self.resolved.declared[change.address].resource.id is not None

    def _rename_first(self, address: str) -> None:
        """Have a step free the name of an object before anything else happens to it."""
        change = self.by_address[address]
        live = self.resolved.snapshot.by_id[change.kind, change.id or ""]
        interim = interim_name(change.name)
        if interim in self._known_names(change.kind):
            interim = interim_name(change.name, live.id)
        step = replace(
            change,
            address=f"{address} (interim)",
            fields=(FieldChange(NAME, live.live_name, interim),),
            waits_for=(),
            deferred=(),
            completes=(),
            why="part of an exchange of names",
        )
        self.steps[address] = step
        self.needs[step.address] = set()
        self.needs[address].add(step.address)
        self.edges = [(one, step.address if other == address else other) for one, other in self.edges]

    def _known_names(self, kind: str) -> set[str]:
        declared = {one.resource.name for one in self.resolved.declared.values() if one.resource.kind == kind}
        return declared | {one.live_name for one in self.resolved.snapshot.by_id.values() if one.kind == kind}


def _by_addresses(pair: Edge) -> tuple[graph.SortKey, graph.SortKey]:
    return graph.by_kind_and_name(pair[0]), graph.by_kind_and_name(pair[1])


def _stable_order(needs: Mapping[str, Iterable[str]], positions: Mapping[str, int]) -> Iterator[int]:
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
