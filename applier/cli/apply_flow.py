"""From a plan to its outcomes: show, ask, carry out, run; shared by `apply` and `destroy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from applier.cli.console import Console, Unusable, confirmed, problem_of, unusable_file
from applier.cli.lock_file import lock_file, write_lock
from applier.cli.plan_flow import Ready, planned
from applier.cli.result_files import reserved, tried, written_to
from applier.cli.run_flow import run_and_tell

if TYPE_CHECKING:
    from applier.execute import Outcome
    from applier.plan import Change
    from applier.plan.secret_digests import SecretDigests
    from applier.report import Report


def carried_out(
    command: str,
    paths: Sequence[str],
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    *,
    yes: bool,
    and_run: bool = False,
    result: str | None = None,
) -> Report:
    """The report of the whole way, written to the `result` file, too; in text form the plan has been shown before."""
    from applier.report import Report

    try:
        tried([*([result] if result else []), *(file for _, file in console.reports)])
    except Unusable as error:
        return Report(command, (problem_of(error),))
    report = _carried_out(command, paths, console, given, stack, yes=yes, and_run=and_run, result=result)
    return written_to(result, report)


def _carried_out(
    command: str,
    paths: Sequence[str],
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    *,
    yes: bool,
    and_run: bool,
    result: str | None,
) -> Report:
    from applier.execute import stop_on_interrupt

    report, ready = planned(command, paths, console, given, stack)
    if ready is None or not ready.prepared.plan.changes:
        return report
    plan = ready.prepared.plan
    if plan.refusals or report.refused:
        return replace(report, refused=(*report.refused, *plan.refusals))
    try:
        if console.output == "text":
            console.problems(report.all_diagnostics)
            console.show(report)
        question = _question(command, len(plan.changes))
        if not yes and not confirmed(question, otherwise="look at the plan, then pass --yes"):
            return replace(report, cancelled=True, plan=None if console.output == "text" else report.plan)
        reserved(result, report)
        if ready.prints is not None:
            _remember(ready.prints, paths)
    except Unusable as error:
        shown = None if console.output == "text" else report.plan
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)), plan=shown)
    stack.enter_context(stop_on_interrupt(ready.client.stop))  # from here on there is something to tell
    outcomes = tuple(_hinted(one, given) for one in _apply(ready, console, given))
    report = replace(report, outcomes=outcomes, interrupted=ready.client.stop.is_set())
    report = _remembered(report, ready, paths)
    if not and_run or report.interrupted:
        return report
    with suppress(Unusable):
        reserved(result, report)
    return _run(report, ready, console, given)


def _remember(prints: SecretDigests, paths: Sequence[str]) -> None:
    """Keep the digests in `applier.lock`. Before an apply these are the old ones, to see whether they can be kept.

    Raises `Unusable`.
    """
    try:
        write_lock(paths, prints)
    except OSError as error:
        raise unusable_file(lock_file(paths), error) from None


def _remembered(report: Report, ready: Ready, paths: Sequence[str]) -> Report:
    """With `applier.lock`, the digests of the secrets that were just applied are kept."""
    from applier import pipeline

    if ready.prints is None:
        return report
    try:
        _remember(pipeline.new_secret_digests(ready.prints, ready.prepared, report.outcomes or ()), paths)
        return report
    except Unusable as error:
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)))


def _hinted(one: Outcome, given: Mapping[str, Any]) -> Outcome:
    """What to do where a person has to finish a connection; the in-process sandbox has no page to open."""
    from applier.execute import Status

    if one.status is not Status.WAITING:
        return one
    how = "applier sandbox authorize" if given["sandbox"] else "open the page"
    return replace(one, hint=f"{how}, then apply again")


def _question(command: str, number: int) -> str:
    from applier.render.parts.words import count

    return f"Delete {count(number, 'resource')}?" if command == "destroy" else f"Apply {count(number, 'change')}?"


def _apply(ready: Ready, console: Console, given: Mapping[str, Any]) -> tuple[Outcome, ...]:
    from applier import pipeline
    from applier.render.text import outcome as told

    with console.progress as progress:
        progress.begin("applying", total=len(ready.prepared.plan.changes))

        def tell(_: Change, outcome: Outcome | None) -> None:
            if outcome is not None:
                progress.line(told(outcome, colour=False))
                progress.step()

        return pipeline.apply(
            ready.prepared,
            ready.client,
            parallelism=given["parallelism"],
            fail_fast=given["fail_fast"],
            tell=tell,
        )


def _run(report: Report, ready: Ready, console: Console, given: Mapping[str, Any]) -> Report:
    from applier import pipeline
    from applier.api import ApiError

    try:
        syncs = pipeline.written_syncs(report.outcomes or (), ready.client)
        runs = run_and_tell(ready.client, syncs, console, given)
        return replace(report, runs=runs, interrupted=ready.client.stop.is_set())
    except ApiError as error:
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)))
