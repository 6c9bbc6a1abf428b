"""Starts executions of syncs, waits for their end, and tells how they went (api.md section 17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from applier.api import ApiError, Client
from applier.kinds import KINDS
from applier.kinds.base import mapping, sequence, text
from applier.snapshot import Live

TERMINAL = ("completed", "canceled", "failed", "interrupted")
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds between two looks at a running execution
NEVER_RUN = "never run"
NOT_STARTED = "not started"


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
        return self.status in (*TERMINAL, NEVER_RUN, NOT_STARTED)

    @property
    def written(self) -> int:
        """Rows that arrived in the target."""
        return sum(self.counts.get(name, 0) for name in ("insert", "update", "upserts"))


Tell = Callable[[Run], None]


def run_syncs(client: Client, syncs: Sequence[Live], *, parallelism: int, tell: Tell) -> tuple[Run, ...]:
    """Start every sync and wait until each has ended; a refused start is a run with status `not started`.

    `tell` hears of each change of state, from the thread that waits for that sync.
    """
    with ThreadPoolExecutor(max_workers=max(1, min(parallelism, len(syncs) or 1))) as pool:
        return tuple(pool.map(lambda sync: _run(client, sync, tell), syncs))


def _run(client: Client, sync: Live, tell: Tell) -> Run:
    path = f"{KINDS['syncs'].path}/{sync.id}/executions"
    try:
        run = _told(sync, mapping(client.post(path, {}).get("data")))
        tell(run)
        wait = SHORTEST_WAIT
        while not run.ended and not client.stop.wait(wait):
            latest = _told(sync, mapping(client.get(f"{path}/{run.id}").get("data")))
            if latest != run:
                tell(latest)
            run, wait = latest, min(LONGEST_WAIT, wait * 1.3)
        return run
    except ApiError as error:
        run = Run(sync.address, _target(sync), status=NOT_STARTED, errors=(str(error),), hint=error.hint)
        tell(run)
        return run


def last_runs(client: Client, syncs: Sequence[Live], *, parallelism: int) -> tuple[Run, ...]:
    """The running or else the last execution of each sync. Raises `ApiError`."""
    with ThreadPoolExecutor(max_workers=max(1, min(parallelism, len(syncs) or 1))) as pool:
        return tuple(pool.map(lambda sync: _last(client, sync), syncs))


def _last(client: Client, sync: Live) -> Run:
    status = mapping(client.get(f"{KINDS['syncs'].path}/{sync.id}/status").get("data"))
    execution = mapping(status.get("current_execution")) or mapping(status.get("last_execution"))
    return _told(sync, execution, text(status.get("next_execution_time")))


def _told(sync: Live, execution: Mapping[str, object], next_at: str = "") -> Run:
    if not execution.get("id"):
        return Run(sync.address, _target(sync), next_at=next_at)
    counts = {name: count for name, count in mapping(execution.get("counts")).items() if isinstance(count, int)}
    return Run(
        address=sync.address,
        target=_target(sync),
        id=text(execution.get("id")),
        status=text(execution.get("status")),
        counts=counts,
        errors=tuple(str(one) for one in sequence(execution.get("errors"))),
        started_at=text(execution.get("started_at")),
        completed_at=text(execution.get("completed_at")),
        next_at=next_at,
    )


def _target(sync: Live) -> str:
    return text(mapping(sync.canonical.get("target")).get("object"))
