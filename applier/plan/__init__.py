"""Desired and live brought together into ordered, frozen changes; data only, no secrets, nothing left to decide."""

from applier.plan.changes import Action, Cause, Change, Plan, Unmanaged
from applier.plan.deletion import plan_to_destroy
from applier.plan.options import DEFAULT_OPTIONS, PlanOptions
from applier.plan.planner import plan_to_apply

__all__ = [
    "DEFAULT_OPTIONS",
    "Action",
    "Cause",
    "Change",
    "Plan",
    "PlanOptions",
    "Unmanaged",
    "plan_to_apply",
    "plan_to_destroy",
]
