"""Starts executions of syncs, waits until they end, and reads the last ones (docs/api/executions.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from applier.api import ApiError, BadAnswer, Client, ServerFailed, Unreachable, check_id, side_by_side
from applier.execute.interrupts import stop_on_interrupt
from applier.kinds import KINDS
from applier.kinds.base import mapping, sequence, text
from applier.kinds.endpoints import Executions
from applier.live.objects import Live
from applier.secrets import OURS
from applier.spec.schema.lookup import value_at

RUNNABLE = tuple(name for name, kind in KINDS.items() if kind.runs)
TERMINAL = ("completed", "canceled", "failed", "interrupted")
STATUSES = frozenset(
    (
        *TERMINAL,
        "created",
        "scheduled",
        "queued",
        "waiting",
        "running",
        "processing",
        "canceling",
        "exporting",
        "errors",
    )
)
"""The service's own words (docs/api/executions.md#executions-of-syncs); any other text can hold a secret."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between two reads of a running execution
GROWTH = 1.3
NEVER_RUN = "never run"
NOT_STARTED = "not started"
UNKNOWN = "not known"  # started, or perhaps, but the service does not tell its state


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a sync: its status in the API's words, its counts and its errors."""

    address: str
    target: str
    id: str = ""
    status: str = field(default=NEVER_RUN, metadata=OURS)
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    hint: str | None = None
    started_at: str = ""
    completed_at: str = ""
    next_at: str = ""

    @property
    def failed(self) -> bool:
        """True when it has ended, but not as completed."""
        return self.status not in ("completed", NEVER_RUN) and self.ended

    @property
    def ended(self) -> bool:
        """True when its status is final."""
        return self.status in (*TERMINAL, NEVER_RUN, NOT_STARTED, UNKNOWN)

    @property
    def written(self) -> int:
        """The number of rows that were written to the target."""
        return sum(self.counts.get(name, 0) for name in ("insert", "update", "upserts", "records"))


RunListener = Callable[[Run], None]
"""Gets a run after each change of its state, in the thread that waits for it."""


def run_syncs(client: Client, syncs: Sequence[Live], *, parallelism: int, on_change: RunListener) -> tuple[Run, ...]:
    """Start every sync and wait until all have ended; a refused start is a run with the status `not started`.

    Ctrl-C ends the waiting and sets the client's `stop`; the executions go on at the service. A second one does not
    wait for answers either: each run then has the status that was last read.
    """
    latest = {one.id: Run(one.address, _target(one), status=NOT_STARTED) for one in syncs}

    def start_and_wait(sync: Live) -> Run:
        def record(run: Run) -> None:
            latest[sync.id] = run
            on_change(run)

        if not client.stop.is_set():
            latest[sync.id] = replace(latest[sync.id], status=UNKNOWN)
        return _start_and_wait(client, sync, record)

    with stop_on_interrupt(client):
        try:
            with side_by_side(min(parallelism, len(syncs)), client.abandoned) as pool:
                return tuple(pool.map(start_and_wait, syncs))
        except KeyboardInterrupt:
            if not client.abandoned.is_set():
                raise
            return tuple(latest[one.id] for one in syncs)


def _start_and_wait(client: Client, sync: Live, on_change: RunListener) -> Run:
    run = Run(sync.address, _target(sync), status=NOT_STARTED)
    if client.stop.is_set():
        return run
    path = f"{KINDS[sync.kind].path}/{sync.id}/executions"
    pause = FIRST_PAUSE
    try:
        run = _decode_execution(client, sync, client.post(path, {}))
        on_change(run)
        while not run.ended and not client.stop.wait(pause):
            latest = _decode_execution(client, sync, client.get(f"{path}/{run.id}"))
            if latest != run:
                on_change(latest)
            run, pause = latest, min(LONGEST_PAUSE, pause * GROWTH)
    except ApiError as error:
        if run.id and client.stop.is_set():
            return run
        status = UNKNOWN if run.id or _may_have_started(error) else NOT_STARTED
        run = replace(run, status=status, errors=(str(error),), hint=error.hint)
        on_change(run)
    return run


def _decode_execution(client: Client, sync: Live, answer: Mapping[str, object]) -> Run:
    """Return the execution in an answer. Raises `BadAnswer` when there is none: its state is unknown then."""
    execution = mapping(answer.get("data"))
    if not execution.get("id"):
        raise BadAnswer(f"The service answered without the execution of {sync.address}.")
    check_id(f"The service, asked for the execution of {sync.address},", execution)
    return _decode_run(client, sync, execution)


def _may_have_started(error: ApiError) -> bool:
    return isinstance(error, ServerFailed | BadAnswer) or (isinstance(error, Unreachable) and error.acted)


def last_runs(client: Client, syncs: Sequence[Live], *, parallelism: int) -> tuple[Run, ...]:
    """Return the running or else the last execution of each sync. Raises `ApiError`."""
    with side_by_side(min(parallelism, len(syncs))) as pool:
        return tuple(pool.map(lambda sync: _last_run(client, sync), syncs))


def _last_run(client: Client, sync: Live) -> Run:
    status = mapping(client.get(f"{KINDS[sync.kind].path}/{sync.id}/status").get("data"))
    execution = mapping(status.get("current_execution")) or mapping(status.get("last_execution"))
    return _decode_run(client, sync, execution, text(status.get("next_execution_time")))


def _decode_run(client: Client, sync: Live, execution: Mapping[str, object], next_at: str = "") -> Run:
    if not execution.get("id"):
        return Run(sync.address, _target(sync), next_at=next_at)
    errors = [*sequence(execution.get("errors")), *_status_message(execution)]
    return Run(
        address=sync.address,
        target=_target(sync),
        id=text(execution.get("id")),
        status=_status(client, execution),
        counts=_counts(sync, execution),
        errors=tuple(client.scrub(str(one)) for one in errors),
        started_at=text(execution.get("started_at")),
        completed_at=text(execution.get("completed_at")),
        next_at=next_at,
    )


def _status(client: Client, execution: Mapping[str, object]) -> str:
    status = text(execution.get("status"))
    return status if status in STATUSES else client.scrub(status)


def _counts(sync: Live, execution: Mapping[str, object]) -> dict[str, int]:
    """Return the counts of an execution, or those that the kind has in members of their own.

    See docs/api/executions.md#executions-of-syncs and docs/api/executions.md#executions-of-bulk-syncs.
    """
    counts = execution.get("counts")
    if not isinstance(counts, Mapping):
        counts = {name: execution.get(member) for name, member in _executions(sync).counts.items()}
    return {name: count for name, count in counts.items() if isinstance(count, int)}


def _status_message(execution: Mapping[str, object]) -> list[str]:
    message = text(execution.get("status_message"))
    return [message] if message and execution.get("status") != "completed" else []


def _target(sync: Live) -> str:
    """Return the name of what an execution writes to: an object, or a schema."""
    return text(value_at(sync.canonical, _executions(sync).target))


def _executions(sync: Live) -> Executions:
    executions = KINDS[sync.kind].executions
    if executions is None:
        raise ValueError(f"{sync.address} has no executions")
    return executions
