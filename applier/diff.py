"""Which fields differ between what is declared and what is live, under the table of field classes of the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.kinds.base import Canonical, Field, FieldClass, Kind, is_blank, is_masked, mapping
from applier.secrets import SENSITIVE, Secret, redact

ABSENT = object()
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; None stands for absent. Values hold no secrets. `cause` is told only beside a base."""

    path: Keys
    before: object
    after: object
    cause: str = ""

    @property
    def label(self) -> str:
        """The path as people write it: `fields.EMAIL.field`."""
        return ".".join(self.path)


def changes(kind: Kind, declared: Canonical, live: Canonical) -> tuple[FieldChange, ...]:
    """The differences by path, none when the two mean the same; the rules are at the end of quirks.md."""
    settled = kind.reconcile(declared, live)
    after, before = compare_fields(kind, kind.normalize(settled), kind.normalize(live), ())
    return () if same(after, before) else _by_deepdiff(mapping(before), mapping(after))


def converges_to(kind: Kind, declared: Canonical, planned: Canonical, now: Canonical) -> bool:
    """True when all that moved between two live forms is by now as declared: another run makes the same."""
    before, after = kind.normalize(planned), kind.normalize(now)
    if same(before, after):
        return True
    want, left = kind.normalize(kind.reconcile(declared, now)), changes(kind, declared, now)
    moved = [one.path for one in _by_deepdiff(before, after)]
    return all(
        (member(want, path) is not None or member(after, path) is None)
        and not any(overlaps(path, one.path) for one in left)
        for path in moved
    )


def leaves(kind: Kind, declared: Canonical) -> tuple[FieldChange, ...]:
    """Every declared field as a change from nothing; what a create shows."""
    return tuple(FieldChange(path, None, redact(value)) for path, value in _leaves(kind.normalize(declared), ()))


def same(one: object, other: object) -> bool:
    """Equality that keeps `true` and `1` apart, but not `10` and `10.0` (quirk 32)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def compare_fields(kind: Kind, declared: object, live: object, path: Keys) -> tuple[object, object]:
    """The parts of both sides that the table lets count; `ABSENT` on both sides where nothing does."""
    if path and _no_matter(kind.row(path), declared, live):
        return ABSENT, ABSENT
    if declared is not ABSENT and kind.may_mask(path):
        live = _unmasked(declared, live)
    if not (isinstance(declared, Mapping) or isinstance(live, Mapping)):
        return declared, live
    if not all(isinstance(side, Mapping) or side is ABSENT for side in (declared, live)):
        return declared, live
    return _members(kind, declared, live, path)


def _no_matter(row: Field, declared: object, live: object) -> bool:
    if row.rule is FieldClass.WRITE_ONLY or (row.rule is FieldClass.OPTIONAL and declared is ABSENT):
        return True
    lenient = row.rule is FieldClass.OPTIONAL or row.loose
    return lenient and all(side is ABSENT or is_blank(side) for side in (declared, live))


def _unmasked(declared: object, live: object) -> object:
    """The live value with what is declared in place of every mask: behind one, anything may be (quirks 1 and 4)."""
    if is_masked(live) and not is_blank(declared):
        return declared
    if isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        return [_unmasked(left, right) for left, right in zip(declared, live, strict=True)]
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return {key: _unmasked(declared.get(key), value) for key, value in live.items()}
    return live


def _members(kind: Kind, declared: object, live: object, path: Keys) -> tuple[object, object]:
    want, have = mapping(declared), mapping(live)
    after: dict[str, object] = {}
    before: dict[str, object] = {}
    for key in dict.fromkeys((*want, *have)):
        left, right = compare_fields(kind, want.get(key, ABSENT), have.get(key, ABSENT), (*path, key))
        if left is not ABSENT:
            after[key] = left
        if right is not ABSENT:
            before[key] = right
    return after or ABSENT, before or ABSENT  # a mapping of which nothing counts is as good as none


def _by_deepdiff(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldChange, ...]:
    from deepdiff import DeepDiff  # slow to import, and only needed when something differs

    tree = DeepDiff(before, after, view="tree", ignore_numeric_type_changes=True, threshold_to_diff_deeper=0)
    paths = {_path(item.path(output_format="list")) for group in tree.values() for item in group}
    whole = {leaf for path in paths for leaf in _spread(path, member(before, path), member(after, path))}
    found = [FieldChange(path, *_hidden(member(before, path), member(after, path))) for path in whole]
    return tuple(sorted(found, key=lambda one: one.path))


def _spread(path: Keys, before: object, after: object) -> list[Keys]:
    """A mapping that came or went as a whole is told member by member."""
    if (before is None) is (after is None):
        return [path]
    return [leaf for leaf, _ in _leaves(before if after is None else after, path)]


def _path(steps: list[str | int]) -> Keys:
    """The way through mappings; a list is shown whole, since a position in it says little to people."""
    keys: list[str] = []
    for step in steps:
        if not isinstance(step, str):
            break
        keys.append(step)
    return tuple(keys)


def member(value: object, path: Keys) -> object:
    """What stands at a path of nested mappings; None where nothing does."""
    for key in path:
        value = mapping(value).get(key)
    return value


def overlaps(path: Keys, other: Keys) -> bool:
    """True when one of the two paths lies inside the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _hidden(before: object, after: object) -> tuple[object, object]:
    """Both sides for showing: where the new value is a secret, the old one was one too; emptiness is none."""
    if isinstance(after, Secret):
        return (None if before is None else SENSITIVE), SENSITIVE if after else ""
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        pairs = {key: _hidden(before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after))}
        return {key: pairs[key][0] for key in before}, {key: pairs[key][1] for key in after}
    if isinstance(after, list) and any(isinstance(redact(one), str) and redact(one) == SENSITIVE for one in after):
        return SENSITIVE, SENSITIVE
    return redact(before), redact(after)


def _leaves(value: object, path: Keys) -> list[tuple[Keys, object]]:
    if isinstance(value, Mapping) and value:
        return [leaf for key, member in value.items() for leaf in _leaves(member, (*path, str(key)))]
    return [(path, value)]
