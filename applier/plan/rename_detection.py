"""Detects creates that look like a rename of a live object that the spec no longer declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from applier import diff
from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.resolve import Declared
from applier.spec.documents.write import quote

MOST_COMPARED = 5000  # pairs; beyond that a whole workspace is new, and nothing was renamed
DIFFERENT = 4  # one member in so many may differ


@dataclass(frozen=True, slots=True)
class RenameCandidate:
    """A declared resource that is not live, and the one live object that looks like it under another name."""

    declared: Declared
    live: Live

    def describe(self) -> Diagnostic:
        """Return the warning, with what to do if the name was changed in the file, and if it was in Polytomic."""
        resource, noun, old = self.declared.resource, self.declared.kind.noun, self.live.name
        moved = f"moved: {{{resource.kind}: {{{quote(old)}: {quote(resource.name)}}}}}"
        return diagnose(
            "likely-rename",
            f'The {noun} "{resource.name}" is not live. It is almost identical to the live {noun} "{old}", which the '
            "spec does not declare.",
            resource.place,
            f"if it was renamed in the file, or to undo a rename in Polytomic, add: {moved}; to keep a rename in "
            f"Polytomic, change the name in the file to {quote(old)}",
            address=resource.address,
        )


def find_rename_candidates(
    created: Collection[Declared], known: Collection[str], snapshot: Snapshot
) -> Iterator[RenameCandidate]:
    """Yield each create with exactly one similar live object that is not among the `known` addresses."""
    candidates: dict[str, list[Live]] = {}
    for live in snapshot.by_id.values():
        kind = KINDS[live.kind]
        if live.address not in known and not kind.is_labelled and not kind.is_system(live.answer):
            candidates.setdefault(live.kind, []).append(live)
    if sum(len(candidates.get(one.resource.kind, ())) for one in created) > MOST_COMPARED:
        return
    similar = {one.resource.address: _similar_objects(one, candidates) for one in created}
    for one in created:
        found = similar[one.resource.address]
        if len(found) == 1 and sum(found[0] in others for others in similar.values()) == 1:
            yield RenameCandidate(one, found[0])


def _similar_objects(declared: Declared, candidates: Mapping[str, list[Live]]) -> list[Live]:
    return [live for live in candidates.get(declared.resource.kind, ()) if _is_similar(declared, live)]


def _is_similar(declared: Declared, live: Live) -> bool:
    differing = {one.path[0] for one in diff.changes(declared.kind, declared.canonical, live.canonical)}
    return len(differing) <= len(declared.canonical) // DIFFERENT
