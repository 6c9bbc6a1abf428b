"""Makes the plan of a command: reads the spec, connects, plans and checks. Shared by every command with a plan."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli import saved_plans
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic
from applier.cli.git_base import read_base
from applier.cli.git_places import BaseRequest
from applier.cli.lock_file import read_lock
from applier.cli.plan_session import PlanSession
from applier.cli.recorded_schemas import name_with_date, read_recorded
from applier.cli.spec_files import find_stream, read_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from applier.api import Client
    from applier.cli.option_values import Options, SpecOptions
    from applier.diagnostics import Diagnostic
    from applier.discovery.recorded import Schemas
    from applier.pipeline import Prepared
    from applier.plan.impact import Impact
    from applier.plan.plan_file import SavedPlan
    from applier.plan.saved_inputs import MissingInputs
    from applier.plan.secret_digests import SecretDigests
    from applier.report import Report
    from applier.spec.resources import Spec


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan, for which command. `all_kinds` also reads kinds that the spec does not mention."""

    command: str
    options: Options
    console: Console
    detailed_exit_code: bool = False
    all_kinds: bool = False


def make_plan(request: PlanRequest, stack: ExitStack) -> tuple[Report, PlanSession | None]:
    """Return the report on a plan and, if there are no errors, the session, which is open until `stack` ends.

    A single path that is a saved plan stands for the inputs of that plan, and the result must still be the same.
    """
    from applier.plan.plan_file import NotAPlan, is_saved_plan, load_plan
    from applier.report import Report

    paths = request.options.spec.paths
    if len(paths) != 1 or not is_saved_plan(Path(paths[0])):
        return _plan_spec(request, stack)
    try:
        saved = load_plan(Path(paths[0]))
        options, missing = saved_plans.merge_options(request.options, saved)
    except NotAPlan as error:
        problem = CommandError("not-a-plan", str(error), "create a new plan: applier plan --out FILE", error.place)
        return Report(request.command, (error_diagnostic(problem),)), None
    except CommandError as error:
        return Report(request.command, (error_diagnostic(error),)), None
    report, session = _plan_spec(replace(request, options=options), stack, saved, missing)
    if session is None and missing is not None and missing.problem not in report.diagnostics:
        report = replace(report, diagnostics=(missing.problem, *report.diagnostics))
    return report, session


def _plan_spec(
    request: PlanRequest, stack: ExitStack, saved: SavedPlan | None = None, missing: MissingInputs | None = None
) -> tuple[Report, PlanSession | None]:
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.report import Report

    options, console = request.options, request.console
    spec, diagnostics = read_spec(options.spec)
    console.guard.learn(spec.secrets, spec.in_clear)
    # Reading reports names that no file declares; the plan reports them again, with what it knows of live objects.
    diagnostics = tuple(one for one in diagnostics if one.code != "unknown-reference")
    digests, damage = read_lock(options.spec.paths)
    diagnostics = (*diagnostics, *damage)
    if has_errors(diagnostics):
        return Report(request.command, diagnostics), None
    try:
        _check_base(options)
        client = stack.enter_context(connect(options.service, console, spec, options.spec.paths))
        with console.progress as progress:
            progress.begin("reading the workspace")
            prepared = _prepare(request, spec, client, digests)
            if not options.planning.no_checks:
                progress.begin("running live checks")
            prepared = _check_and_explain(request, prepared, spec, client)
            session = PlanSession(spec, prepared, client, options, digests)
            findings = _compare_with_live(request, session)
            stale = saved_plans.find_changes(saved, session, missing) if saved else []
    except (ApiError, CommandError) as error:
        return Report(request.command, (*diagnostics, error_diagnostic(error))), None
    report = _report(request, prepared, (*diagnostics, *stale), findings)
    return report, None if has_errors(report.all_diagnostics) else session


def _check_base(options: Options) -> None:
    planning = options.planning
    if planning.refuse_drift and not planning.base:
        raise CommandError("no-base", "--refuse-drift requires --base.", "add --base REF")
    stream = find_stream(options.spec.paths)
    if planning.base and stream is not None:
        message = f"--base reads the spec as it was in a commit, and no commit has {stream}."
        raise CommandError("bad-base", message, "give the path of a file or folder")


def _prepare(request: PlanRequest, spec: Spec, client: Client, digests: SecretDigests | None) -> Prepared:
    """Return the plan to apply or to destroy the spec. Raises `ApiError`."""
    from applier import pipeline

    selection, plan_options = request.options.create_selection(), request.options.planning.create_plan_options()
    if request.command == "destroy":
        return pipeline.plan_destroy(spec, client, selection, plan_options)
    prepared = pipeline.plan(spec, client, selection, plan_options, digests, all_kinds=request.all_kinds)
    is_to_apply = request.command in ("plan", "apply")
    return prepared if is_to_apply else replace(prepared, plan=prepared.plan.without_steps().with_likely_renames())


def _check_and_explain(request: PlanRequest, prepared: Prepared, spec: Spec, client: Client) -> Prepared:
    """Add what the options ask for: live checks, the cause of each difference, its history. Raises on failure."""
    from applier import pipeline

    options = request.options
    if not options.planning.no_checks:
        prepared = pipeline.with_checks(prepared, spec, client, options.service.parallelism)
    if options.planning.base:
        request_for_base = BaseRequest(options.planning.base, options.spec.paths, options.spec.variable_files, spec)
        base = read_base(request_for_base, partial(_read_base, options.spec))
        request.console.guard.learn(base.spec.secrets, base.spec.in_clear)
        prepared = pipeline.with_causes(prepared, spec, base)
    return pipeline.with_history(prepared, client) if request.command == "drift" else prepared


def _read_base(
    options: SpecOptions, paths: Sequence[str], variable_files: Sequence[str]
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    older = replace(options, paths=tuple(paths), variable_files=tuple(variable_files))
    return read_spec(older, strict=False)


@dataclass(frozen=True, slots=True)
class _LiveFindings:
    """What depends on the changes; which live schemas differ from the recorded ones, and which could not be read."""

    impact: Impact
    schemas: Schemas | None = None
    schema_changes: tuple[Diagnostic, ...] = ()
    unread: tuple[Diagnostic, ...] = ()


def _compare_with_live(request: PlanRequest, session: PlanSession) -> _LiveFindings:
    """Return what depends on the changes, and how live schemas differ from the recorded ones.

    Raises `ApiError`, and `CommandError` for recorded schemas that cannot be used.
    """
    from applier import pipeline

    prepared, client, threads = session.prepared, session.client, session.options.service.parallelism
    impact = pipeline.measure_impact(prepared, client, threads, all_kinds=request.console.shows_impact)
    schemas = read_recorded(session.options.spec.paths) if request.command == "drift" else None
    if schemas is None:
        return _LiveFindings(impact)
    changes, unread = pipeline.schema_drift(prepared, session.spec, schemas, client, threads)
    return _LiveFindings(impact, schemas, changes, unread)


def _report(
    request: PlanRequest, prepared: Prepared, diagnostics: tuple[Diagnostic, ...], findings: _LiveFindings
) -> Report:
    from applier.plan.safety import drift_violations
    from applier.report import Report

    return Report(
        request.command,
        (*diagnostics, *findings.unread),
        plan=prepared.plan,
        detailed_exit_code=request.detailed_exit_code,
        refused=tuple(drift_violations(prepared.plan)) if request.options.planning.refuse_drift else (),
        warns_of_refusals=request.command == "plan",
        checks=prepared.checks,
        schema_changes=findings.schema_changes,
        schemas=name_with_date(findings.schemas),
        impact=findings.impact,
    )
