"""Who goes when: every change as soon as what it waits for is done, in the order of the plan, several side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from applier.api import ApiError
from applier.diagnostics import has_errors
from applier.execute.context import ApplyContext, Conflict
from applier.execute.interrupts import stop_on_interrupt
from applier.execute.operations import Incomplete, apply_change
from applier.execute.outcome import Outcome, Status
from applier.plan import Action, Change, Plan
from applier.system import wait_for

FAILURES = (Status.FAILED, Status.CONFLICT)

OutcomeListener = Callable[[Change, Outcome | None], None]


def execute(
    plan: Plan,
    workplace: ApplyContext,
    *,
    parallelism: int = 10,
    fail_fast: bool = False,
    tell: OutcomeListener = lambda change, outcome: None,
) -> tuple[Outcome, ...]:
    """Carry out every change; what fails skips only what waits for it, with `fail_fast` nothing more is started.

    `tell` hears of each change when it starts (outcome None) and when it ends, always in the calling thread.
    Ctrl-C starts nothing more, waits for what is under way and leaves the rest not started; a second one stops at once.
    """
    outcomes: dict[str, Outcome] = {}
    places = {one.address: place for place, one in enumerate(plan.changes)}
    waits = {one.address: [each for each in one.waits_for if each in places] for one in plan.changes}
    order = TopologicalSorter(waits)
    order.prepare()
    ready: list[int] = []  # a heap of places, so that the first in the plan goes first
    running: dict[Future[Outcome], Change] = {}

    def ended(change: Change, outcome: Outcome) -> None:
        outcomes[change.address] = replace(outcome, place=change.place)
        order.done(change.address)
        tell(change, outcomes[change.address])

    def going_on() -> bool:
        failed = fail_fast and any(one.status in FAILURES for one in outcomes.values())
        return not failed and not workplace.client.stop.is_set()

    with stop_on_interrupt(workplace.client.stop), ThreadPoolExecutor(parallelism, thread_name_prefix="apply") as pool:
        while (order.is_active() and going_on()) or running:
            _queue(ready, order, places)
            while ready and len(running) < parallelism and going_on():
                change = plan.changes[heappop(ready)]
                blocked = [one for one in waits[change.address] if not _done(outcomes[one])]
                if blocked or change.blocked:
                    ended(change, _skipped(change, blocked))
                    _queue(ready, order, places)
                else:
                    tell(change, None)
                    running[pool.submit(_attempt, change, workplace)] = change
            for future in _finished(running):
                ended(running.pop(future), future.result())
    missing = (one for one in plan.changes if one.address not in outcomes)
    outcomes.update({one.address: Outcome(one.address, one.action, Status.NOT_STARTED, one.id) for one in missing})
    return tuple(outcomes[one.address] for one in plan.changes)


def _finished(running: Mapping[Future[Outcome], Change]) -> set[Future[Outcome]]:
    """Return those that have ended, as soon as one has; none when nothing runs."""
    done: set[Future[Outcome]] = set()

    def some(seconds: float | None) -> bool:
        done.update(wait(running, seconds, FIRST_COMPLETED).done)
        return bool(done) or not running

    wait_for(some)
    return done


def _queue(ready: list[int], order: TopologicalSorter[str], places: Mapping[str, int]) -> None:
    """Add what has become ready."""
    for address in order.get_ready():
        heappush(ready, places[address])


def _done(outcome: Outcome) -> bool:
    return outcome.status in (Status.DONE, Status.DIFFERENT)


def _skipped(change: Change, blocked: list[str]) -> Outcome:
    if change.blocked:
        return Outcome(change.address, change.action, Status.SKIPPED, change.id, f"Waits: {change.blocked}.")
    reason = f"Waits for {', '.join(blocked)}, which {'was' if len(blocked) == 1 else 'were'} not done."
    return Outcome(change.address, change.action, Status.SKIPPED, change.id, reason)


def _attempt(change: Change, workplace: ApplyContext) -> Outcome:
    started = time.monotonic()
    try:
        findings = workplace.check(change) if change.action is not Action.DELETE else ()
        if has_errors(findings):
            said = "It does not fit what the connection offers; not written."
            return Outcome(change.address, change.action, Status.FAILED, change.id, said, findings=findings)
        done = apply_change(change, workplace)
        status = Status.WAITING if done.pending_step else Status.DIFFERENT if done.differs else Status.DONE
        seconds = time.monotonic() - started
        said = f"It {done.pending_step}" if done.pending_step else ""
        return Outcome(
            change.address,
            change.action,
            status,
            done.id,
            said,
            differs=done.differs,
            seconds=seconds,
            findings=findings,
        )
    except Conflict as conflict:
        return Outcome(
            change.address,
            change.action,
            Status.CONFLICT,
            change.id,
            str(conflict),
            "plan again to see what it is now",
            seconds=time.monotonic() - started,
        )
    except (ApiError, Incomplete) as error:
        return Outcome(
            change.address,
            change.action,
            Status.FAILED,
            change.id,
            str(error),
            error.hint,
            seconds=time.monotonic() - started,
        )
