"""Checks of a plan: what can be known now, and during the apply what had to wait for what the plan itself makes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from applier.api import Client
from applier.checks.context import CheckContext, source_of
from applier.checks.runner import CheckResults, run_checks
from applier.diagnostics import Diagnostic
from applier.discovery.live import LiveCatalog
from applier.discovery.model import NoSource
from applier.kinds.base import mapping, text
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.live.remote import Remote
from applier.live.snapshot import Snapshot
from applier.plan import Action, Change, Plan
from applier.resolve import DeclaredResources
from applier.resources import address_of

IdOf = Callable[[str], str | None]
CheckChange = Callable[[Change], tuple[Diagnostic, ...]]


def check_plan(
    plan: Plan,
    forms: DeclaredResources,
    snapshot: Snapshot,
    client: Client,
    severities: Mapping[str, str],
    parallelism: int,
) -> CheckResults:
    """Check what the plan creates or updates, the unchanged syncs whose models it changes, and unchanged models of what
    it writes that have nothing to read any more: of their fields nothing else is said.

    Connections that it creates or changes cannot be asked yet; a new name alone changes nothing.
    """
    written = [one for one in plan.changes if one.action is not Action.DELETE]
    changed = {one.address for one in written}
    connections = [one for one in written if one.kind == "connections"]
    waits = [one.name for one in connections if any(each.label != "name" for each in one.fields)]
    models = {one for one in changed if one.startswith("models/")}
    users = [one for one in plan.unchanged if one in forms and models.intersection(forms[one].needs)]
    world = CheckContext(forms, snapshot, LiveCatalog(client, live_ids(snapshot), waits))
    result = run_checks([one.address for one in written], world, severities, parallelism)
    beside = [*users, *_lost([*changed, *users], changed, world)]
    more = run_checks(beside, world, severities, parallelism) if beside else CheckResults()
    findings = tuple(dict.fromkeys((*result.findings, *more.findings)))
    return CheckResults(result.made + more.made, result.waiting, findings, result.waiting_for)


def _lost(users: Iterable[str], changed: Collection[str], world: CheckContext) -> list[str]:
    """The declared models of the users that are not checked yet and whose source is not there; asked already."""
    needs = {need for one in users if one in world.forms for need in world.forms[one].needs}
    models = sorted(need for need in needs - set(changed) if need.startswith("models/") and need in world.forms)
    return [one for one in models if isinstance(source_of(world, world.forms[one].resource.name), NoSource)]


def live_ids(snapshot: Snapshot) -> IdOf:
    """The id of a live connection by its name."""

    def id_of(name: str) -> str | None:
        found = snapshot.at(address_of("connections", name))
        return found[0].id if len(found) == 1 else None

    return id_of


def deferred_checks(
    before: CheckResults,
    forms: DeclaredResources,
    snapshot: Snapshot,
    client: Client,
    severities: Mapping[str, str],
    id_of: IdOf,
) -> CheckChange:
    """What checks a change right before it is written, if anything of it had to wait."""
    world = CheckContext(forms, snapshot, LiveCatalog(client, id_of))

    def check(change: Change) -> tuple[Diagnostic, ...]:
        if change.address not in before.waiting_for:
            return ()
        if change.kind == BULK_SYNCS.name:
            source = id_of(text(mapping(forms[change.address].canonical.get("source")).get("connection")))
            Remote(BULK_SYNCS, client).prepare_create(
                {"source_connection_id": source}
            )  # else nothing is told yet (quirk 58)
        return run_checks([change.address], world, severities, 1).findings

    return check
