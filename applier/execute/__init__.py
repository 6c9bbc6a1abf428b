"""Carries out a plan and runs syncs; decides nothing."""

from applier.execute.outcomes import Outcome, Status
from applier.execute.runs import Run, last_runs, run_syncs
from applier.execute.scheduling import execute
from applier.execute.stopping import stoppable

__all__ = ["Outcome", "Run", "Status", "execute", "last_runs", "run_syncs", "stoppable"]
