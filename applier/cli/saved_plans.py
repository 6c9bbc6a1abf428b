"""Saves a plan with the inputs that it was made from, and uses these inputs again when the plan is applied."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.lock_file import VARIABLE as LOCK_KEY
from applier.cli.option_values import Options, SelectionOptions
from applier.cli.spec_files import find_stream
from applier.secrets import hide_secrets
from applier.secrets.urls import hide_url
from applier.system import is_terminal, path_text

if TYPE_CHECKING:
    from applier.api import Client
    from applier.cli.plan_session import PlanSession
    from applier.diagnostics import Diagnostic
    from applier.plan.input_digests import InputDigests
    from applier.plan.plan_file import Circumstances, SavedPlan
    from applier.plan.saved_inputs import MissingInputs


def save(file: Path, session: PlanSession) -> None:
    """Write the plan to a file; only an older plan is replaced. Raises `CommandError`, OSError and `ApiError`."""
    from secrets import token_hex

    from applier.plan.change_digests import DigestedPlan, digest_changes
    from applier.plan.input_digests import KEY_SIZE
    from applier.plan.plan_file import is_saved_plan, save_plan
    from applier.plan.saved_inputs import save_inputs
    from applier.spec.documents.streams import STDIN

    if file.is_file() and file.stat().st_size and not is_saved_plan(file):
        message = f"{path_text(file)} exists and is not a saved plan, so it is not replaced."
        raise CommandError("not-saved", message, "choose another path, or delete the file")
    stream = find_stream(session.options.spec.paths)
    if stream is not None and stream != STDIN:
        message = (
            f"The spec comes from {stream}, which is gone when the plan is applied, and apply reads the spec again."
        )
        raise CommandError(
            "not-saved", message, "give it as a file, or through the standard input: applier plan - --out FILE"
        )
    options, client = session.options, session.client
    given = options.spec
    scrubber, no_checks = session.prepared.scrubber, options.planning.no_checks
    inputs = save_inputs(given.variables, given.variable_files, scrubber, no_checks=no_checks)
    made_for, plan_options = _circumstances(options, client), options.planning.create_plan_options()
    prepared, key = session.prepared, token_hex(KEY_SIZE)
    plan = DigestedPlan(hide_secrets(prepared.plan, prepared.scrubber), digest_changes(key, prepared.unmasked))
    save_plan(file, plan, made_for, plan_options, inputs, _digest_inputs(key, session, None))


def merge_options(options: Options, saved: SavedPlan) -> tuple[Options, MissingInputs | None]:
    """Return the options of a saved plan with those given now, and what has to be given again.

    Only the safety limits can be lifted later: raises `CommandError` for another option that differs from the plan's.
    """
    conflicts = _conflicting_flags(options, saved)
    if conflicts:
        message = f"The saved plan was made with other values of {', '.join(conflicts)}."
        raise CommandError("stale-plan", message, "omit these options, or create a new plan")
    made_for, allowed, inputs = saved.circumstances, saved.options, saved.inputs
    if find_stream(made_for.paths) is not None and is_terminal(sys.stdin):
        message = "The plan was made of a spec from the standard input, which is a terminal now."
        raise CommandError("stale-plan", message, "give the same spec again: applier apply PLANFILE < SPECFILE")
    spec = replace(
        options.spec,
        paths=made_for.paths,
        environment=options.spec.environment or made_for.environment,
        variables=(*inputs.variables, *options.spec.variables),
        variable_files=(*inputs.variable_files, *options.spec.variable_files),
    )
    planning = replace(
        options.planning,
        prune=allowed.prune,
        force_delete=allowed.force_delete,
        allow_replace=allowed.allow_replace,
        push_secrets=allowed.push_secrets,
        force=allowed.force or options.planning.force,
        no_checks=inputs.no_checks or options.planning.no_checks,
    )
    selection = SelectionOptions(targets=made_for.targets, excludes=made_for.excludes)
    missing = inputs.find_missing(options.spec.variables, options.spec.variable_files, os.environ)
    return replace(options, spec=spec, selection=selection, planning=planning), missing


def _conflicting_flags(options: Options, saved: SavedPlan) -> list[str]:
    """Return the flags that are given now, with another value than when the plan was made."""
    planning, selection, allowed = options.planning, options.selection, saved.options
    pairs = {
        "--allow-replace": (planning.allow_replace, allowed.allow_replace),
        "--exclude": (selection.excludes, saved.circumstances.excludes),
        "--force-delete": (planning.force_delete, allowed.force_delete),
        "--prune": (planning.prune, allowed.prune),
        "--push-secrets": (planning.push_secrets, allowed.push_secrets),
        "--target": (selection.targets, saved.circumstances.targets),
    }
    return [flag for flag, (given, kept) in pairs.items() if given and given != kept]


def find_changes(saved: SavedPlan, session: PlanSession, missing: MissingInputs | None) -> list[Diagnostic]:
    """Return why a saved plan is stale. Raises `ApiError`."""
    from applier.plan.change_digests import DigestedPlan, digest_changes
    from applier.plan.stale import Today, find_outdated

    made_for, prepared = _circumstances(session.options, session.client), session.prepared
    digests = _digest_inputs(saved.digests.key, session, saved.digests.cost)
    plan = DigestedPlan(prepared.plan, digest_changes(saved.digests.key, prepared.unmasked))
    now = Today(plan, made_for, prepared.resolved.declared, digests)
    return list(find_outdated(saved, now, missing))


def _digest_inputs(key: str, session: PlanSession, cost: int | None) -> InputDigests:
    """Return the digests of everything that a plan was made from; `cost` is that of a saved plan."""
    from applier.plan.input_digests import digest_inputs
    from applier.secrets import Secret
    from applier.spec.resources import Input, InputSource

    applied = session.digests
    lock_key = Secret(applied.key.decode()) if applied and applied.known else Secret("")
    inputs = (*session.spec.inputs, Input(InputSource.ENVIRONMENT, LOCK_KEY, lock_key, "the environment"))
    return digest_inputs(key, session.prepared.resolved.declared, inputs, session.prepared.scrubber, cost)


def _circumstances(options: Options, client: Client) -> Circumstances:
    """Return what a plan is made of and for. Raises `ApiError`."""
    from applier import pipeline
    from applier.plan.plan_file import Circumstances

    return Circumstances(
        paths=tuple(path_text(one) for one in options.spec.paths or ["."]),
        targets=options.selection.targets,
        excludes=options.selection.excludes,
        environment=options.spec.environment or "",
        url="sandbox" if options.service.sandbox else hide_url(client.settings.url),
        organization=pipeline.organization(client),
        api_version=options.service.api_version,
    )
