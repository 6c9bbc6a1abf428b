"""The product as a table of contents: for each command, load, resolve, plan, check, execute."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from applier.api import Answered, Client
from applier.checks import spec_checks
from applier.checks.context import LiveContext, live_context
from applier.checks.plan_checks import change_checker, check_plan
from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic, has_errors, in_order
from applier.discovery.inspection import Table
from applier.discovery.recorded import Schemas
from applier.execute import Outcome, Run, Status, execute, last_runs, run_syncs
from applier.execute.context import ApplyContext
from applier.execute.executor import InterruptListener, OutcomeListener
from applier.execute.places import Places
from applier.execute.preflight import Preflight
from applier.execute.runs import RUNNABLE, RunListener
from applier.kinds import load_spec
from applier.kinds.base import mapping, text
from applier.kinds.sync.kind import SYNCS
from applier.live import events
from applier.live.snapshot import Live, read_snapshot
from applier.plan import DEFAULT_OPTIONS, Action, Cause, Plan, PlanOptions, drift_causes, plan_to_apply, plan_to_destroy
from applier.plan.drift_causes import Base
from applier.plan.explain import explain_fields
from applier.plan.hidden_values import hide_values
from applier.plan.impact import Impact, read_impact
from applier.plan.secret_digests import SecretDigests, renew_digests
from applier.render.diagram import Diagram
from applier.render.parts.field_comparison import field_comparison_table
from applier.resolve import Resolved, declared_resources, resolve
from applier.secrets import Scrubber, hide_secrets
from applier.spec.resources import Spec
from applier.targeting import ALL, Selection, select

Diagnostics = tuple[Diagnostic, ...]

load = load_spec
"""Read the files, fill in their values and validate them; all mistakes are returned at once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, the resolved spec that it was derived from, what hides its secrets, and the results of its checks.

    `unmasked` is the plan before secrets were hidden in its values: to compare it, never to show it.
    """

    plan: Plan
    unmasked: Plan = field(repr=False)
    resolved: Resolved
    scrubber: Scrubber = field(repr=False)
    checks: CheckResults | None = None
    severities: Mapping[str, str] = field(default_factory=dict)


def plan(
    spec: Spec,
    client: Client,
    selection: Selection = ALL,
    options: PlanOptions = DEFAULT_OPTIONS,
    digests: SecretDigests | None = None,
    *,
    all_kinds: bool = False,
) -> Prepared:
    """Return what would change. `digests` show which secrets did; `all_kinds` reads every kind. Raises `ApiError`."""
    all_kinds = all_kinds or bool(spec.removals or spec.owns)
    resolved = resolve(spec, client, selection, all_kinds=all_kinds, prune=options.prune)
    made = plan_to_apply(spec, resolved, options, digests, client.settings.version)
    return _prepare(made, resolved, spec, client)


def plan_destroy(
    spec: Spec, client: Client, selection: Selection = ALL, options: PlanOptions = DEFAULT_OPTIONS
) -> Prepared:
    """Return what would be deleted; every kind is read, since any live object may be a dependent. Raises `ApiError`."""
    resolved = resolve(spec, client, selection, all_kinds=True, destroy=True)
    return _prepare(plan_to_destroy(spec, resolved, options), resolved, spec, client)


def _prepare(made: Plan, resolved: Resolved, spec: Spec, client: Client) -> Prepared:
    scrubber = client.settings.scrubber.knowing(spec.secrets, spec.in_clear)
    return Prepared(hide_values(made, scrubber), made, resolved, scrubber)


def with_checks(prepared: Prepared, spec: Spec, client: Client, parallelism: int) -> Prepared:
    """Return the plan with the results of its live checks; a plan with errors is not checked."""
    made = prepared.plan
    if has_errors(made.diagnostics) or not made.changes:
        return prepared
    checks = check_plan(made, prepared.resolved, client, spec.checks, parallelism)
    made = replace(made, diagnostics=in_order((*made.diagnostics, *checks.findings)))
    return replace(prepared, plan=made, checks=checks, severities=spec.checks)


def with_causes(prepared: Prepared, spec: Spec, base: Base) -> Prepared:
    """Return the plan with the cause of every difference, judged by the spec at a base, and with what it warns of.

    The secrets of the base are hidden, too.
    """
    scrubber = prepared.scrubber.knowing(base.spec.secrets, base.spec.in_clear)
    made = drift_causes.with_causes(prepared.plan, base, spec, prepared.resolved)
    made = replace(made, diagnostics=(*made.diagnostics, *base.warnings))
    return replace(prepared, plan=hide_values(made, scrubber), scrubber=scrubber)


def with_history(prepared: Prepared, client: Client) -> Prepared:
    """Return the plan with recent events about the objects that differ, where the service has them.

    Whoever edited an object has no part in what only the spec changed.
    """
    edited = [one for one in prepared.plan.changes if one.cause != Cause.CONFIG or one.action is Action.DELETE]
    history = events.describe_events(client, {one.address: one.id for one in edited})
    changes = tuple(replace(one, history=history.get(one.address, ())) for one in prepared.plan.changes)
    return replace(prepared, plan=replace(prepared.plan, changes=changes))


def measure_impact(prepared: Prepared, client: Client, parallelism: int, *, all_kinds: bool = True) -> Impact:
    """Return who depends on whom; `all_kinds` also reads kinds that the spec does not mention. Raises `ApiError`."""
    return read_impact(prepared.plan, prepared.resolved, client if all_kinds else None, parallelism)


def explain_resource(prepared: Prepared, address: str) -> Table | None:
    """Return every field of a managed resource, declared and live, with its rule; None for another address."""
    one = prepared.resolved.declared.get(address)
    if one is None or not one.resource.managed:
        return None
    live = next(iter(prepared.resolved.snapshot.at(address)), None)
    rows = hide_secrets(explain_fields(one.kind, one.canonical, live.canonical if live else None), prepared.scrubber)
    return field_comparison_table(address, rows, [{**asdict(row), "path": row.label} for row in rows])


def apply(
    prepared: Prepared,
    client: Client,
    *,
    parallelism: int = 10,
    fail_fast: bool = False,
    on_outcome: OutcomeListener,
    on_interrupt: InterruptListener = lambda number: None,
) -> tuple[Outcome, ...]:
    """Execute the plan and return an outcome for each of its changes."""
    declared, snapshot = prepared.resolved.declared, prepared.resolved.snapshot
    deleting = frozenset(one.id for one in prepared.plan.changes if one.action is Action.DELETE and one.id)
    places = Places(parallelism)
    preflight = Preflight(client, snapshot, places.lend, deleting)
    context = ApplyContext(client, declared, snapshot, uuid.uuid4().hex, places, preflight)
    if prepared.checks and prepared.checks.deferred_addresses:
        results, severities = prepared.checks, prepared.severities
        context.check = change_checker(results, prepared.resolved, client, severities, context.connection_id)
    return execute(prepared.plan, context, fail_fast=fail_fast, on_outcome=on_outcome, on_interrupt=on_interrupt)


def new_secret_digests(digests: SecretDigests, prepared: Prepared, outcomes: Collection[Outcome]) -> SecretDigests:
    """Return the digests after an apply: new ones for what was written, none for what was deleted."""
    done = [one for one in outcomes if one.status in (Status.DONE, Status.DIFFERENT, Status.WAITING)]
    written = {one.address: None if one.action is Action.DELETE else one.id for one in done}
    unknown = [one.address for one in outcomes if one.status is Status.UNKNOWN]
    return renew_digests(digests, prepared.resolved, written, unknown)


def organization(client: Client) -> str:
    """Return the id of the organization of the key, empty where the service does not tell. Raises `ApiError`."""
    try:
        return text(mapping(client.get("/api/me").get("data")).get("organization_id"))
    except Answered:
        return ""


def diagram(spec: Spec, selection: Selection, marks: Mapping[str, str]) -> tuple[Diagram, Diagnostics]:
    """Return who needs whom in the selection, with the marks of a plan."""
    needs = {address: one.needs for address, one in declared_resources(spec).items()}
    scope, problems = select(needs, selection)
    return Diagram({address: needed for address, needed in needs.items() if address in scope}, marks), problems


def check_live(spec: Spec, client: Client, parallelism: int) -> tuple[CheckResults, Diagnostics]:
    """Check the whole spec against the workspace; the names that are not found come beside it. Raises `ApiError`."""
    resolved = resolve(spec, client, Selection(parallelism=parallelism))
    checks = spec_checks.check_spec(live_context(resolved, client), spec.checks, parallelism)
    return checks, (*resolved.diagnostics, *resolved.unresolved)


def check_recorded(spec: Spec, schemas: Schemas) -> CheckResults:
    """Check the whole spec against recorded schemas."""
    return spec_checks.check_recorded(declared_resources(spec), schemas, spec.checks, datetime.now(UTC))


def record_schemas(spec: Spec, client: Client, parallelism: int) -> tuple[Schemas, Diagnostics]:
    """Return the schemas that checks of the spec read, and what is missing in them, and why. Raises `ApiError`."""
    resolved = resolve(spec, client, Selection(parallelism=parallelism))
    schemas, missing = spec_checks.record_spec(live_context(resolved, client), spec.checks, parallelism)
    return schemas, (*resolved.diagnostics, *resolved.unresolved, *missing)


def schema_drift(
    prepared: Prepared, spec: Spec, schemas: Schemas, client: Client, parallelism: int
) -> tuple[Diagnostics, Diagnostics]:
    """Return where live schemas differ from recorded ones, and what could not be read. Raises `ApiError`."""
    return spec_checks.compare_with_recorded(live_context(prepared.resolved, client), schemas, spec.checks, parallelism)


def read_live_context(spec: Spec, client: Client, parallelism: int) -> LiveContext:
    """Return what is declared, live and offered, with every connection, model and sync. Raises `ApiError`."""
    resolved = resolve(spec, client, Selection(parallelism=parallelism), kinds=(SYNCS.name,))
    return live_context(resolved, client)


def live_syncs(client: Client) -> tuple[Live, ...]:
    """Return every live sync and bulk sync, by kind and name. Raises `ApiError`."""
    snapshot = read_snapshot(client, RUNNABLE)
    return tuple(one for kind in RUNNABLE for one in snapshot.of_kind(kind))


def syncs_to_run(outcomes: Collection[Outcome], client: Client) -> tuple[Live, ...]:
    """Return the syncs and bulk syncs that were created or changed, as they are now. Raises `ApiError`."""
    ids = {one.id for one in outcomes if one.status is Status.DONE and one.action is not Action.DELETE}
    return tuple(one for one in live_syncs(client) if one.id in ids)


def run(client: Client, syncs: Sequence[Live], *, parallelism: int = 10, on_change: RunListener) -> tuple[Run, ...]:
    """Start the syncs and wait until they end."""
    return run_syncs(client, syncs, parallelism=parallelism, on_change=on_change)


def status(client: Client, syncs: Sequence[Live], *, parallelism: int = 10) -> tuple[Run, ...]:
    """Return the last execution of each. Raises `ApiError`."""
    return last_runs(client, syncs, parallelism=parallelism)
