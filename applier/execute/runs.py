"""Starts executions of syncs, waits for their end, and tells how they went (api.md section 17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from applier.api import ApiError, BadAnswer, Client, ServerFailed, Unreachable, side_by_side
from applier.execute.interrupts import stop_on_interrupt
from applier.kinds import KINDS
from applier.kinds.base import mapping, sequence, text
from applier.live.snapshot import Live

RUNNABLE = ("syncs", "bulk_syncs")
TERMINAL = ("completed", "canceled", "failed", "interrupted")
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds between two looks at a running execution
NEVER_RUN = "never run"
NOT_STARTED = "not started"
LOST = "not known"  # started, or perhaps, but the service does not tell how it goes


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a sync: its state in the API's words, its counts, and what went wrong."""

    address: str
    target: str
    id: str = ""
    status: str = NEVER_RUN
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    hint: str | None = None
    started_at: str = ""
    completed_at: str = ""
    next_at: str = ""

    @property
    def failed(self) -> bool:
        """True when it ended in any other way than completed."""
        return self.status not in ("completed", NEVER_RUN) and self.ended

    @property
    def ended(self) -> bool:
        """True when nothing more will happen to it."""
        return self.status in (*TERMINAL, NEVER_RUN, NOT_STARTED, LOST)

    @property
    def written(self) -> int:
        """Rows that arrived in the target."""
        return sum(self.counts.get(name, 0) for name in ("insert", "update", "upserts", "records"))


RunListener = Callable[[Run], None]


def run_syncs(client: Client, syncs: Sequence[Live], *, parallelism: int, tell: RunListener) -> tuple[Run, ...]:
    """Start every sync and wait until each has ended; a refused start is a run with status `not started`.

    `tell` hears of each change of state, from the thread that waits for that sync. Ctrl-C ends the waiting and sets
    the client's `stop`; what was started goes on at the service.
    """
    with stop_on_interrupt(client.stop), side_by_side(min(parallelism, len(syncs))) as pool:
        return tuple(pool.map(lambda sync: _run(client, sync, tell), syncs))


def _run(client: Client, sync: Live, tell: RunListener) -> Run:
    run = Run(sync.address, _target(sync), status=NOT_STARTED)
    if client.stop.is_set():
        return run
    path = f"{KINDS[sync.kind].path}/{sync.id}/executions"
    pause = SHORTEST_WAIT
    try:
        run = _under_way(sync, client.post(path, {}))
        tell(run)
        while not run.ended and not client.stop.wait(pause):
            latest = _under_way(sync, client.get(f"{path}/{run.id}"))
            if latest != run:
                tell(latest)
            run, pause = latest, min(LONGEST_WAIT, pause * 1.3)
    except ApiError as error:
        if run.id and client.stop.is_set():
            return run
        status = LOST if run.id or _may_have_begun(error) else NOT_STARTED
        run = replace(run, status=status, errors=(str(error),), hint=error.hint)
        tell(run)
    return run


def _under_way(sync: Live, answer: Mapping[str, object]) -> Run:
    """The execution in an answer. Raises `BadAnswer` when there is none: nobody knows then how it went."""
    execution = mapping(answer.get("data"))
    if not execution.get("id"):
        raise BadAnswer(f"The service answered without the execution of {sync.address}.")
    return _told(sync, execution)


def _may_have_begun(error: ApiError) -> bool:
    return isinstance(error, ServerFailed | BadAnswer) or (isinstance(error, Unreachable) and error.acted)


def last_runs(client: Client, syncs: Sequence[Live], *, parallelism: int) -> tuple[Run, ...]:
    """The running or else the last execution of each sync. Raises `ApiError`."""
    with side_by_side(min(parallelism, len(syncs))) as pool:
        return tuple(pool.map(lambda sync: _last(client, sync), syncs))


def _last(client: Client, sync: Live) -> Run:
    status = mapping(client.get(f"{KINDS[sync.kind].path}/{sync.id}/status").get("data"))
    execution = mapping(status.get("current_execution")) or mapping(status.get("last_execution"))
    return _told(sync, execution, text(status.get("next_execution_time")))


def _told(sync: Live, execution: Mapping[str, object], next_at: str = "") -> Run:
    if not execution.get("id"):
        return Run(sync.address, _target(sync), next_at=next_at)
    errors = [*sequence(execution.get("errors")), *_message(execution)]
    return Run(
        address=sync.address,
        target=_target(sync),
        id=text(execution.get("id")),
        status=text(execution.get("status")),
        counts=_counts(execution),
        errors=tuple(str(one) for one in errors),
        started_at=text(execution.get("started_at")),
        completed_at=text(execution.get("completed_at")),
        next_at=next_at,
    )


def _counts(execution: Mapping[str, object]) -> dict[str, int]:
    """Those of a sync, or the records and errors of a bulk sync (api.md 17.4 and 18.5)."""
    told = execution.get("counts")
    if not isinstance(told, Mapping):
        told = {"records": execution.get("record_count"), "error": execution.get("error_count")}
    return {name: count for name, count in told.items() if isinstance(count, int)}


def _message(execution: Mapping[str, object]) -> list[str]:
    said = text(execution.get("status_message"))
    return [said] if said and execution.get("status") != "completed" else []


def _target(sync: Live) -> str:
    """The object that a sync writes to, or the schema that a bulk sync fills."""
    settings = mapping(mapping(sync.canonical.get("destination")).get("configuration"))
    return text(mapping(sync.canonical.get("target")).get("object")) or text(settings.get("schema"))
