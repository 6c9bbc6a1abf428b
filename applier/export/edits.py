"""Which edits of a resource's body make it say what is live."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from applier import diff
from applier.diff import FieldChange
from applier.export.layout import format_value
from applier.kinds.base import Kind
from applier.kinds.secret_members import is_masked
from applier.live.snapshot import Live
from applier.secrets import SENSITIVE, Secret, redact
from applier.spec.documents.patch import GONE, Edit
from applier.spec.resources import Path, Resource

NAME = ("name",)
"""The path of a rename in a plan; the body does not hold the name."""


def edits_to_live(kind: Kind, resource: Resource, live: Live, fields: Collection[FieldChange]) -> tuple[Edit, ...]:
    """Return the edits below the body for the fields that a plan would change back, but for the name and secrets."""
    exported = kind.to_spec(live.canonical, live.answer, resource.body)
    differing: dict[Path, FieldChange] = {one.path: one for one in fields if one.path != NAME}
    return tuple(_Comparison(kind.name, differing).edits(resource.body, exported, ()))


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

    def edits(self, declared: object, live: object, path: Path) -> Iterator[Edit]:
        """Yield the edits at or below a path, only where the plan has a difference."""
        if not self.differs(path) or isinstance(declared, Secret) or isinstance(live, Secret):
            return
        if isinstance(declared, dict) and isinstance(live, dict):
            for key in {**live, **declared}:
                yield from self.member_edits(declared, live, (*path, key))
        elif pairs := _pairs(declared, live):
            for index, (one, other) in enumerate(pairs):
                yield from self.edits(one, other, (*path, index))
        elif not diff.equal(declared, live):
            yield self.edit(path, _keep_order(declared, live))

    def member_edits(self, declared: Mapping[str, object], live: Mapping[str, object], path: Path) -> Iterator[Edit]:
        key = str(path[-1])
        if key in declared and key in live:
            yield from self.edits(declared[key], live[key], path)
        elif self.differs(path):
            value = live[key] if key in live else _value_before(self.fields.get(path))
            if not _holds_secret(value) and not (key not in live and hides_secret(value)):
                yield self.edit(path, value)

    def differs(self, path: Path) -> bool:
        return any(shares_path(path, one) for one in self.fields)

    def edit(self, path: Path, value: object) -> Edit:
        return Edit(path, value if value is GONE else format_value(self.kind, value, path))


def _value_before(change: FieldChange | None) -> object:
    """Return the live value of a member that an export leaves out: the one of the plan, if the plan shows one."""
    before = change.before if change else None
    return before if isinstance(before, bool | int | float | str) and not is_masked(before) else GONE


def hides_secret(value: object) -> bool:
    """Return whether a value of a plan stands for a live one that holds a secret."""
    return isinstance(value, str) and SENSITIVE in value


def _holds_secret(value: object) -> bool:
    return value is not GONE and redact(value) != value


def _pairs(declared: object, live: object) -> list[tuple[object, object]]:
    """Return the items of two lists of mappings of one length, side by side; nothing for other values."""
    if not (isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live)):
        return []
    comparable = all(isinstance(one, dict) for one in (*declared, *live))
    return list(zip(declared, live, strict=True)) if comparable else []


def _keep_order(declared: object, live: object) -> object:
    """Return a list of texts in the order of the file, with new ones at its end; any other value as it is live."""
    if isinstance(declared, list) and isinstance(live, list) and all(isinstance(one, str) for one in live):
        return [one for one in declared if one in live] + [one for one in live if one not in declared]
    return live
