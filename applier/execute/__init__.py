"""Applies a plan, and runs syncs."""

from applier.execute.executor import execute
from applier.execute.interrupts import stop_on_interrupt
from applier.execute.outcome import Outcome, Status
from applier.execute.runs import Run, last_runs, run_syncs

__all__ = ["Outcome", "Run", "Status", "execute", "last_runs", "run_syncs", "stop_on_interrupt"]
