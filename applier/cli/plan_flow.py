"""The way from paths and options to a plan, shared by every command that makes one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, read_spec
from applier.cli.git_base import spec_at
from applier.cli.lock_file import read_lock
from applier.cli.recorded_schemas import read_recorded, told_schemas
from applier.system import path_text

if TYPE_CHECKING:
    from applier.api import Client
    from applier.cli.progress import Progress
    from applier.diagnostics import Diagnostic
    from applier.discovery.recorded import Schemas
    from applier.pipeline import Prepared
    from applier.plan import PlanOptions
    from applier.plan.impact import Impact
    from applier.plan.plan_file import Circumstances, SavedPlan
    from applier.plan.secret_digests import SecretDigests
    from applier.report import Report
    from applier.resources import Spec
    from applier.targeting import Selection


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan that can be carried out, with what it was derived from and the open client."""

    prepared: Prepared
    client: Client
    prints: SecretDigests | None = None


def planned(
    command: str,
    paths: Sequence[str],
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    *,
    pending_matters: bool = False,
) -> tuple[Report, Ready | None]:
    """Read, connect, plan. Every mistake is in the report; without one the rest comes too, open until `stack` ends.

    A single path that is a saved plan stands for what it was made of, and must still hold.
    """
    from applier.plan.plan_file import NotAPlan, is_saved_plan, load_plan
    from applier.report import Report

    if not (len(paths) == 1 and is_saved_plan(Path(paths[0]))):
        return _planned(command, paths, console, given, stack, None, pending_matters)
    try:
        saved = load_plan(Path(paths[0]))
    except NotAPlan as error:
        return Report(command, (problem_of(Unusable("not-a-plan", str(error), "make a new one: plan --out")),)), None
    return _planned_again(command, saved, console, given, stack, pending_matters)


def _planned_again(
    command: str,
    saved: SavedPlan,
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    pending_matters: bool,
) -> tuple[Report, Ready | None]:
    """A plan stands for the options that it was made with; only going on past the limits can be allowed later."""
    from applier.report import Report

    made_for, beside = saved.circumstances, saved.beside
    said = {"targets": made_for.targets, "excludes": made_for.excludes, **asdict(saved.policy)}
    said["environment"] = given.get("environment") or made_for.environment
    said["force"] = saved.policy.force or given.get("force", False)
    other = [name for name, value in said.items() if given.get(name) and given[name] != value]
    if other:
        options = {"targets": "target", "excludes": "exclude"}
        flags = ", ".join(f"--{options.get(name, name).replace('_', '-')}" for name in sorted(other))
        told = Unusable(
            "stale-plan", f"The plan was made without {flags}, or with another.", "leave it out, or make a new plan"
        )
        return Report(command, (problem_of(told),)), None
    missing = beside.missing(given["variables"], given["variable_files"], os.environ)
    said["variables"] = (*beside.variables, *given["variables"])
    said["variable_files"] = (*beside.files, *given["variable_files"])
    report, ready = _planned(command, made_for.paths, console, {**given, **said}, stack, saved, pending_matters)
    if ready is None and missing is not None:
        report = replace(report, diagnostics=(missing, *report.diagnostics))
    return report, ready


def _planned(
    command: str,
    paths: Sequence[str],
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    saved: SavedPlan | None,
    pending_matters: bool,
) -> tuple[Report, Ready | None]:
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.plan.plan_file import moved_since
    from applier.plan.safety import drift_violations
    from applier.report import Report

    spec, diagnostics = read_spec(paths, given)
    # What the files alone cannot tell, linking judges beside what is live, and says it better.
    diagnostics = tuple(one for one in diagnostics if one.code != "unknown-reference")
    if has_errors(diagnostics):
        return Report(command, diagnostics), None
    try:
        _sensible(given)
        prints = read_lock(paths)
        client = stack.enter_context(connected(given, console, spec, paths))
        with console.progress as progress:
            look = _Look(command, paths, console, given, spec, client)
            prepared = _prepared(look, prints, progress)
            around, schemas, moved_away, unseen = _beside(look, prepared)
            today = circumstances(paths, given, client) if saved else None
    except (ApiError, Unusable) as error:
        return Report(command, (*diagnostics, problem_of(error))), None
    if saved is not None and today is not None:
        diagnostics = (*diagnostics, *moved_since(saved, prepared.plan, today, prepared.forms))
    report = Report(
        command,
        (*diagnostics, *unseen),
        plan=prepared.plan,
        pending_matters=pending_matters,
        refused=tuple(drift_violations(prepared.plan)) if given.get("refuse_drift") else (),
        advised=command == "plan",
        checks=prepared.checks,
        moved=moved_away,
        schemas=told_schemas(schemas),
        surroundings=around,
    )
    return report, None if has_errors(report.all_diagnostics) else Ready(prepared, client, prints)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the service is for."""

    command: str
    paths: Sequence[str]
    console: Console
    given: Mapping[str, Any]
    spec: Spec
    client: Client


def _sensible(given: Mapping[str, Any]) -> None:
    """Raises `Unusable` for options that say nothing together."""
    if given.get("refuse_drift") and not given.get("base"):
        raise Unusable("no-base", "Without a base nobody can tell what is drift.", "give --refuse-drift a --base REF")


def _prepared(look: _Look, prints: SecretDigests | None, progress: Progress) -> Prepared:
    """The plan, checked, with causes and history where they are asked for. Raises `ApiError`, `Unusable`."""
    from applier import pipeline

    given, spec, client = look.given, look.spec, look.client
    choice, policy = choice_of(given), policy_of(given)
    progress.begin("looking at what is live")
    if look.command == "destroy":
        prepared = pipeline.plan_destroy(spec, client, choice, policy)
    else:
        prepared = pipeline.plan(spec, client, choice, policy, prints, whole=given.get("coverage", False))
    if not given.get("no_checks", True):
        progress.begin("checking against what connections offer")
        prepared = pipeline.with_checks(prepared, spec, client, given["parallelism"])
    if given.get("base"):
        base = spec_at(given["base"], look.paths, given["variable_files"], partial(_older, given))
        prepared = pipeline.read_base(prepared, base)
    return pipeline.with_history(prepared, client) if look.command == "drift" else prepared


def _older(given: Mapping[str, Any], paths: Sequence[str], files: Sequence[str]) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """An older state of the spec, which need not know yet what the options name."""
    return read_spec(paths, {**given, "variable_files": files}, strict=False)


def _beside(
    look: _Look, prepared: Prepared
) -> tuple[Impact, Schemas | None, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """What hangs on the changes, the recorded schemas, what has moved away from them, and what could not be seen."""
    from applier import pipeline, reality

    threads = look.given["parallelism"]
    around = pipeline.surroundings(prepared, look.client, threads, wide=look.console.tells_reach)
    schemas = read_recorded(look.paths) if look.command == "drift" else None
    if schemas is None:
        return around, None, (), ()
    return around, schemas, *reality.schema_drift(prepared, look.spec, schemas, look.client, threads)


def circumstances(paths: Sequence[str], given: Mapping[str, Any], client: Client) -> Circumstances:
    """What a plan is made of and for, as it is saved and compared. Raises `ApiError`."""
    from applier import pipeline
    from applier.plan.plan_file import Circumstances

    return Circumstances(
        paths=tuple(path_text(one) for one in paths or ["."]),
        targets=tuple(given["targets"]),
        excludes=tuple(given["excludes"]),
        environment=given.get("environment") or "",
        url="sandbox" if given["sandbox"] else client.settings.url,
        organization=pipeline.organization(client),
        api_version=given["api_version"],
    )


def choice_of(given: Mapping[str, Any]) -> Selection:
    """What of the spec the options mean."""
    from applier.targeting import Selection

    return Selection(tuple(given["targets"]), tuple(given["excludes"]), given["parallelism"])


def policy_of(given: Mapping[str, Any]) -> PlanOptions:
    """What the options allow; a command without an option does not allow it."""
    from applier.plan import PlanOptions

    flags = {name: given.get(name, False) for name in ("prune", "force_delete", "allow_replace", "force")}
    return PlanOptions(**flags, push_secrets=tuple(given.get("push_secrets", ())))
