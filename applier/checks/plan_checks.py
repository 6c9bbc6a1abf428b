"""Checks a plan: before the apply what is known then, and during the apply what had to wait for the plan itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from applier.api import Client
from applier.checks.bulk_schemas import source_connection
from applier.checks.context import CheckContext, IdOf, live_context
from applier.checks.model_fields import model_source
from applier.checks.runner import CheckResults, run_checks
from applier.diagnostics import Diagnostic
from applier.discovery.offerings import ConfigurationProblem
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.live.remote import Remote
from applier.plan import Action, Change, Plan
from applier.resolve import Resolved

CheckChange = Callable[[Change], tuple[Diagnostic, ...]]


def check_plan(
    plan: Plan, resolved: Resolved, client: Client, severities: Mapping[str, str], parallelism: int
) -> CheckResults:
    """Check what the plan creates or updates, and what it leaves unchanged but affects.

    Affected are resources that use a changed model, and models without a source any more: only these report it.
    Connections that the plan creates or changes are not known yet; a new name alone changes nothing.
    """
    written = [one for one in plan.changes if one.action is not Action.DELETE]
    changed = [one.address for one in written]
    connections = [one for one in written if one.kind == CONNECTIONS.name]
    deferred = [one.name for one in connections if any(each.label != "name" for each in one.fields)]
    context = live_context(resolved, client, deferred)
    result = run_checks(changed, context, severities, parallelism)
    models = {one.address for one in written if one.kind == MODELS.name}
    dependents = [
        one for one in plan.unchanged if one in resolved.declared and models.intersection(resolved.declared[one].needs)
    ]
    affected = [*dependents, *_models_without_source([*changed, *dependents], changed, context)]
    more = run_checks(affected, context, severities, parallelism) if affected else CheckResults()
    findings = tuple(dict.fromkeys((*result.findings, *more.findings)))
    return CheckResults(result.completed + more.completed, result.deferred, findings, result.deferred_addresses)


def _models_without_source(dependents: Iterable[str], changed: Collection[str], context: CheckContext) -> list[str]:
    """Return the unchanged declared models that the dependents need, and for whose configuration no source is found."""
    needs = {need for one in dependents if one in context.declared for need in context.declared[one].needs}
    models = {one.resource.address: one.resource.name for one in context.of_kind(MODELS.name)}
    unchanged = sorted(one for one in models if one in needs and one not in changed)
    return [one for one in unchanged if isinstance(model_source(context, models[one]), ConfigurationProblem)]


def change_checker(
    results: CheckResults, resolved: Resolved, client: Client, severities: Mapping[str, str], id_of: IdOf
) -> CheckChange:
    """Return a function that checks a change right before its write, if any of its checks was deferred."""
    context = live_context(resolved, client, (), id_of)

    def check(change: Change) -> tuple[Diagnostic, ...]:
        if change.address not in results.deferred_addresses:
            return ()
        if change.kind == BULK_SYNCS.name:
            # Without this the service knows no schemas yet (docs/api/behaviours.md#schema-cache).
            source = id_of(source_connection(resolved.declared[change.address]))
            Remote(BULK_SYNCS, client).prepare_create({"source_connection_id": source})
        return run_checks([change.address], context, severities, 1).findings

    return check
