"""The parts of a pull, from whole resources down to what only moves together, and their edits in the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path as File

from applier import diff
from applier.export.edits import BodyEdit, edits_to_live, shares_path
from applier.export.pull_targets import Target, Targets, name_users, write_edit
from applier.export.pull_trial import Refusal
from applier.live.snapshot import Live
from applier.plan import Change
from applier.resolve import Declared
from applier.secrets import Scrubber
from applier.spec.documents.patch import GONE
from applier.spec.documents.patch_lists import Kept
from applier.spec.resources import Path, Spec

UNNAMED = "the live value refers to an object that does not exist"
NOT_ALONE = "the value cannot be changed alone"


Write = tuple[Target, BodyEdit]
"""An edit and where it is made."""


@dataclass(frozen=True, slots=True)
class Part:
    """A resource, one of its members, or one group of edits in that: those at or below `path`."""

    address: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Pull:
    """The pull of one resource: the edits by the order of lists, and the paths that differ from what is live.

    `blocked` has why an edit is never made, by its path in the body; what moves only together is blocked together.
    """

    targets: Targets
    live: Live = field(repr=False)
    edits: Mapping[bool, tuple[BodyEdit, ...]] = field(repr=False)
    blocked: Mapping[Path, str]
    differing: frozenset[Path]
    files: Mapping[str, str] = field(repr=False)

    @classmethod
    def create(cls, change: Change, declared: Declared, live: Live, spec: Spec, scrubber: Scrubber) -> Pull:
        """Return the pull of what is left of a change; no edit is made yet."""
        resource, kind = declared.resource, declared.kind
        targets = Targets(change, resource, kind, scrubber, spec.inputs)
        differing = frozenset(one.path for one in diff.changes(kind, declared.canonical, live.canonical))
        fields = [one for one in change.fields if one.path in differing]
        edits = {order: edits_to_live(kind, resource, live, fields, in_live_order=order) for order in (False, True)}
        files = {address: f"{one.place.file}:{one.place.line}" for address, one in spec.resources.items()}
        made = cls(targets, live, edits, {}, differing, files)
        return replace(made, blocked=made.find_blocked())

    def find_blocked(self) -> dict[Path, str]:
        """Return why edits are never made. The member that decides over a mapping takes all others along."""
        every = [*self.edits[False], *self.edits[True]]
        blocked = {one.declared: why for one in every if (why := self.targets.reason_against(one))}
        for path, decisive in self.targets.kind.variants.items():
            why = blocked.get((*path, decisive))
            label = ".".join(map(str, (*path, decisive)))
            if why is not None:
                together = f"it belongs to {label}, and there {why}"
                blocked |= {
                    one.declared: together
                    for one in every
                    if one.declared[: len(path)] == path and one.declared not in blocked
                }
        for one in every:
            if one.declared in blocked and _moves_items(one):
                why = blocked[one.declared]
                below = (other for other in every if other.declared[: len(one.declared)] == one.declared)
                blocked |= {other.declared: why for other in below}
        return blocked

    def edits_of(self, part: Part, *, in_live_order: bool) -> list[BodyEdit]:
        """Return the edits of a part that can be made."""
        every = self.edits[in_live_order]
        return [one for one in every if one.path[: len(part.path)] == part.path and one.declared not in self.blocked]

    def writes_of(self, part: Part, in_live_order: bool, level: int) -> list[Write]:
        """Return the edits of a part with the targets that they have at a level."""
        edits = self.edits_of(part, in_live_order=in_live_order)
        found = [(self.targets.find(one, level), one) for one in edits]
        return [(target, _as_override(one) if level and target.is_override else one) for target, one in found if target]

    def split(self, part: Part) -> list[Part]:
        """Return the smaller parts of one; the part itself if all of it moves together."""
        edits = self.edits_of(part, in_live_order=False)
        for depth in (1, 0):
            paths = dict.fromkeys(one.path[:1] if depth else self.path_of_group(one) for one in edits)
            if len(paths) > 1 and not any(part.path == one for one in paths):
                return [Part(part.address, path) for path in paths]
        return [part]

    def path_of_group(self, edit: BodyEdit) -> Path:
        """Return the path below which everything moves together with an edit."""
        groups = [*self.targets.kind.variants, *(one.path for one in self.edits[False] if _moves_items(one))]
        around = [one for one in groups if edit.path[: len(one)] == one]
        return min(around, key=len, default=edit.path)

    def has_effect(self, part: Part, before: frozenset[Path], after: frozenset[Path]) -> bool:
        """Return whether each member of a part that is edited has fewer differences than before."""
        members = {one.path[:1] for one in self.edits_of(part, in_live_order=False)}
        return all(any(shares_path(member, path) for path in before - after) for member in members)

    def note(self, part: Part, refusal: Refusal | str, reasons: dict[Path, str]) -> None:
        """Add the reason why a part is not pulled."""
        for one in self.edits_of(part, in_live_order=False):
            reasons[one.declared] = self.reason_of(refusal, one)

    def reason_of(self, refusal: Refusal | str, edit: BodyEdit) -> str:
        """Return why an edit is not made, with the place where the value comes from."""
        at = self.targets.line(edit.declared)
        if isinstance(refusal, str):
            return refusal if "anchor at" in refusal else f"{refusal or NOT_ALONE}: {at}"
        if refusal.missing:
            return f"{UNNAMED}: {at}"
        if refusal.errors:
            return f"the spec would not be valid: {refusal.errors[0].detail} {at}"
        target = self.targets.find(edit, 0)
        used = f"which {name_users(refusal.others, self.files)}, too"
        if target is not None and target.place is None:
            return f"the value comes from {target.file}, {used}"
        section = target.place.section if target is not None and target.place is not None else ""
        return f"the value comes from {section or 'a part of the spec'} at {at}, {used}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Contents of files after edits, by real path, with the name and the content before of each."""

    contents: Mapping[File, bytes] = field(default_factory=dict, repr=False)
    names: Mapping[File, str] = field(default_factory=dict, compare=False)
    originals: Mapping[File, bytes] = field(default_factory=dict, compare=False, repr=False)

    def add(self, writes: Iterable[Write]) -> tuple[Attempt, str | None]:
        """Return the attempt with more edits, or why one of them cannot be made. Raises OSError."""
        contents, names, originals = dict(self.contents), dict(self.names), dict(self.originals)
        for target, edit in writes:
            real = target.real
            if not real.is_file():
                return self, f"{target.file} is not a file that can be written"
            if real not in originals:
                originals[real] = real.read_bytes()
                names[real] = target.file
            data, failure = write_edit(target, edit, contents.get(real, originals[real]))
            if data is None:
                return self, failure
            contents[real] = data
        contents = {one: data for one, data in contents.items() if data != originals[one]}
        return Attempt(contents, names, originals), None

    @property
    def digest(self) -> str:
        """What tells these contents from others."""
        parts = sorted((str(one), sha256(data).hexdigest()) for one, data in self.contents.items())
        return sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()

    def files(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the files that change before and after, by name."""
        before = {self.names[one]: self.originals[one] for one in self.contents}
        return before, {self.names[one]: data for one, data in self.contents.items()}


def _as_override(edit: BodyEdit) -> BodyEdit:
    """Return the edit as overrides say it: null takes away what is below them."""
    return replace(edit, value=None) if edit.value is GONE else edit


def _moves_items(edit: BodyEdit) -> bool:
    """Return whether an edit gives a list other items, so that edits inside of them depend on it."""
    return isinstance(edit.value, list) and any(isinstance(one, Kept) for one in edit.value)
