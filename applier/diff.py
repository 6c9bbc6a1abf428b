"""Compares a declared and a live canonical form, field by field, under the field classes of the kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from applier.kinds.base import Canonical, Kind, is_blank, mapping
from applier.kinds.field_table import Field, FieldClass
from applier.kinds.secret_members import is_masked
from applier.secrets import OURS, PATH, VALUE, redact
from applier.secrets.positions import hide_collections, redact_both, secret_collections
from applier.secrets.urls import hide_urls_in
from applier.spec.documents.scalars import same_number

if TYPE_CHECKING:
    from deepdiff import DeepDiff
    from deepdiff.model import DiffLevel

ABSENT = object()
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; None stands for absent. Values contain no secrets.

    `cause` needs a base, except for secrets.
    """

    path: Keys = field(metadata=PATH)
    before: object = field(metadata=VALUE)
    after: object = field(metadata=VALUE)
    cause: str = field(default="", metadata=OURS)

    def __post_init__(self) -> None:
        """Hide passwords and tokens in URLs, which the spec need not know: the live side may have others."""
        object.__setattr__(self, "before", hide_urls_in(self.before))
        object.__setattr__(self, "after", hide_urls_in(self.after))

    @property
    def label(self) -> str:
        """The path as people write it: `fields.EMAIL.field`."""
        return ".".join(self.path)


def changes(kind: Kind, declared: Canonical, live: Canonical) -> tuple[FieldChange, ...]:
    """Return the differences by path, none when both mean the same; docs/architecture.md#comparison has the rules."""
    reconciled = kind.reconcile(declared, live)
    after, before = compare_fields(kind, kind.normalize(reconciled), kind.normalize(live), ())
    return () if equal(after, before) else _deep_differences(mapping(before), mapping(after), kind.confidential)


def converges_to(kind: Kind, declared: Canonical, planned: Canonical, now: Canonical) -> bool:
    """True when everything that differs between two live forms is as declared by now: another run applied the same."""
    before, after = kind.normalize(planned), kind.normalize(now)
    if equal(before, after):
        return True
    expected, remaining = kind.normalize(kind.reconcile(declared, now)), changes(kind, declared, now)
    edited = [one.path for one in _deep_differences(before, after)]
    return all(
        (member(expected, path) is not None or member(after, path) is None)
        and not any(overlaps(path, one.path) for one in remaining)
        for path in edited
    )


def leaves(kind: Kind, declared: Canonical) -> tuple[FieldChange, ...]:
    """Return every declared field as a change from nothing, which is what a create shows."""
    return tuple(FieldChange(path, None, redact(value)) for path, value in flatten(kind.normalize(declared)))


def equal(one: object, other: object) -> bool:
    """Compare values so that `true` and `1` differ, but `10` and `10.0` do not (docs/api/behaviours.md#value-types).

    Numbers are equal when they are written as the same decimal number: 1e20 is 100000000000000000000.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return same_number(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


def compare_fields(kind: Kind, declared: object, live: object, path: Keys) -> tuple[object, object]:
    """Return the parts of both sides that count by the table of fields; `ABSENT` on both sides if none does."""
    if path and _is_irrelevant(kind.row(path), declared, live):
        return ABSENT, ABSENT
    if declared is not ABSENT and kind.may_mask(path):
        live = _fill_masks(declared, live)
    if not (isinstance(declared, Mapping) or isinstance(live, Mapping)):
        return declared, live
    if not all(isinstance(side, Mapping) or side is ABSENT for side in (declared, live)):
        return declared, live
    return _compare_members(kind, declared, live, path)


def _is_irrelevant(row: Field, declared: object, live: object) -> bool:
    if row.rule is FieldClass.WRITE_ONLY or (row.rule is FieldClass.OPTIONAL and declared is ABSENT):
        return True
    is_lenient = row.rule is FieldClass.OPTIONAL or row.loose
    return is_lenient and all(side is ABSENT or is_blank(side) for side in (declared, live))


def _fill_masks(declared: object, live: object) -> object:
    """Return the live value with the declared one in place of each mask, which may hide anything.

    See docs/api/behaviours.md#masked-secrets and docs/api/behaviours.md#nested-secrets.
    """
    if is_masked(live) and not is_blank(declared):
        return declared
    if isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        return [_fill_masks(left, right) for left, right in zip(declared, live, strict=True)]
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return {key: _fill_masks(declared.get(key), value) for key, value in live.items()}
    return live


def _compare_members(kind: Kind, declared: object, live: object, path: Keys) -> tuple[object, object]:
    expected, actual = mapping(declared), mapping(live)
    after: dict[str, object] = {}
    before: dict[str, object] = {}
    for key in dict.fromkeys((*expected, *actual)):
        left, right = compare_fields(kind, expected.get(key, ABSENT), actual.get(key, ABSENT), (*path, key))
        if left is not ABSENT:
            after[key] = left
        if right is not ABSENT:
            before[key] = right
    return after or ABSENT, before or ABSENT  # a mapping without a member that counts is as good as absent


def _deep_differences(
    before: Mapping[str, object], after: Mapping[str, object], confidential: Collection[Keys] = ()
) -> tuple[FieldChange, ...]:
    paths = _differing_paths(before, after)
    leaf_paths = {leaf for path in paths for leaf in _leaf_paths(path, member(before, path), member(after, path))}
    sides = {path: (member(before, path), member(after, path)) for path in leaf_paths}
    secret = secret_collections({path: new for path, (_, new) in sides.items()}, confidential)
    found = [
        FieldChange(path, *redact_both(hide_collections(old, path, secret), new)) for path, (old, new) in sides.items()
    ]
    return tuple(sorted(found, key=lambda one: one.path))


def _differing_paths(before: Mapping[str, object], after: Mapping[str, object]) -> set[Keys]:
    """Return the path of each difference inside nested mappings; a list is compared, and shown, as a whole."""
    from deepdiff import DeepDiff  # slow to import, and only needed when something differs

    tree = DeepDiff(before, after, view="tree", custom_operators=[_WholeValues()], threshold_to_diff_deeper=0)
    return {tuple(item.path(output_format="list")) for group in tree.values() for item in group}


class _WholeValues:
    """An operator of DeepDiff that compares everything but two mappings with `equal`.

    DeepDiff alone takes numbers for equal whose first 12 digits are, and descends into lists.
    """

    def match(self, level: DiffLevel) -> bool:
        """Return whether the operator compares the two values."""
        return not (isinstance(level.t1, Mapping) and isinstance(level.t2, Mapping))

    def give_up_diffing(self, level: DiffLevel, diff_instance: DeepDiff) -> bool:
        """Report the two values if they differ; DeepDiff does not look further."""
        if not equal(level.t1, level.t2):
            diff_instance.custom_report_result("values_changed", level)
        return True


def _leaf_paths(path: Keys, before: object, after: object) -> list[Keys]:
    """Return the path, or the path of each member when the whole mapping was added or removed."""
    if (before is None) is (after is None):
        return [path]
    return [leaf for leaf, _ in flatten(before if after is None else after, path)]


def member(value: object, path: Keys) -> object:
    """Return the value at a path of nested mappings, None if there is none."""
    for key in path:
        value = mapping(value).get(key)
    return value


def overlaps(path: Keys, other: Keys) -> bool:
    """True when one of the two paths lies inside the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def flatten(value: object, path: Keys = ()) -> list[tuple[Keys, object]]:
    """Return the values of nested mappings by path; an empty mapping is a value."""
    if isinstance(value, Mapping) and value:
        return [leaf for key, child in value.items() for leaf in flatten(child, (*path, str(key)))]
    return [(path, value)]
