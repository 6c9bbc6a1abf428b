"""Explains a comparison field by field: declared value, live value, and the rule by which they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applier import diff
from applier.kinds.base import Canonical, Kind
from applier.kinds.field_table import FieldClass
from applier.kinds.secret_members import is_masked
from applier.secrets import OURS, PATH, SENSITIVE, VALUE, redact
from applier.secrets.positions import hide_collections, redact_both, secret_collections
from applier.secrets.urls import hide_urls_in


@dataclass(frozen=True, slots=True)
class Row:
    """One field. `declared` and `live` contain no secrets and are None where there is nothing; `why` is the rule."""

    path: diff.Keys = field(metadata=PATH)
    declared: object = field(metadata=VALUE)
    live: object = field(metadata=VALUE)
    rule: FieldClass
    why: str = field(metadata=OURS)
    equal: bool

    @property
    def label(self) -> str:
        """The path as people write it: `fields.EMAIL.field`."""
        return ".".join(self.path)


def explain_fields(kind: Kind, declared: Canonical, live: Canonical | None) -> tuple[Row, ...]:
    """Return one row for each field of either side, by path. Without a live object, every field differs."""
    expected = kind.normalize(kind.reconcile(declared, live) if live is not None else declared)
    actual = kind.normalize(live) if live is not None else {}
    left, right = ({path: value for path, value in diff.flatten(one) if path} for one in (expected, actual))
    different = [one.path for one in diff.changes(kind, declared, live)] if live is not None else [()]
    unequal = {path for path in {*left, *right} if any(diff.overlaps(path, one) for one in different)}
    secret = secret_collections({path: left[path] for path in unequal & left.keys()}, kind.confidential)
    right |= {path: hide_collections(right[path], path, secret) for path in unequal & right.keys()}
    return tuple(
        _row(kind, path, left.get(path), right.get(path), equal=path not in unequal)
        for path in sorted({*left, *right})
        if path in left or not _has_members(path, left)
    )


def _row(kind: Kind, path: diff.Keys, declared: object, live: object, *, equal: bool) -> Row:
    row = kind.row(path)
    hidden, _ = redact_both(live, declared)
    shown = SENSITIVE if is_masked(live) and kind.may_mask(path) else hidden
    return Row(path, hide_urls_in(redact(declared)), hide_urls_in(shown), row.rule, row.why, equal)


def _has_members(path: diff.Keys, leaves: Mapping[diff.Keys, object]) -> bool:
    """True for an empty mapping of which the other side has members."""
    return any(len(one) > len(path) and one[: len(path)] == path for one in leaves)
