"""Applies the changes of a plan in the order of their dependencies, several at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from queue import Empty

from applier.api import ApiError, Client
from applier.diagnostics import has_errors
from applier.execute.conflicts import Conflict
from applier.execute.context import ApplyContext
from applier.execute.interrupts import stop_on_interrupt
from applier.execute.operations import apply_change
from applier.execute.outcome import WRITTEN, Incomplete, Outcome, Status
from applier.execute.places import Places
from applier.kinds import KINDS
from applier.plan import Action, Change, Plan
from applier.system import wait_for

MOST_WAITING = 100  # changes beside those that run, which wait for the same list
FAILURES = (Status.FAILED, Status.CONFLICT)

OutcomeListener = Callable[[Change, Outcome | None], None]
"""Gets each change when it starts (outcome None) and when it ends."""

InterruptListener = Callable[[int], None]
"""Gets the number of the changes that are awaited after an interrupt."""

ABANDONED = "Stopped while it was applied."
ABANDONED_HINT = "run plan again to see whether it was"


def execute(
    plan: Plan,
    context: ApplyContext,
    *,
    fail_fast: bool = False,
    on_outcome: OutcomeListener = lambda change, outcome: None,
    on_interrupt: InterruptListener = lambda number: None,
) -> tuple[Outcome, ...]:
    """Apply every change, and return their outcomes in the order of the plan.

    `context.places` has the number of changes that run at the same time. A failure skips the changes that depend on
    it; with `fail_fast` it prevents every further start. `on_outcome` is always called in this thread. Ctrl-C prevents
    further starts and waits for what is running, which `on_interrupt` gets the number of. A second one ends the wait:
    what is running has an unknown outcome.
    """
    client = context.client
    queue = _Queue(plan, context.places, on_outcome)
    told: list[int] = []

    def may_start() -> bool:
        return not (fail_fast and queue.has_failures()) and not client.stop.is_set()

    def is_given_up() -> bool:
        if client.stop.is_set() and not told:
            told.append(len(queue.running))
            on_interrupt(len(queue.running))
        return client.abandoned.is_set()

    with stop_on_interrupt(client), _open_threads(queue.most, client) as pool:
        while (queue.is_active() and may_start()) or queue.running:
            while may_start() and (change := queue.next_change()):
                on_outcome(change, None)
                queue.record_start(change, pool.submit(_attempt, change, context))
            queue.places.call_back_if_idle()
            queue.collect_finished(is_given_up)
            if client.abandoned.is_set():
                queue.abandon()
    return queue.all_outcomes()


@contextmanager
def _open_threads(number: int, client: Client) -> Iterator[ThreadPoolExecutor]:
    """Yield threads, and wait until they have ended, unless nobody waits for their requests any more."""
    pool = ThreadPoolExecutor(number, thread_name_prefix="apply")
    try:
        yield pool
    finally:
        pool.shutdown(wait=not client.abandoned.is_set(), cancel_futures=client.abandoned.is_set())


class _Queue:
    """The changes of a plan: those that wait for others, those that are ready, those that run, and the outcomes."""

    def __init__(self, plan: Plan, places: Places, on_outcome: OutcomeListener) -> None:
        self.running: dict[Future[Outcome], Change] = {}
        self.places = places
        self.most = places.number + MOST_WAITING
        self._plan = plan
        self._on_outcome = on_outcome
        self._outcomes: dict[str, Outcome] = {}
        self._positions = {one.address: position for position, one in enumerate(plan.changes)}
        self._waits_for = {
            one.address: [each for each in one.waits_for if each in self._positions] for one in plan.changes
        }
        self._order = TopologicalSorter(self._waits_for)
        self._order.prepare()
        self._ready: list[int] = []  # a heap of positions, so that the first in the plan starts first

    def is_active(self) -> bool:
        """True while some change has no outcome yet."""
        return self._order.is_active()

    def has_failures(self) -> bool:
        """True when a change has failed."""
        return any(one.status in FAILURES for one in self._outcomes.values())

    def next_change(self) -> Change | None:
        """Return the first change that may start now, with a place; skip those that cannot be applied.

        Returns None when there is none, or no place.
        """
        while len(self.running) < self.most and self.places.try_take():
            for address in self._order.get_ready():
                heappush(self._ready, self._positions[address])
            change = self._plan.changes[self._ready[0]] if self._ready else None
            if change and self._keeps_its_turn(change):
                change = None
            if change:
                heappop(self._ready)
            reason = self._reason_to_skip(change) if change else ""
            if change and not reason:
                return change
            self.places.give_back()
            if not change:
                return None
            self._end(change, Outcome(change.address, change.action, Status.SKIPPED, change.id, reason))
        return None

    def _keeps_its_turn(self, change: Change) -> bool:
        """True when a change may not start before one that has lent the only place has ended.

        With one place, changes end in the order of the plan. Only creates in a row share a list.
        """
        return self.places.number == 1 and bool(self.running) and change.action is not Action.CREATE

    def record_start(self, change: Change, future: Future[Outcome]) -> None:
        """Remember a change that runs, until `collect_finished`."""
        self.running[future] = change
        future.add_done_callback(self.places.events.put)

    def collect_finished(self, is_given_up: Callable[[], bool]) -> None:
        """Wait until a running change ends or lends its place, and record outcomes; return at once when none runs.

        Waits no longer once it is given up.
        """
        events: list[Future[Outcome] | None] = []

        def has_happened(seconds: float | None) -> bool:
            with suppress(Empty):
                events.append(self.places.events.get(timeout=seconds))
            return bool(events)

        if self.running:
            wait_for(has_happened, is_given_up)
        for future in events:
            if future is not None:
                self.places.give_back()
                self._end(self.running.pop(future), future.result())

    def abandon(self) -> None:
        """Record an outcome for all that runs: its own if it has just ended, otherwise that it is unknown."""
        for future, change in self.running.items():
            if future.cancel():
                continue  # it waited for a thread
            outcome = Outcome(change.address, change.action, Status.UNKNOWN, change.id, ABANDONED, ABANDONED_HINT)
            self._end(change, future.result() if future.done() else outcome)
        self.running.clear()

    def all_outcomes(self) -> tuple[Outcome, ...]:
        """Return one outcome for each change; what has none was not started."""
        return tuple(
            self._outcomes.get(one.address)
            or Outcome(one.address, one.action, Status.NOT_STARTED, one.id, place=one.place)
            for one in self._plan.changes
        )

    def _end(self, change: Change, outcome: Outcome) -> None:
        self._outcomes[change.address] = replace(outcome, place=change.place)
        self._order.done(change.address)
        self._on_outcome(change, self._outcomes[change.address])

    def _reason_to_skip(self, change: Change) -> str:
        if change.blocked:
            return f"Blocked: {change.blocked}."
        needed = [self._outcomes[one] for one in self._waits_for[change.address]]
        failed = [one.address for one in needed if one.status not in WRITTEN]
        if failed:
            verb = "was" if len(failed) == 1 else "were"
            return f"Depends on {', '.join(failed)}, which {verb} not applied."
        wrong = [one.address for one in needed if one.action is Action.REPLACE and one.status is Status.DIFFERENT]
        return (
            f"Depends on {', '.join(wrong)}, whose new object is not as declared; the old one stays." if wrong else ""
        )


def _attempt(change: Change, context: ApplyContext) -> Outcome:
    """Check and apply one change; every expected error becomes an outcome."""
    started = time.monotonic()
    try:
        outcome = _check_and_apply(change, context)
    except Conflict as conflict:
        hint = "run plan again to see the current state"
        outcome = Outcome(change.address, change.action, Status.CONFLICT, change.id, str(conflict), hint)
    except (ApiError, Incomplete) as error:
        outcome = Outcome(change.address, change.action, Status.FAILED, change.id, str(error), error.hint)
    return replace(outcome, seconds=time.monotonic() - started)


def _check_and_apply(change: Change, context: ApplyContext) -> Outcome:
    findings = context.check(change) if change.action is not Action.DELETE else ()
    if has_errors(findings):
        message = "Live check failed; not applied."
        return Outcome(change.address, change.action, Status.FAILED, change.id, message, findings=findings)
    applied = apply_change(change, context)
    status = Status.WAITING if applied.pending_step else Status.DIFFERENT if applied.differs else Status.DONE
    message = f"The {KINDS[change.kind].noun} {applied.pending_step}" if applied.pending_step else ""
    return Outcome(
        change.address, change.action, status, applied.id, message, differs=applied.differs, findings=findings
    )
