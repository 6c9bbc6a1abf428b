"""The product as a table of contents: load the spec, plan it, apply it, look at it, run it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from applier.api import Answered, Client
from applier.checks.plan_checks import change_checker, check_plan
from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic, diagnose, has_errors, in_order
from applier.diagnostics.suggestions import suggest
from applier.discovery.inspection import Table
from applier.execute import Outcome, Run, Status, execute, last_runs, run_syncs
from applier.execute.context import ApplyContext
from applier.execute.executor import OutcomeListener
from applier.execute.preflight import Preflight
from applier.execute.runs import RUNNABLE, RunListener
from applier.kinds import KINDS, kinds_of, kinds_to_search, load_spec
from applier.kinds.base import Canonical, mapping, text
from applier.live import events, snapshot
from applier.live.matching import match_resources
from applier.live.snapshot import Live, Snapshot
from applier.plan import DEFAULT_OPTIONS, Action, Plan, PlanOptions, plan_to_apply, plan_to_destroy
from applier.plan.deletion import owned_but_undeclared
from applier.plan.drift_causes import with_causes
from applier.plan.explain import explain
from applier.plan.impact import Impact, is_worth_telling, measure_impact
from applier.plan.secret_digests import SecretDigests, take_digests
from applier.render.diagram import Diagram
from applier.render.parts.judgements import judgements
from applier.resolve import AMBIGUOUS, DeclaredResources, declared_resources, mentioned_kinds, needing_another_version
from applier.resources import Spec, address_of
from applier.spec import NOTHING_GIVEN, Given
from applier.targeting import ALL, Selection, select, unmatched_patterns


def load(
    paths: Sequence[Path | str], environment: Mapping[str, str], given: Given = NOTHING_GIVEN
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Read, fill and check the files. Mistakes come back as diagnostics, all at once."""
    return load_spec(paths, environment, given)


def look(client: Client, spec: Spec, forms: DeclaredResources, parallelism: int, *, whole: bool = False) -> Snapshot:
    """What is live of every kind that matters to the spec (`whole`: of every kind). Raises `ApiError`."""
    kinds = snapshot.with_referenced_kinds(mentioned_kinds(forms))
    if whole:
        named = {*kinds, *spec.owns, *(one.kind for one in spec.removals)}
        kinds = snapshot.with_referenced_kinds(kinds_to_search(named))
    wanted: dict[str, Canonical | None] = {address: one.canonical for address, one in forms.items()}
    for one in forms.values():
        if one.resource.id is not None:
            wanted[one.resource.id] = one.canonical
    for move in spec.moves:
        moved = forms.get(address_of(move.kind, move.new))
        wanted.setdefault(address_of(move.kind, move.old), moved.canonical if moved else {})
    return snapshot.read_snapshot(client, kinds, wanted, parallelism, kinds_of(spec))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan with what it was derived from, and with what was checked of it."""

    plan: Plan
    forms: DeclaredResources
    snapshot: Snapshot
    checks: CheckResults | None = None
    severities: Mapping[str, str] = field(default_factory=dict)


def plan(
    spec: Spec,
    client: Client,
    choice: Selection = ALL,
    policy: PlanOptions = DEFAULT_OPTIONS,
    prints: SecretDigests | None = None,
    *,
    whole: bool = False,
) -> Prepared:
    """What would change; `prints` tell whether secrets did, `whole` looks at every kind. Raises `ApiError`."""
    forms = declared_resources(spec)
    whole = whole or bool(spec.removals or spec.owns)
    seen, unsettled = match_resources(spec, look(client, spec, forms, choice.parallelism, whole=whole))
    beside = [one.address for one in (*spec.removals, *(owned_but_undeclared(spec, seen) if policy.prune else ()))]
    chosen, problems = select(forms, choice, beside=beside)
    made = plan_to_apply(spec, forms, seen, policy, chosen, prints)
    newer = needing_another_version(forms, client.settings.version, chosen)
    pushed = unmatched_patterns(policy.push_secrets, forms)
    return Prepared(_with(made, (*problems, *pushed, *unsettled, *newer)), forms, seen)


def plan_destroy(
    spec: Spec, client: Client, choice: Selection = ALL, policy: PlanOptions = DEFAULT_OPTIONS
) -> Prepared:
    """What would be deleted; every kind is looked at, since anything live may use it. Raises `ApiError`."""
    forms = declared_resources(spec)
    chosen, problems = select(forms, choice, users_too=True)
    seen, unsettled = match_resources(spec, look(client, spec, forms, choice.parallelism, whole=True))
    made = plan_to_destroy(spec, forms, seen, policy, chosen)
    return Prepared(_with(made, (*problems, *unsettled)), forms, seen)


def with_checks(prepared: Prepared, spec: Spec, client: Client, parallelism: int) -> Prepared:
    """The plan, checked against what connections offer; one that cannot be carried out anyway is left as it is."""
    made = prepared.plan
    if has_errors(made.diagnostics) or not made.changes:
        return prepared
    checks = check_plan(made, prepared.forms, prepared.snapshot, client, spec.checks, parallelism)
    made = replace(made, diagnostics=in_order((*made.diagnostics, *checks.findings)))
    return replace(prepared, plan=made, checks=checks, severities=spec.checks)


def read_base(prepared: Prepared, base: Spec) -> Prepared:
    """The plan with the cause of every difference, judged by the spec as it was at a base."""
    made = with_causes(prepared.plan, declared_resources(base), prepared.forms, prepared.snapshot)
    return replace(prepared, plan=made)


def surroundings(prepared: Prepared, client: Client, parallelism: int, *, wide: bool = True) -> Impact:
    """What hangs on what; `wide` also looks at live objects of kinds that the spec does not mention.

    Raises `ApiError`.
    """
    if not wide or not is_worth_telling(prepared.plan):
        return measure_impact(prepared.forms, prepared.snapshot)
    seen = {one.kind for one in prepared.snapshot.by_id.values()}
    beside = snapshot.read_snapshot(client, kinds_to_search(seen), parallelism=parallelism)
    names = {key: one.name for key, one in prepared.snapshot.by_id.items()}
    return measure_impact(prepared.forms, snapshot.rename_live(beside, names), prepared.snapshot)


def with_history(prepared: Prepared, client: Client) -> Prepared:
    """The plan with who did what to the objects that differ, where the service keeps such events."""
    told = events.describe_events(client, {one.address: one.id for one in prepared.plan.changes})
    changes = tuple(replace(one, history=told.get(one.address, ())) for one in prepared.plan.changes)
    return replace(prepared, plan=replace(prepared.plan, changes=changes))


def organization(client: Client) -> str:
    """The id of the organization whose key it is, empty where the service does not tell. Raises `ApiError`."""
    try:
        return text(mapping(client.get("/api/me").get("data")).get("organization_id"))
    except Answered:
        return ""


def explain_resource(prepared: Prepared, address: str) -> Table | None:
    """Every field of one declared resource, declared and live, with its class and rule; None for another address."""
    form = prepared.forms.get(address)
    if form is None or not form.resource.managed:
        return None
    live = next(iter(prepared.snapshot.at(address)), None)
    rows = explain(KINDS[form.resource.kind], form.canonical, live.canonical if live else None)
    return judgements(address, rows, [{**asdict(one), "path": one.label} for one in rows])


def diagram(spec: Spec, choice: Selection, marks: Mapping[str, str]) -> tuple[Diagram, tuple[Diagnostic, ...]]:
    """Who needs whom among what is chosen, with the marks of a plan."""
    forms = declared_resources(spec)
    chosen, problems = select(forms, choice)
    needs = {address: form.needs for address, form in forms.items() if chosen is None or address in chosen}
    return Diagram(needs, marks), problems


def _with(made: Plan, problems: Collection[Diagnostic]) -> Plan:
    return replace(made, diagnostics=(*problems, *made.diagnostics))


def apply(
    prepared: Prepared, client: Client, *, parallelism: int = 10, fail_fast: bool = False, tell: OutcomeListener
) -> tuple[Outcome, ...]:
    """Carry the plan out; one outcome for each of its changes."""
    doomed = frozenset(one.id for one in prepared.plan.changes if one.action is Action.DELETE and one.id)
    look = Preflight(client, prepared.snapshot, doomed)
    workplace = ApplyContext(client, prepared.forms, prepared.snapshot, uuid.uuid4().hex, look)
    if prepared.checks and prepared.checks.waiting_for:
        seen = (prepared.forms, prepared.snapshot, client, prepared.severities)
        workplace.check = change_checker(prepared.checks, *seen, workplace.connection_id)
    return execute(prepared.plan, workplace, parallelism=parallelism, fail_fast=fail_fast, tell=tell)


def new_secret_digests(prints: SecretDigests, prepared: Prepared, outcomes: Collection[Outcome]) -> SecretDigests:
    """The digests as they are after an apply: those of what was written, of what is gone no more, the others kept."""
    known = {address: dict(members) for address, members in prints.known.items()}
    changes = {one.address: one for one in prepared.plan.changes}
    for one in outcomes:
        if one.status not in (Status.DONE, Status.DIFFERENT, Status.WAITING):
            continue
        change = changes[one.address]
        known.pop(one.address, None)
        form = prepared.forms.get(one.address)
        if one.action is not Action.DELETE and form is not None and one.id:
            digests = take_digests(prints.key, KINDS[change.kind], one.id, form.canonical)
            known |= {one.address: digests} if digests else {}
    return replace(prints, known=known)


def written_syncs(outcomes: Collection[Outcome], client: Client) -> tuple[Live, ...]:
    """The syncs and bulk syncs that were created or changed, as they are live now. Raises `ApiError`."""
    ids = {one.id for one in outcomes if one.status == "done" and one.action is not Action.DELETE}
    return tuple(one for one in live_syncs(client) if one.id in ids)


def live_syncs(client: Client) -> tuple[Live, ...]:
    """Every live sync and bulk sync, by kind and name. Raises `ApiError`."""
    seen = snapshot.read_snapshot(client, RUNNABLE)
    return tuple(one for kind in RUNNABLE for one in seen.of_kind(kind))


def one_live(client: Client, kind: str, name: str) -> tuple[Live | None, tuple[Diagnostic, ...]]:
    """The one live object of that name, or why there is none. Raises `ApiError`."""
    seen = snapshot.read_snapshot(client, [kind])
    found = seen.at(address_of(kind, name))
    if len(found) == 1:
        return found[0], ()
    noun, known = KINDS[kind].noun, [one.name for one in seen.of_kind(kind)]
    if not found:
        said = f'There is no live {noun} "{name}".'
        hint = suggest(name, known) or ("live are: " + ", ".join(known) if known else f"no {noun} is live yet")
        return None, (diagnose("no-such-name", said, hint=hint),)
    ids = ", ".join(one.id for one in found)
    return None, (Diagnostic(*AMBIGUOUS, f'{len(found)} live {noun}s are called "{name}": {ids}.'),)


def run(client: Client, syncs: Sequence[Live], *, parallelism: int = 10, tell: RunListener) -> tuple[Run, ...]:
    """Start them and wait for their end."""
    return run_syncs(client, syncs, parallelism=parallelism, tell=tell)


def status(client: Client, syncs: Sequence[Live], *, parallelism: int = 10) -> tuple[Run, ...]:
    """The last execution of each. Raises `ApiError`."""
    return last_runs(client, syncs, parallelism=parallelism)
