"""Finds where each difference comes from: the spec changed since a base, the workspace did, or both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from applier import diff
from applier.diff import FieldChange, Keys
from applier.live.snapshot import Live, Snapshot
from applier.plan.changes import Action, Cause, Change, Plan
from applier.resolve import Declared, DeclaredResources


def with_causes(plan: Plan, base: DeclaredResources, declared: DeclaredResources, snapshot: Snapshot) -> Plan:
    """Return the plan with a cause on every change and field.

    `base` is what was declared when the workspace last matched the spec.
    """
    return replace(plan, changes=tuple(_with_cause(one, base, declared, snapshot) for one in plan.changes))


def _with_cause(change: Change, base: DeclaredResources, declared: DeclaredResources, snapshot: Snapshot) -> Change:
    before, after = base.get(change.address), declared.get(change.address)
    if change.action is Action.CREATE:
        return replace(change, cause=Cause.DRIFT if before else Cause.CONFIG)
    live = snapshot.by_id.get((change.kind, change.id or ""))
    if change.action is Action.DELETE and live is not None:
        return replace(change, cause=_cause_of_delete(change, before, live))
    if before is None or after is None or live is None or not before.resource.managed:
        return replace(change, cause=Cause.CONFIG)
    in_workspace, in_spec = _live_edits(before, live), _spec_edits(before, after)
    fields = tuple(replace(one, cause=_cause_of_field(one, in_workspace, in_spec)) for one in change.fields)
    causes = {one.cause for one in fields}
    return replace(change, fields=fields, cause=causes.pop() if len(causes) == 1 else Cause.BOTH)


def _cause_of_delete(change: Change, before: Declared | None, live: Live) -> Cause:
    """Return where a delete comes from.

    An object that neither spec nor base names was created in the workspace; one in the base may be edited there.
    """
    if before is None:
        return Cause.CONFIG if change.place else Cause.DRIFT
    return Cause.BOTH if before.resource.managed and _live_edits(before, live) else Cause.CONFIG


def _live_edits(before: Declared, live: Live) -> Collection[Keys]:
    """Return the paths that changed in the workspace: base against live."""
    return [one.path for one in diff.changes(before.kind, before.canonical, live.canonical)]


def _spec_edits(before: Declared, after: Declared) -> Collection[Keys]:
    """Return the paths that changed in the spec: base against spec."""
    return [one.path for one in diff.changes(after.kind, after.canonical, before.canonical)]


def _cause_of_field(field: FieldChange, in_workspace: Collection[Keys], in_spec: Collection[Keys]) -> Cause:
    service, file = (any(diff.overlaps(field.path, one) for one in paths) for paths in (in_workspace, in_spec))
    if service and file:
        return Cause.BOTH
    return Cause.DRIFT if service else Cause.CONFIG
