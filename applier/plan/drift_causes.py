"""Where each difference comes from: the file changed since a base, the service did, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from applier import diff
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Cause, Change, Plan
from applier.resolve import Declared, DeclaredResources


def with_causes(plan: Plan, base: DeclaredResources, forms: DeclaredResources, snapshot: Snapshot) -> Plan:
    """The plan with a cause on every change and field. `base` is what was declared when live was last as declared."""
    return replace(plan, changes=tuple(_caused(one, base, forms, snapshot) for one in plan.changes))


def _caused(change: Change, base: DeclaredResources, forms: DeclaredResources, snapshot: Snapshot) -> Change:
    before, declared = base.get(change.address), forms.get(change.address)
    if change.action is Action.CREATE:
        return replace(change, cause=Cause.DRIFT if before else Cause.CONFIG)
    live = snapshot.by_id.get((change.kind, change.id or ""))
    if change.action is Action.DELETE and live is not None:
        return replace(change, cause=_of_delete(change, before, live))
    if before is None or declared is None or live is None or not before.resource.managed:
        return replace(change, cause=Cause.CONFIG)
    drifted, edited = _drifted(before, live), _edited(before, declared)
    fields = tuple(replace(one, cause=_cause(one, drifted, edited)) for one in change.fields)
    causes = {one.cause for one in fields}
    return replace(change, fields=fields, cause=causes.pop() if len(causes) == 1 else Cause.BOTH)


def _of_delete(change: Change, before: Declared | None, live: Live) -> Cause:
    """What nobody has named and the base does not know was made in the service; what it knows may be edited there."""
    if before is None:
        return Cause.CONFIG if change.place else Cause.DRIFT
    return Cause.BOTH if before.resource.managed and _drifted(before, live) else Cause.CONFIG


def _drifted(before: Declared, live: Live) -> Mapping[tuple[str, ...], FieldChange]:
    """What somebody did to the service: the base against live."""
    kind = KINDS[live.kind]
    return {one.path: one for one in diff.changes(kind, before.canonical, live.canonical)}


def _edited(before: Declared, declared: Declared) -> Mapping[tuple[str, ...], FieldChange]:
    """What somebody did to the files: the base against the spec."""
    kind = KINDS[declared.resource.kind]
    return {one.path: one for one in diff.changes(kind, declared.canonical, before.canonical)}


def _cause(
    one: FieldChange, drifted: Mapping[tuple[str, ...], FieldChange], edited: Mapping[tuple[str, ...], FieldChange]
) -> Cause:
    service, file = (any(diff.overlaps(one.path, other) for other in paths) for paths in (drifted, edited))
    if service and file:
        return Cause.BOTH
    return Cause.DRIFT if service else Cause.CONFIG
