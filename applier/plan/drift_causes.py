"""Finds where each difference comes from: the spec changed since a base, the workspace did, both, or it is unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from applier import diff
from applier.diagnostics import Diagnostic, diagnose
from applier.diff import FieldChange, Keys
from applier.kinds.base import Canonical
from applier.kinds.references import translate_references
from applier.live.snapshot import Live
from applier.plan.changes import NAME, Action, Cause, Change, Plan
from applier.resolve import Declared, DeclaredResources, Resolved, declared_resources
from applier.spec.resources import Spec, address_of

MOST_NAMED = 5  # addresses in one message


@dataclass(frozen=True, slots=True)
class Base:
    """The spec as it was when the workspace last matched it; `reference` names it in messages.

    `absent_files` has the spec files of now that it does not have under any name, with the reason.
    `absent_environment` is the chosen environment if the base does not have it: then it says nothing about any object.
    `warnings` are about the reference itself.
    """

    reference: str
    spec: Spec = field(repr=False)
    absent_files: Mapping[str, str] = field(default_factory=dict)
    absent_environment: str = ""
    warnings: tuple[Diagnostic, ...] = ()


def with_causes(plan: Plan, base: Base, spec: Spec, resolved: Resolved) -> Plan:
    """Return the plan with a cause on every change and field, and a warning for what the base does not know."""
    past = _Past.of(base, spec, resolved)
    changes = tuple(_with_cause(one, past) for one in plan.changes)
    unknown = [one for one in changes if one.cause is Cause.UNKNOWN]
    return replace(plan, changes=changes, diagnostics=(*plan.diagnostics, *_describe_unknown(unknown, base, past)))


@dataclass(frozen=True, slots=True)
class _Past:
    """What the base declared, found for the resources of now, whatever they were called."""

    resolved: Resolved
    declared: DeclaredResources
    pinned: Mapping[tuple[str, str], Declared]
    old_names: Mapping[str, tuple[str, ...]]
    holders: Mapping[tuple[str, str], Sequence[Live]]

    @classmethod
    def of(cls, base: Base, spec: Spec, resolved: Resolved) -> _Past:
        declared = {} if base.absent_environment else declared_resources(base.spec)
        past = cls(resolved, declared, _by_pin(declared), _old_names(spec), resolved.snapshot.holders_of_names())
        renamed = past._in_names_of_now()
        return replace(past, declared=renamed, pinned=_by_pin(renamed))

    def _in_names_of_now(self) -> DeclaredResources:
        """Return what was declared with the names of now in its references, so that a rename is no edit of others."""
        names: dict[tuple[str, str], str] = {}
        for address, one in self.resolved.declared.items():
            before = self.find(address, one.kind.name, self.live_at(address))
            if before is not None and before.resource.name != one.resource.name:
                names[one.kind.name, before.resource.name] = one.resource.name
        for one in self.declared.values():  # what is not declared any more has another name if its name is taken
            live = self._live_then(one)
            if live is not None and live.name != one.resource.name:
                names.setdefault((one.kind.name, one.resource.name), live.name)
        if not names:
            return self.declared

        def translate(canonical: Canonical, one: Declared) -> Canonical:
            return translate_references(one.kind, canonical, lambda kind, name: names.get((kind, name), name))

        return {
            address: replace(one, canonical=translate(one.canonical, one)) for address, one in self.declared.items()
        }

    def _live_then(self, before: Declared) -> Live | None:
        """Return the one live object that the base declared, by its id or its name."""
        kind, resource = before.kind.name, before.resource
        if resource.id:
            return self.resolved.snapshot.by_id.get((kind, resource.id))
        found = self.holders.get((kind, resource.name), ())
        return found[0] if len(found) == 1 else None

    def live_at(self, address: str) -> Live | None:
        """Return the one live object of an address."""
        found = self.resolved.snapshot.at(address)
        return found[0] if len(found) == 1 else None

    def find(self, address: str, kind: str, live: Live | None) -> Declared | None:
        """Return what the base declared of a resource: by its id, by the live name, by the name, by a moved name."""
        now = self.resolved.declared.get(address)
        identifier = live.id if live else now.resource.id if now else None
        if identifier and (kind, identifier) in self.pinned:
            return self.pinned[kind, identifier]
        live_names = (address_of(kind, live.live_name),) if live else ()
        for name in (*live_names, address, *self.old_names.get(address, ())):
            before = self.declared.get(name)
            if before is not None and before.resource.id in (None, identifier):
                return before
        return None


def _by_pin(declared: DeclaredResources) -> Mapping[tuple[str, str], Declared]:
    return {(one.kind.name, one.resource.id): one for one in declared.values() if one.resource.id}


def _old_names(spec: Spec) -> Mapping[str, tuple[str, ...]]:
    """Return the addresses that `moved` replaces, by the new address."""
    names: dict[str, tuple[str, ...]] = {}
    for one in spec.moves:
        address = address_of(one.kind, one.new)
        names[address] = (*names.get(address, ()), address_of(one.kind, one.old))
    return names


def _with_cause(change: Change, past: _Past) -> Change:
    if change.is_step:
        return replace(change, cause=Cause.CONFIG)  # the change that it prepares or ends has the cause
    live = past.resolved.snapshot.by_id.get((change.kind, change.id or ""))
    before = past.find(change.address, change.kind, live)
    after = past.resolved.declared.get(change.address)
    if change.action is Action.CREATE:
        return replace(change, cause=Cause.DRIFT if before else Cause.CONFIG)
    if live is None or (change.action is Action.DELETE and live.address in past.resolved.declared):
        return replace(change, cause=Cause.CONFIG)  # a later step of a replacement, which has the cause
    if change.action is Action.DELETE:
        return replace(change, cause=_cause_of_delete(change, before, live))
    if before is None or after is None or not before.resource.managed:
        fields = tuple(replace(one, cause=one.cause or Cause.UNKNOWN) for one in change.fields)
        return replace(change, fields=fields, cause=change.cause or Cause.UNKNOWN)
    in_workspace, in_spec = _live_edits(before, live), _spec_edits(before, after)
    fields = tuple(
        replace(one, cause=one.cause or _cause_of_field(one, in_workspace, in_spec)) for one in change.fields
    )
    causes = {one.cause for one in fields}
    return replace(change, fields=fields, cause=causes.pop() if len(causes) == 1 else Cause.BOTH)


def _cause_of_delete(change: Change, before: Declared | None, live: Live) -> Cause:
    """Return where a delete comes from.

    An object that neither spec nor base names was created in the workspace. What the base does not describe, but
    `removed` names, may have been made and edited by anybody; what it describes may be edited in the workspace.
    """
    if before is None or not before.resource.managed:
        return Cause.UNKNOWN if change.place else Cause.DRIFT
    return Cause.BOTH if _live_edits(before, live) else Cause.CONFIG


def _live_edits(before: Declared, live: Live) -> Collection[Keys]:
    """Return the paths that changed in the workspace: base against live."""
    names: list[Keys] = [NAME] if live.live_name != before.resource.name else []
    return [*names, *(one.path for one in diff.changes(before.kind, before.canonical, live.canonical))]


def _spec_edits(before: Declared, after: Declared) -> Collection[Keys]:
    """Return the paths that changed in the spec: base against spec."""
    names: list[Keys] = [NAME] if after.resource.name != before.resource.name else []
    return [*names, *(one.path for one in diff.changes(after.kind, after.canonical, before.canonical))]


def _cause_of_field(field: FieldChange, in_workspace: Collection[Keys], in_spec: Collection[Keys]) -> Cause:
    service, file = (any(diff.overlaps(field.path, one) for one in paths) for paths in (in_workspace, in_spec))
    if service and file:
        return Cause.BOTH
    return Cause.DRIFT if service else Cause.CONFIG


def _describe_unknown(unknown: Collection[Change], base: Base, past: _Past) -> Iterator[Diagnostic]:
    """Yield a warning for each reason why the base does not know objects, with their addresses."""
    by_reason: dict[str, list[Change]] = {}
    for one in unknown:
        by_reason.setdefault(_reason(one, base, past), []).append(one)
    for reason, changes in by_reason.items():
        first = changes[0]
        addresses = [one.address for one in changes]
        more = f" and {len(addresses) - MOST_NAMED} more" if len(addresses) > MOST_NAMED else ""
        names = ", ".join(addresses[:MOST_NAMED]) + more
        be, them = ("is", "it") if len(addresses) == 1 else ("are", "them")
        yield diagnose(
            "base-unknown",
            f"{names} {be} live, but {reason}. Whether somebody edited {them} live is unknown, so --refuse-drift "
            "counts the differences as live edits.",
            first.place,
            f"review the differences, or choose a --base that declares {them}",
            address=first.address,
        )


def _reason(change: Change, base: Base, past: _Past) -> str:
    if base.absent_environment:
        return f'the spec at {base.reference} has no environment "{base.absent_environment}"'
    file = change.place.file if change.place else ""
    if file in base.absent_files:
        return base.absent_files[file]
    live = past.resolved.snapshot.by_id.get((change.kind, change.id or ""))
    if past.find(change.address, change.kind, live) is not None:
        return f'the spec at {base.reference} has "managed: false" for it'
    return f"the spec at {base.reference} does not declare it"
