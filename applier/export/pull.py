"""Writes live edits back into the spec files: the smallest change of each file, and the differences that stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path as File

from applier import diff
from applier.diff import FieldChange
from applier.export.edits import NAME, edits_to_live, hides_secret, shares_path
from applier.kinds.base import Canonical, Kind
from applier.kinds.references import mentions_in, reveal_names
from applier.live.snapshot import Live, Snapshot
from applier.plan import Action, Change
from applier.resolve import Declared
from applier.secrets import Scrubber, hide_secrets
from applier.secrets.positions import matches
from applier.secrets.urls import hide_urls_in
from applier.spec.documents.patch import GONE, Edit, apply_edits, edit_value
from applier.spec.resources import Origin, Path
from applier.spec.variables.escaping import escape

NOT_OWN: Mapping[Origin, str] = {
    Origin.LAYER: "the value comes from defaults or from the environment",
    Origin.PLACEHOLDER: "the value comes from a placeholder",
}
"""Why a value is not written where it comes from something else than its resource."""

NOT_IN_PLACE = "the value cannot be changed without changing other parts of the file"
NOT_SEPARATE = "the value has no position of its own in the file"
RENAMED = "the name is the key of the resource. Rename it by hand"
NOT_LIVE = "the resource is not live. Remove it from the spec by hand"
NOT_TO_FILES = "the live value holds a secret. Set it by hand, as a placeholder"
UNNAMED = "the live value refers to an object that does not exist"


@dataclass(frozen=True, slots=True)
class LeftDifference:
    """A difference that stays, and why. The label is empty for a whole resource."""

    address: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class PullResult:
    """Files as they are and as they are to be, the fields that are pulled (address and label), and what is left."""

    before: Mapping[str, bytes] = field(repr=False)
    after: Mapping[str, bytes] = field(repr=False)
    pulled_fields: tuple[tuple[str, str], ...] = ()
    left: tuple[LeftDifference, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that change."""
        return tuple(name for name in self.before if self.before[name] != self.after[name])


def pull_edits(
    changes: Collection[Change], declared: Mapping[str, Declared], snapshot: Snapshot, scrubber: Scrubber
) -> PullResult:
    """Return the files of a spec with the live values of the fields that a plan would change.

    No secret that the scrubber knows is written to a file. Raises OSError.
    """
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    pulled_fields: list[tuple[str, str]] = []
    left: list[LeftDifference] = []
    for change in changes:
        if change.action is Action.CREATE:
            left.append(LeftDifference(change.address, "", NOT_LIVE))
        elif change.action in (Action.UPDATE, Action.RENAME):
            pull = _Pull(change, declared[change.address], snapshot, scrubber)
            file = pull.file
            before.setdefault(file, File(file).read_bytes())
            result = pull.apply(after.get(file, before[file]))
            after[file] = result.data
            pulled_fields += [(change.address, label) for label in result.pulled]
            left += [LeftDifference(change.address, label, reason) for label, reason in result.left.items()]
    return PullResult(before, after, tuple(pulled_fields), tuple(left))


@dataclass(frozen=True, slots=True)
class _Result:
    """A file with the live values of one resource, the labels of its pulled fields, and why others are left."""

    data: bytes = field(repr=False)
    pulled: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pull:
    """The pull of one resource."""

    change: Change
    declared: Declared
    snapshot: Snapshot = field(repr=False)
    scrubber: Scrubber = field(repr=False)

    @property
    def file(self) -> str:
        return self.declared.resource.locate.file

    @property
    def kind(self) -> Kind:
        return self.snapshot.kinds[self.change.kind]

    @property
    def live(self) -> Live:
        return self.snapshot.by_id[self.change.kind, self.change.id or ""]

    def apply(self, data: bytes) -> _Result:
        """Return the file with what can be pulled: everything but what is left for a reason, or nothing."""
        resource = self.declared.resource
        edits = edits_to_live(self.kind, resource, self.live, self.change.fields)
        origins = {one.path: resource.locate.origin(one.path) for one in edits}
        reasons = {path: NOT_OWN[origin] for path, origin in origins.items() if origin in NOT_OWN}
        reasons |= {one.path: NOT_TO_FILES for one in edits if self.holds_secret(one)}
        possible = [one for one in edits if one.path not in reasons]
        base = (resource.kind, resource.name)
        placed = [Edit((*base, *one.path), escape(one.value)) for one in possible]
        new, failed = apply_edits(data, resource.locate.position, placed)
        reasons |= {one.path[len(base) :]: NOT_IN_PLACE for one in failed}
        pulled = self.canonical([one for one in possible if one.path not in reasons])
        remaining = {one.path for one in diff.changes(self.kind, pulled, self.live.canonical)}
        if remaining - {one.path for one in self.change.fields}:
            return self.leave_all(data, NOT_IN_PLACE)
        if self.names_missing_object(pulled):
            return self.leave_all(data, UNNAMED)
        left = {one.label: _reason_left(one, reasons) for one in self.change.fields if one.path in remaining}
        left |= {one.label: RENAMED for one in self.change.fields if one.path == NAME}
        return _Result(new, tuple(one.label for one in self.change.fields if one.label not in left), left)

    def leave_all(self, data: bytes, why: str) -> _Result:
        """Return the file as it is, with one reason for every field."""
        return _Result(data, left={one.label: why for one in self.change.fields})

    def canonical(self, edits: Collection[Edit]) -> Canonical:
        """Return the declared resource after the edits, in canonical form."""
        body = reduce(lambda body, one: edit_value(body, one.path, one.value), edits, self.declared.resource.body)
        return reveal_names(self.kind, self.kind.from_spec(body))

    def holds_secret(self, edit: Edit) -> bool:
        """Return whether an edit would write a secret to the file, in a value, as a key, or in a URL."""
        keys = [one for one in edit.path if isinstance(one, str)]
        if self.scrubber.holds_secret(edit.value) or hide_urls_in(edit.value) != edit.value:
            return True
        if edit.value is not GONE and self.is_hidden(edit.path):
            return True
        return hide_secrets(keys, self.scrubber) != keys

    def is_hidden(self, path: Path) -> bool:
        """Return whether the plan hides the live value that an edit of a member that may be secret would write."""
        steps = tuple(map(str, path))
        may_be_secret = any(matches(one[: len(steps)], steps[: len(one)]) for one in self.kind.confidential)
        return may_be_secret and any(
            hides_secret(one.before) and shares_path(path, one.path) for one in self.change.fields
        )

    def names_missing_object(self, canonical: Canonical) -> bool:
        """Return whether the edits bring in the name of an object that is not live."""
        brought = {one.address for one in mentions_in(self.kind, canonical)} - {*self.declared.needs}
        return any(not self.snapshot.at(address) for address in brought)


def _reason_left(change: FieldChange, reasons: Mapping[Path, str]) -> str:
    """Return why a field stays: the reason of the edit that would have pulled it."""
    if hides_secret(change.before):
        return NOT_TO_FILES
    return next((why for path, why in reasons.items() if shares_path(path, change.path)), NOT_SEPARATE)
