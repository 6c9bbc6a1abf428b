"""From a plan to its outcomes: show, ask, carry out, run; shared by `apply` and `destroy`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from applier.cli.lock import lock_file, write_lock
from applier.cli.planning import Ready, planned
from applier.cli.running import run_and_tell
from applier.cli.session import Console, Unusable, confirmed, problem_of, unwritten

if TYPE_CHECKING:
    from applier.execute import Outcome
    from applier.plan import Change
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
) -> Report:
    """The report of the whole way; in text form the plan has been shown before anybody is asked."""
    report, ready = planned(command, paths, console, given, stack)
    if ready is None or not ready.prepared.plan.changes:
        return report
    plan = ready.prepared.plan
    if plan.brakes or report.refused:
        return replace(report, refused=(*report.refused, *plan.brakes))
    if console.output == "text":
        console.problems(report.all_diagnostics)
        console.show(report)
    try:
        question = _question(command, len(plan.changes))
        if not yes and not confirmed(question, otherwise="look at the plan, then pass --yes"):
            return replace(report, cancelled=True, plan=None if console.output == "text" else report.plan)
    except Unusable as error:
        shown = None if console.output == "text" else report.plan
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)), plan=shown)
    outcomes = tuple(_hinted(one, given) for one in _apply(ready, console, given))
    report = replace(report, outcomes=outcomes, interrupted=ready.client.stop.is_set())
    report = _remembered(report, ready, paths)
    return _run(report, ready, console, given) if and_run and not report.interrupted else report


def _remembered(report: Report, ready: Ready, paths: Sequence[str]) -> Report:
    """With `applier.lock`, the digests of the secrets that were just applied are kept."""
    from applier import pipeline

    if ready.prints is None:
        return report
    try:
        write_lock(paths, pipeline.new_prints(ready.prints, ready.prepared, report.outcomes or ()))
        return report
    except OSError as error:
        return replace(report, diagnostics=(*report.diagnostics, unwritten(lock_file(paths), error)))


def checked(file: str | None) -> None:
    """Raises `Unusable` when the outcome could not be written: better now than after the apply."""
    if file is not None:
        try:
            Path(file).open("a", encoding="utf-8").close()
        except OSError as error:
            raise Unusable("not-saved", f"{file} cannot be written: {error.strerror}.", "choose another file") from None


def written_to(file: str | None, report: Report) -> Report:
    """The report, written to a file as JSON if one is given; that this failed is added to it."""
    from applier.render.json import render

    if file is None:
        return report
    try:
        Path(file).write_text(render(report) + "\n", encoding="utf-8")
        return report
    except OSError as error:
        return replace(report, diagnostics=(*report.diagnostics, unwritten(file, error)))


def _hinted(one: Outcome, given: Mapping[str, Any]) -> Outcome:
    """What to do where a person has to finish a connection; the in-process sandbox has no page to open."""
    from applier.execute import Status

    if one.status is not Status.WAITING:
        return one
    how = "applier sandbox authorize" if given["sandbox"] else "open the page"
    return replace(one, hint=f"{how}, then apply again")


def _question(command: str, number: int) -> str:
    from applier.render.words import count

    return f"Delete {count(number, 'resource')}?" if command == "destroy" else f"Apply {count(number, 'change')}?"


def _apply(ready: Ready, console: Console, given: Mapping[str, Any]) -> tuple[Outcome, ...]:
    from applier import pipeline
    from applier.render.text import outcome as told

    with console.progress as progress, _ended_gently():
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


@contextmanager
def _ended_gently() -> Iterator[None]:
    """SIGTERM, with which CI ends its jobs, is like Ctrl-C: what is under way is finished, and all is told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(report: Report, ready: Ready, console: Console, given: Mapping[str, Any]) -> Report:
    from applier import pipeline
    from applier.api import ApiError

    try:
        syncs = pipeline.written_syncs(report.outcomes or (), ready.client)
        runs = run_and_tell(ready.client, syncs, console, given)
        return replace(report, runs=runs, interrupted=ready.client.stop.is_set())
    except ApiError as error:
        return replace(report, diagnostics=(*report.diagnostics, problem_of(error)))
