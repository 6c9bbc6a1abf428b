"""An independent model of names: live objects, a spec over them, and who has which name in the end.

It knows nothing of applier: it is what the documentation says, by positions in a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

POOL = ("A", "B", "C", "D")
KINDS = ("connections", "models", "syncs", "bulk_syncs", "policies", "roles", "models", "connections")
"""Every kind with names; those that others use come twice."""


@dataclass(frozen=True)
class Case:
    """Live names by position, and a spec in which `@1` stands for the id of the object at position 1.

    `pins` has the declared names with their pins, `unmanaged` those that are only referred to, `mentions` which
    declared names refer to which others of the kind, `used` the declared name that an object of another kind uses.
    `references` has which positions mention which others before; a declared object of `silent` says nothing about that,
    so that it is kept, every other one says what it mentions, or that it mentions nothing.
    """

    kind: str
    live: tuple[str, ...]
    pins: Mapping[str, int | None]
    unmanaged: frozenset[str]
    changed: frozenset[str]
    moves: Mapping[str, str]
    removals: tuple[tuple[str, int | None], ...]
    prune: bool
    mentions: Mapping[str, str] = field(default_factory=dict)
    used: str | None = None
    references: Mapping[int, int] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    unique = kind == "connections"  # the service refuses a second connection of a name
    live = draw(st.lists(st.sampled_from(POOL), min_size=3, max_size=4 if unique else 6, unique=unique))
    declared = draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=4, unique=True))
    positions = [*draw(st.permutations(range(len(live)))), None]
    pinned = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=4, max_size=4))
    pins = {name: one if is_pinned else None for name, one, is_pinned in zip(declared, positions, pinned, strict=False)}
    if draw(st.booleans()):  # the names of some objects are exchanged
        held = {name: position for position, name in enumerate(live)}
        declared = draw(st.permutations(list(held)))
        pins = dict(zip(declared, held.values(), strict=True))
    flags = st.lists(st.sampled_from(declared), unique=True, max_size=2).map(frozenset)
    few = st.sampled_from([(), (), (), tuple(declared[:1])]).map(frozenset)
    moves = draw(st.dictionaries(st.sampled_from(POOL), st.sampled_from(declared), max_size=2))
    removals = draw(
        st.lists(st.tuples(st.sampled_from(POOL), st.none() | st.integers(0, len(live) - 1)), max_size=2, unique=True)
    )
    if draw(st.booleans()):  # an object makes room for what is created or renamed, although something may use it
        free = [one for one in range(len(live)) if one not in pins.values()]
        removals = [(live[one], one) for one in free[: draw(st.integers(1, 2))]]
    mentions: dict[str, str] = {}
    references: dict[int, int] = {}
    silent: frozenset[str] = frozenset()
    if kind in ("models", "syncs"):
        mentions = draw(st.dictionaries(st.sampled_from(declared), st.sampled_from(declared), max_size=2))
        if kind == "syncs":
            mentions = {one: other for one, other in mentions.items() if one > other}
        pairs = st.lists(st.tuples(*[st.integers(0, len(live) - 1)] * 2), max_size=3)
        references = {one: other for one, other in draw(pairs) if one > other}
    if kind == "models":
        silent = draw(few) - mentions.keys()
    used = draw(st.sampled_from([None, *declared])) if kind in ("models", "connections") else None
    case = Case(
        kind,
        tuple(live),
        pins,
        draw(few),
        draw(flags),
        moves,
        tuple(removals),
        draw(st.booleans()),
        mentions,
        used,
        references,
        silent,
    )
    if contradicts_itself(case) and draw(st.sampled_from([True] * 9 + [False])):
        case = replace(case, moves={}, removals=())
    return case


def contradicts_itself(case: Case) -> bool:
    """Whether the spec is wrong without a look at what is live."""
    removed = [name if one is None else f"{name} (@{one})" for name, one in case.removals]
    if len(set(removed)) < len(removed) or set(removed) & {*case.pins, *case.moves}:
        return True
    if len(set(case.moves.values())) < len(case.moves) or set(case.moves.values()) & set(case.moves):
        return True
    return any(old in case.pins and case.pins[old] is None for old in case.moves)


@dataclass
class Model:
    """Who gets which name: `owner` by position, `doomed` the positions that are deleted, `created` new names."""

    case: Case
    owner: dict[int, str]
    doomed: set[int] = field(default_factory=set)
    created: list[str] = field(default_factory=list)

    def called(self, name: str) -> list[int]:
        """Return the positions of the objects of a live name that nothing in the spec is about yet."""
        free = set(range(len(self.case.live))) - self.owner.keys() - self.doomed
        return sorted(one for one in free if self.case.live[one] == name)

    def give_names(self) -> bool:
        """Decide what each entry of the spec is about; False when one of them cannot be."""
        for name, position in self.case.removals:
            if position is not None and position in self.called(name):
                self.doomed.add(position)
        return all([*map(self.move, self.case.moves.items()), *map(self.declare, self.case.pins), *self.remove()])

    def move(self, entry: tuple[str, str]) -> bool:
        old, new = entry
        if new in self.case.unmanaged:
            return True
        found = self.called(old)
        possible = not found or (self.case.pins[new] is None and not self.called(new) and len(found) == 1)
        self.owner.update(dict.fromkeys(found, new))
        return possible

    def declare(self, name: str) -> bool:
        if name in self.owner.values():
            return True
        found = self.called(name)
        self.owner.update(dict.fromkeys(found, name))
        self.created += [] if found else [name]
        return len(found) == 1 or (not found and name not in self.case.unmanaged)

    def remove(self) -> Iterator[bool]:
        for name, position in self.case.removals:
            if position is None:
                found = self.called(name)
                self.doomed.update(found)
                yield len(found) < 2

    def end(self) -> dict[int | str, str] | None:
        """Return the names in the end, None when a change would take the name of an object that keeps it."""
        if self.case.prune:
            self.doomed |= set(range(len(self.case.live))) - self.owner.keys()
        end: dict[int | str, str] = {f"new {name}": name for name in self.created}
        for one, now in enumerate(self.case.live):
            if one not in self.doomed:
                end[one] = self.owner[one] if one in self.owner and self.owner[one] not in self.case.unmanaged else now
        if any(self.is_in_use(one) for one in self.doomed) or self.is_locked():
            return None
        taken = [name for one, name in end.items() if isinstance(one, str) or name != self.case.live[one]]
        return None if any(Counter(end.values())[name] > 1 for name in taken) else end

    def is_in_use(self, position: int) -> bool:
        """Whether an object mentions the given one, which is deleted, and neither is deleted nor changes that."""
        return any(
            other == position
            and one not in self.doomed
            and (one not in self.owner or self.owner[one] in self.case.silent | self.case.unmanaged)
            for one, other in self.case.references.items()
        )

    def is_locked(self) -> bool:
        """Whether a connection is deleted for its name only after what uses it moves to the new one of that name.

        It cannot get an interim name, as nobody knows its secrets; what a pin renames on the way can.
        """
        name = self.case.used
        if self.case.kind != "connections" or name not in self.created or 0 not in self.doomed:
            return False
        while name in self.case.live:
            holder = self.case.live.index(name)
            if holder == 0:
                return True
            if holder not in self.owner or self.case.pins[self.owner[holder]] is not None:
                return False
            name = self.owner[holder]
        return False


def expected(case: Case) -> dict[int | str, str] | None:
    """Return the names in the end, by position or `new NAME`; None when that cannot be."""
    model = Model(case, {one: name for name, one in case.pins.items() if one is not None})
    return None if contradicts_itself(case) or not model.give_names() else model.end()
