"""Refuses to change the service's own objects, such as built-in roles, in ways that the service refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Change
from applier.resolve import Declared

DECLARE = "declare it with managed: false"
KEEP = "take it out of the spec, or declare it with managed: false"


def find_system_object_problems(
    declared: Collection[Declared], changes: Collection[Change], snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """Return an error for each managed resource, and each change, that the service refuses for its own objects."""
    read_only: set[str] = set()
    for one in declared:
        resource = one.resource
        for live in snapshot.at(resource.address):
            if resource.managed and KINDS[live.kind].is_read_only(live.answer):
                read_only.add(live.id)
                yield _refuse(live, "managed", resource.place, DECLARE)
    for change in changes:
        found = snapshot.by_id.get((change.kind, change.id or ""))
        if found is None or found.id in read_only or not KINDS[found.kind].is_system(found.answer):
            continue
        if change.action in (Action.DELETE, Action.REPLACE):
            yield _refuse(found, "deleted", change.place, KEEP)
        elif change.action is Action.RENAME:
            yield _refuse(found, "renamed", change.place, DECLARE)


def _refuse(live: Live, verb: str, place: Place | None, hint: str) -> Diagnostic:
    noun = KINDS[live.kind].noun
    detail = f'The {noun} "{live.live_name}" is built in and cannot be {verb}.'
    return diagnose("system-object", detail, place, hint, address=live.address)
