"""Run executions in background threads, and store how each of them ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from applier.sandbox import databases
from applier.sandbox.json_values import Document, as_document, as_text
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.executions import bulk_executions, sync_execution_logs, sync_executions
from applier.sandbox.rules.refusals import Refusal
from applier.sandbox.rules.syncs.filter_logic import LogicError
from applier.sandbox.runs.bulk_sync_run import run_bulk
from applier.sandbox.runs.errors import Canceled, RunError
from applier.sandbox.runs.record_log import RecordLog, failure_logs
from applier.sandbox.runs.sync_run import run_sync

log = logging.getLogger(__name__)
THREADS = 4
CLOSE_SECONDS = 2.0
"""How long the queries of executions go on after the sandbox is told to stop."""
LOOK_EVERY = 0.2  # seconds


class Worker:
    """The background threads that run executions."""

    def __init__(self, context_of: Callable[[str], Context]) -> None:
        self._context_of = context_of
        self._closing_since: float | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sandbox-execution")

    def submit(self, organization: str, execution: str) -> None:
        self._threads.submit(self._run, organization, execution)

    def close(self) -> None:
        """Wait for the executions that run, since they write to real tables; queries that take long are stopped."""
        self._closing_since = time.monotonic()
        self._threads.shutdown(wait=True)

    def _reason_to_stop(self) -> str | None:
        since = self._closing_since
        late = since is not None and time.monotonic() - since > CLOSE_SECONDS
        return "the sandbox was stopped" if late else None

    def _run(self, organization: str, execution: str) -> None:
        context = self._context_of(organization)
        try:
            is_bulk = context.session.get(bulk_executions.KIND, execution, organization) is not None
            limit = databases.time_limit(float(context.switches["run_seconds"]))
            with limit, databases.stop_when(self._reason_to_stop):
                (run_bulk if is_bulk else run_execution)(context, execution)
        except Exception:  # the thread's last resort: the execution must not stay running
            log.exception("execution %s broke the sandbox", execution)
            context.session.rollback()
            sync_executions.finish(context, execution, status="failed", errors=["internal error of the sandbox"])


def run_execution(context: Context, id: str) -> None:
    """Run an execution of a sync and store its outcome."""
    execution = sync_executions.change(context, id, status="running", started_at=now())
    if execution is None:
        return

    def proceed() -> None:
        if sync_executions.is_canceling(context, id):
            raise Canceled

    record_log = RecordLog()
    try:
        proceed()
        sync = context.session.get("sync", as_text(execution, "sync_id"), context.organization)
        if sync is None:
            return
        with databases.stop_when(canceled_by(lambda: sync_executions.is_canceling(context, id))):
            counts = run_sync(context, sync, as_document(execution, "options"), proceed, record_log)
    except Canceled:
        sync_executions.finish(context, id, status="canceled")
    except (RunError, Refusal, LogicError, databases.DatabaseError) as error:
        if sync_executions.is_canceling(context, id):
            sync_executions.finish(context, id, status="canceled")
            return
        sync_execution_logs.save(context, execution, failure_logs(str(error)))
        sync_executions.finish(context, id, status="failed", errors=[str(error)])
    else:
        sync_execution_logs.save(context, execution, record_log.logs(counts))
        sync_executions.finish(context, id, status="completed", errors=list(counts.errors), counts=to_counts(counts))


def canceled_by(asked: Callable[[], bool]) -> Callable[[], str | None]:
    """Return a function that says why to stop reading; it asks at most a few times a second."""
    latest: list[tuple[float, str | None]] = [(time.monotonic(), None)]

    def reason() -> str | None:
        if time.monotonic() - latest[0][0] > LOOK_EVERY:
            latest[0] = (time.monotonic(), "the execution was canceled" if asked() else None)
        return latest[0][1]

    return reason


def to_counts(counts: databases.Counts) -> Document:
    """Return the counts in the form that an execution has them."""
    return {
        "insert": counts.insert,
        "update": counts.update,
        "upserts": 0,
        "delete": counts.delete,
        "total": counts.total,
        "error": counts.error,
        "warnings": 0,
    }
