"""Points out a create that looks like the rename of something live that the spec no longer declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier import diff
from applier.diagnostics import Diagnostic, diagnose
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.resolve import Declared

MOST_COMPARED = 5000  # pairs; beyond that a whole workspace is new, and nothing was renamed
DIFFERENT = 4  # one member in so many may differ


def likely_renames(
    created: Collection[Declared], declared: Collection[str], snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """A warning for each create whose only near twin is live and undeclared."""
    strangers: dict[str, list[Live]] = {}
    for live in snapshot.by_id.values():
        kind = KINDS[live.kind]
        if live.address not in declared and not kind.is_labelled and not kind.is_system(live.answer):
            strangers.setdefault(live.kind, []).append(live)
    if sum(len(strangers.get(form.resource.kind, ())) for form in created) > MOST_COMPARED:
        return
    twins = {form.resource.address: _twins(form, strangers) for form in created}
    for form in created:
        found = twins[form.resource.address]
        if len(found) == 1 and sum(found[0] in others for others in twins.values()) == 1:
            yield _pointed_out(form, found[0])


def _twins(form: Declared, strangers: Mapping[str, list[Live]]) -> list[Live]:
    return [live for live in strangers.get(form.resource.kind, ()) if _nearly_the_same(form, live)]


def _nearly_the_same(form: Declared, live: Live) -> bool:
    differing = {one.path[0] for one in diff.changes(KINDS[live.kind], form.canonical, live.canonical)}
    return len(differing) <= len(form.canonical) // DIFFERENT


def _pointed_out(form: Declared, live: Live) -> Diagnostic:
    resource = form.resource
    noun = KINDS[resource.kind].noun
    return diagnose(
        "likely-rename",
        f'The {noun} "{resource.name}" would be created, and the live {noun} "{live.name}", which is not declared, '
        "is nearly the same.",
        resource.place,
        f'if it is that one, say so: moved: {{{resource.kind}: {{"{live.name}": "{resource.name}"}}}}',
        address=resource.address,
    )
