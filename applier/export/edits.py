"""Which edits of a resource's body make it say what is live."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from applier import diff
from applier.diff import FieldChange
from applier.export.layout import format_value
from applier.kinds.base import Kind
from applier.kinds.secret_members import is_masked
from applier.live.snapshot import Live
from applier.secrets import SENSITIVE, Secret, redact
from applier.spec.documents.patch import GONE
from applier.spec.documents.patch_lists import Kept
from applier.spec.resources import Path, Resource

NAME = ("name",)
"""The path of a rename in a plan; the body does not hold the name."""
NAMING = ("name", "field", "target", "from", "column", "schema", "model", "id")
"""The members that say what an item of a list is about."""


@dataclass(frozen=True, slots=True)
class BodyEdit:
    """A new value at a path below a body. `declared` is the path at which the body has the value before all edits.

    The two paths differ below a list whose items get another order.
    """

    path: Path
    value: object = field(repr=False)
    declared: Path


def edits_to_live(
    kind: Kind, resource: Resource, live: Live, fields: Collection[FieldChange], *, in_live_order: bool = False
) -> tuple[BodyEdit, ...]:
    """Return the edits below the body for the fields that a plan would change back, but for the name and secrets.

    Items of lists stay in the order of the file with new ones at the end, or get the order that is live.
    """
    exported = kind.to_spec(live.canonical, live.answer, resource.body)
    differing: dict[Path, FieldChange] = {one.path: one for one in fields if one.path != NAME}
    comparison = _Comparison(kind.name, differing, in_live_order)
    return tuple(comparison.edits(resource.body, exported, (), ()))


def shares_path(path: Path, other: Path) -> bool:
    """Return whether one path leads through the other, as far as both go by keys.

    Paths of a plan and of a body go by different steps below a list.
    """
    keys = takewhile(lambda step: isinstance(step, str), path)
    return all(one == two for one, two in zip(keys, other, strict=False))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares a declared body with the body that an export would write; `fields` are the differences of the plan."""

    kind: str
    fields: Mapping[Path, FieldChange] = field(repr=False)
    in_live_order: bool

    def edits(self, declared: object, live: object, path: Path, old: Path) -> Iterator[BodyEdit]:
        """Yield the edits at or below a path, which was `old` before, only where the plan has a difference."""
        if not self.differs(path) or isinstance(declared, Secret) or isinstance(live, Secret):
            return
        if isinstance(declared, dict) and isinstance(live, dict):
            for key in {**live, **declared}:
                yield from self.member_edits(declared, live, (*path, key), (*old, key))
        elif diff.equal(declared, live):
            return
        elif isinstance(declared, list) and isinstance(live, list):
            yield from self.list_edits(declared, live, path, old)
        else:
            yield self.edit(path, live, old)

    def member_edits(
        self, declared: Mapping[str, object], live: Mapping[str, object], path: Path, old: Path
    ) -> Iterator[BodyEdit]:
        key = str(path[-1])
        if key in declared and key in live:
            yield from self.edits(declared[key], live[key], path, old)
        elif self.differs(path):
            value = live[key] if key in live else _value_before(self.fields.get(path))
            if not _holds_secret(value) and not (key not in live and hides_secret(value)):
                yield self.edit(path, value, old)

    def list_edits(self, declared: list[object], live: list[object], path: Path, old: Path) -> Iterator[BodyEdit]:
        """Yield the edit that puts the items in their order, then those inside of items that stay."""
        pairs = pair_items(declared, live)
        if not self.in_live_order:
            pairs.sort(key=lambda pair: len(declared) if pair[0] is None else pair[0])
        if [one for one, _ in pairs] != [*range(len(declared))]:
            new = (self.format(other, (*path, index)) for index, (_, other) in enumerate(pairs))
            items = [value if one is None else Kept(one) for (one, _), value in zip(pairs, new, strict=True)]
            yield BodyEdit(path, items, old)
        for index, (one, other) in enumerate(pairs):
            if one is not None:
                yield from self.edits(declared[one], other, (*path, index), (*old, one))

    def differs(self, path: Path) -> bool:
        return any(shares_path(path, one) for one in self.fields)

    def edit(self, path: Path, value: object, old: Path) -> BodyEdit:
        return BodyEdit(path, self.format(value, path), old)

    def format(self, value: object, path: Path) -> object:
        return value if value is GONE else format_value(self.kind, value, path)


def pair_items(declared: Sequence[object], live: Sequence[object]) -> list[tuple[int | None, object]]:
    """Return each live item with the position of the declared item that it is: None for one that is new.

    Equal items belong together first, then those that name the same thing, then those without any name by position.
    """
    free = dict(enumerate(declared))
    found: dict[int, int] = {}
    for same in (diff.equal, _name_the_same, _are_nameless):
        for number, one in enumerate(live):
            candidates = [number] if same is _are_nameless else [*free]
            match = next((index for index in candidates if index in free and same(free[index], one)), None)
            if number not in found and match is not None:
                found[number] = match
                del free[match]
    return [(found.get(number), one) for number, one in enumerate(live)]


def _name_the_same(one: object, other: object) -> bool:
    names = [_names(one), _names(other)]
    return bool(names[0]) and diff.equal(*names)


def _are_nameless(one: object, other: object) -> bool:
    return isinstance(one, dict) and isinstance(other, dict) and not _names(one) and not _names(other)


def _names(item: object) -> dict[str, object]:
    return {key: item[key] for key in NAMING if key in item} if isinstance(item, dict) else {}


def _value_before(change: FieldChange | None) -> object:
    """Return the live value of a member that an export leaves out: the one of the plan, if the plan shows one."""
    before = change.before if change else None
    return before if isinstance(before, bool | int | float | str) and not is_masked(before) else GONE


def hides_secret(value: object) -> bool:
    """Return whether a value of a plan stands for a live one that holds a secret."""
    return isinstance(value, str) and SENSITIVE in value


def _holds_secret(value: object) -> bool:
    return value is not GONE and redact(value) != value
