"""The plan that deletes what is declared, users before what they use."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from applier import graph
from applier.diagnostics import Diagnostic, in_order
from applier.kinds import KINDS
from applier.kinds.references import uses
from applier.linking import AMBIGUOUS, Form, Forms
from applier.plan.changes import Action, Change, Plan
from applier.snapshot import Live, Snapshot

Doomed = Mapping[str, tuple[Form, Live]]


def plan_to_destroy(forms: Forms, snapshot: Snapshot, chosen: Collection[str] | None = None) -> Plan:
    """Delete what is live of the `chosen` addresses, or of all; unmanaged resources are never touched.

    What other live objects use, which stay, is an error of the plan (quirks 12 and 20).
    """
    picked = [
        form
        for address, form in forms.items()
        if form.resource.managed and (chosen is None or address in chosen) and snapshot.at(address)
    ]
    doomed = {form.resource.address: (form, snapshot.at(form.resource.address)[0]) for form in picked}
    users = _users(snapshot, doomed)
    problems = [_twice(form, snapshot) for form in picked if len(snapshot.at(form.resource.address)) > 1]
    problems += [
        _still_used(doomed[address][0], one)
        for address in doomed
        for one in users[address]
        if one.address not in doomed
    ]
    waits = {address: [one.address for one in users[address] if one.address in doomed] for address in doomed}
    return Plan(
        tuple(_change(*doomed[address], waits[address]) for address in _users_first(waits)),
        (),
        in_order(problems),
    )


def _users(snapshot: Snapshot, doomed: Doomed) -> dict[str, list[Live]]:
    """Which live objects mention each of the doomed, by kind and name."""
    users: dict[str, list[Live]] = {address: [] for address in doomed}
    for one in sorted(snapshot.by_id.values(), key=lambda live: (graph.by_kind_and_name(live.address), live.id)):
        for address in {use.address for use in uses(KINDS[one.kind], one.canonical)}:
            if address in users and doomed[address][1].id != one.id:
                users[address].append(one)
    return users


def _users_first(waits: Mapping[str, list[str]]) -> list[str]:
    return graph.ordered(waits, last_kinds_first=True)


def _change(form: Form, live: Live, waits: list[str]) -> Change:
    resource = form.resource
    return Change(
        address=resource.address,
        kind=resource.kind,
        name=resource.name,
        action=Action.DELETE,
        id=live.id,
        place=resource.place,
        waits_for=tuple(sorted(waits, key=graph.by_kind_and_name)),
        updated_at=live.updated_at,
        updated_by=live.updated_by,
    )


def _still_used(form: Form, user: Live) -> Diagnostic:
    resource = form.resource
    return Diagnostic(
        "still-used",
        "what others use cannot be deleted",
        f'The {KINDS[resource.kind].noun} "{resource.name}" is used by the live {KINDS[user.kind].noun} '
        f'"{user.name}" ({user.id}), which stays.',
        resource.place,
        "delete or change that first, or keep this one with --exclude",
        address=resource.address,
    )


def _twice(form: Form, snapshot: Snapshot) -> Diagnostic:
    resource = form.resource
    ids = ", ".join(sorted(one.id for one in snapshot.at(resource.address)))
    return Diagnostic(
        *AMBIGUOUS,
        f'{len(snapshot.at(resource.address))} live {KINDS[resource.kind].noun}s are called "{resource.name}": {ids}.',
        resource.place,
        "delete the one that is meant in Polytomic",
        address=resource.address,
    )
