"""Applies a plan, and runs syncs."""

from applier.execute.executor import execute
from applier.execute.interrupts import stop_on_interrupt
from applier.execute.outcome import WRITTEN, Outcome, Status
from applier.execute.runs import Run, last_runs, run_syncs

__all__ = ["WRITTEN", "Outcome", "Run", "Status", "execute", "last_runs", "run_syncs", "stop_on_interrupt"]
