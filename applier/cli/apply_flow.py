"""Applies a plan: shows it, asks, applies it, keeps what has to be kept, and runs syncs. For `apply` and `destroy`."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from applier.cli.console import CommandError, Console, confirm, error_diagnostic
from applier.cli.lock_file import write_lock
from applier.cli.plan_flow import PlanRequest, make_plan
from applier.cli.plan_session import PlanSession
from applier.cli.result_files import check_files, reserve_result, write_result
from applier.cli.run_flow import run_syncs
from applier.system import is_reader_gone

if TYPE_CHECKING:
    from applier.cli.option_values import Options
    from applier.execute import Outcome
    from applier.plan import Change
    from applier.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What `apply` or `destroy` was called with. `yes` skips the confirmation, `and_run` runs the changed syncs."""

    command: str
    options: Options
    yes: bool
    and_run: bool = False
    result_file: str | None = None


def apply_plan(request: ApplyRequest) -> int:
    """Plan, ask, apply and run; print the report, write it to the result file, and return the exit code."""
    from applier.report import Report

    console = Console.create(request.options.output)
    with ExitStack() as stack:
        try:
            files = [*([request.result_file] if request.result_file else []), *(file for _, file in console.reports)]
            check_files(files)
        except CommandError as error:
            return console.finish(Report(request.command, (error_diagnostic(error),)))
        report, session = make_plan(PlanRequest(request.command, request.options, console), stack)
        if session is not None and session.prepared.plan.changes:
            report = _confirm_and_apply(report, session, request, console, stack)
        elif session is not None and session.digests is not None and session.digests.old_key is not None:
            report = _keep_digests(report, session)  # with the new key, also if there is nothing else to do
        return console.finish(write_result(request.result_file, console.guard.hide(report)))


def _confirm_and_apply(
    report: Report, session: PlanSession, request: ApplyRequest, console: Console, stack: ExitStack
) -> Report:
    from applier.execute import stop_on_interrupt

    plan = session.prepared.plan
    if plan.refusals or report.refused:
        return replace(report, refused=(*report.refused, *plan.refusals))
    without_plan = replace(report, plan=None) if console.output == "text" else report  # which is printed once
    try:
        if console.output == "text":
            console.print_diagnostics(report.all_diagnostics)
            console.print_result(report)
        question = _question(request.command, len(plan.changes))
        if not request.yes and not confirm(question, otherwise="review the plan, then pass --yes"):
            return replace(without_plan, cancelled=True)
        reserve_result(request.result_file, console.guard.hide(report))
        if session.digests is not None:
            write_lock(session.options.spec.paths, session.digests)  # unchanged, to see whether it can be written
    except CommandError as error:
        return without_plan.add(error_diagnostic(error))
    except OSError as error:
        if not is_reader_gone(error):
            raise
        return replace(without_plan, cancelled=True)  # nobody has seen the plan
    stack.enter_context(stop_on_interrupt(session.client))  # from here on an interrupt has outcomes to report
    return _apply_and_run(report, session, request, console)


def _apply_and_run(report: Report, session: PlanSession, request: ApplyRequest, console: Console) -> Report:
    outcomes = _apply(session, console)
    report = replace(report, outcomes=outcomes, interrupted=session.client.stop.is_set())
    report = _keep_digests(report, session)
    if not request.and_run or report.interrupted:
        return report
    with suppress(CommandError):
        reserve_result(request.result_file, console.guard.hide(report))
    return _run(report, session, console)


def _question(command: str, number: int) -> str:
    from applier.render.parts.words import count

    return f"Delete {count(number, 'resource')}?" if command == "destroy" else f"Apply {count(number, 'change')}?"


def _apply(session: PlanSession, console: Console) -> tuple[Outcome, ...]:
    from applier import pipeline
    from applier.render.parts.outcome_text import format_outcome
    from applier.render.parts.words import count

    options = session.options
    with console.progress as progress:
        progress.begin("applying", total=len(session.prepared.plan.changes))

        def on_outcome(_: Change, outcome: Outcome | None) -> None:
            if outcome is not None:
                progress.line(format_outcome(console.guard.hide(outcome), colour=False))
                progress.step()

        def on_interrupt(number: int) -> None:
            awaited = f"waiting for {count(number, 'change')} in progress; interrupt again to stop at once"
            progress.line(f"interrupted: {awaited}" if number else "interrupted")

        outcomes = pipeline.apply(
            session.prepared,
            session.client,
            parallelism=options.service.parallelism,
            fail_fast=options.planning.fail_fast,
            on_outcome=on_outcome,
            on_interrupt=on_interrupt,
        )
    return tuple(_add_hint(one, options.service.sandbox) for one in outcomes)


def _add_hint(one: Outcome, sandbox: bool) -> Outcome:
    """Say how to finish a connection that waits for a person; the sandbox in this process has no page to open."""
    from applier.execute import Status

    if one.status is not Status.WAITING:
        return one
    action = "run `applier sandbox authorize`" if sandbox else "open the page"
    return replace(one, hint=f"{action}, then apply again")


def _keep_digests(report: Report, session: PlanSession) -> Report:
    """Write the digests of the secrets that were applied to `applier.lock`, if there is a key for it."""
    from applier import pipeline

    if session.digests is None:
        return report
    digests = pipeline.new_secret_digests(session.digests, session.prepared, report.outcomes or ())
    try:
        write_lock(session.options.spec.paths, digests)
        return report
    except CommandError as error:
        return report.add(error_diagnostic(error))


def _run(report: Report, session: PlanSession, console: Console) -> Report:
    from applier import pipeline
    from applier.api import ApiError

    client = session.client
    try:
        syncs = pipeline.syncs_to_run(report.outcomes or (), client)
        runs = run_syncs(client, syncs, console, session.options.service.parallelism)
        return replace(report, runs=runs, interrupted=client.stop.is_set())
    except ApiError as error:
        return report.add(error_diagnostic(error))
    except KeyboardInterrupt:  # a second one, before a run was started
        return replace(report, interrupted=True)
