"""Orders all changes that free or take a name, so that no two live objects ever have one name.

A change that takes a name follows the change that frees it. Where changes wait for each other, one object that leaves
its name gets an interim name first: one that is renamed, or else one that is deleted. A name that no change frees is an
error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from applier import graph
from applier.diagnostics import Diagnostic
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.live.snapshot import Live
from applier.plan.change_cycles import find_disjoint_cycles, order_stably
from applier.plan.changes import NAME, Action, Change
from applier.plan.name_conflicts import describe_conflict, describe_cycle
from applier.resolve import Resolved
from applier.spec.resources import interim_name, interim_names_of_deleted

Edge = tuple[str, str]
"""Two addresses of changes, of which the first waits for the second."""


def order_names(
    changes: Sequence[Change], resolved: Resolved, find_leaving: Callable[[], Collection[str]]
) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """Return the changes in an order in which each name is free before it is taken, and the conflicts of names.

    `find_leaving` returns the ids of what the spec deletes, in scope or not: the errors differ.
    """
    holders = resolved.snapshot.holders_of_names()
    freed = {(one.kind, one.id): one.address for one in changes if _frees_name(one)}
    taken: list[tuple[Change, str, list[Live]]] = []
    takers: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        name = _taken_name(change, resolved)
        others = [one for one in holders.get((change.kind, name), ()) if one.id != change.id] if name else []
        staying = [one for one in others if (one.kind, one.id) not in freed]
        for one in others:
            if (one.kind, one.id) in freed:
                takers[freed[one.kind, one.id]].add(change.address)
        if staying:
            taken.append((change, name, staying))
    if taken:
        leaving = find_leaving()
        return tuple(changes), [describe_conflict(*one, resolved, leaving) for one in taken]
    if not takers:
        return tuple(changes), []
    order = _NameOrder(changes, resolved, takers)
    problems = order.break_cycles()
    return (tuple(changes), problems) if problems else (order.ordered_changes(), [])


def _frees_name(change: Change) -> bool:
    return change.id is not None and change.action in (Action.RENAME, Action.DELETE)


def _taken_name(change: Change, resolved: Resolved) -> str:
    """Return the name that an object gets by a change, empty if it keeps its own."""
    if change.action is Action.RENAME and change.id is not None:
        return resolved.snapshot.by_id[change.kind, change.id].declared_name
    return change.name if change.action in (Action.CREATE, Action.RENAME) else ""


@dataclass(slots=True)
class _NameOrder:
    """Who waits for whom: for references and deletes as planned so far (`needs`), and for names.

    `takers` has, for a change that frees a name, the changes that take it.
    """

    changes: Sequence[Change]
    resolved: Resolved
    takers: dict[str, set[str]]
    by_address: dict[str, Change] = field(init=False)
    needs: dict[str, set[str]] = field(init=False)
    steps: dict[str, Change] = field(init=False, default_factory=dict)
    known: set[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_address = {one.address: one for one in self.changes}
        self.needs = {one.address: set(one.waits_for) for one in self.changes}
        self.known = {(one.resource.kind, one.resource.name) for one in self.resolved.declared.values()}
        self.known |= {(one.kind, one.live_name) for one in self.resolved.snapshot.by_id.values()}

    def break_cycles(self) -> list[Diagnostic]:
        """Cut every cycle; return an error for each one that cannot be cut.

        Where a write refers to an object that is live anyway, it need not wait. Else an object that leaves its name
        gets an interim one. Every other cycle has such an object: what is created or moved cannot have the old name of
        a move (`moved-but-declared`, `moved-chain`).
        """
        while cycles := find_disjoint_cycles(self._all_needs()):
            problems = [problem for cycle in cycles for problem in self._break_cycle(cycle)]
            if problems:
                return problems
        return []

    def _break_cycle(self, cycle: Sequence[str]) -> Iterator[Diagnostic]:
        """Cut one cycle, in which each address waits for the next one."""
        pairs = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        soft = [pair for pair in pairs if not self._is_for_name(pair) and self._is_live_anyway(*pair)]
        if soft:
            one, other = min(soft, key=_by_addresses)
            self.needs[one].discard(other)
            return
        for_names = sorted(filter(self._is_for_name, pairs), key=lambda pair: _by_addresses((pair[1], pair[0])))
        pinned = [other for _, other in for_names if self._is_pinned_rename(other)]
        deleted = [other for _, other in for_names if self._is_delete(other)]
        possible = [*pinned, *(one for one in deleted if not KINDS[self.by_address[one].kind].masks)]
        if possible:
            self._rename_first(possible[0])
        else:
            taking, leaving = (self.by_address[one] for one in next(pair for pair in for_names if pair[1] in deleted))
            yield describe_cycle(taking, leaving, self.resolved)

    def _is_for_name(self, pair: Edge) -> bool:
        one, other = pair
        return one in self.takers.get(other, ())

    def ordered_changes(self) -> tuple[Change, ...]:
        """Return the changes, and the steps to interim names, in an order that is as before where it can be."""
        waits = self._all_needs()
        changes = [each for one in self.changes for each in self._with_step(one)]
        positions = {one.address: number for number, one in enumerate(changes)}
        in_order = [changes[number] for number in order_stably(waits, positions)]
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
        for other, ones in self.takers.items():
            for one in ones:
                needs[one].add(other)
        return {address: sorted(others, key=graph.by_kind_and_name) for address, others in needs.items()}

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

    def _is_delete(self, address: str) -> bool:
        """True for the delete of an object that the spec leaves out, under a name with its id."""
        change = self.by_address.get(address)
        return change is not None and change.action is Action.DELETE

    def _rename_first(self, address: str) -> None:
        """Have a step free the name of an object before anything else happens to it."""
        change = self.by_address[address]
        live = self.resolved.snapshot.by_id[change.kind, change.id or ""]
        step = replace(
            change,
            address=f"{address} (interim)",
            action=Action.RENAME,
            fields=(FieldChange(NAME, live.live_name, self._choose_interim_name(change, live)),),
            waits_for=(),
            deferred=(),
            completes=(),
            why="frees its name before it is deleted" if self._is_delete(address) else "part of an exchange of names",
        )
        self.steps[address] = step
        self.needs[step.address] = set()
        self.needs[address].add(step.address)
        self.takers[step.address] = self.takers.pop(address)

    def _choose_interim_name(self, change: Change, live: Live) -> str:
        """Return a name by which the next run finds the object if this one is interrupted."""
        if self._is_delete(change.address):
            names = interim_names_of_deleted(live.live_name, live.id)
        else:
            names = (interim_name(change.name), interim_name(change.name, live.id))
        return next((one for one in names if (change.kind, one) not in self.known), names[-1])


def _by_addresses(pair: Edge) -> tuple[graph.SortKey, graph.SortKey]:
    return graph.by_kind_and_name(pair[0]), graph.by_kind_and_name(pair[1])
