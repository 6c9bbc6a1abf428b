"""Desired and live brought together into ordered, frozen changes; data only, no secrets, nothing left to decide."""

from applier.plan.changes import Action, Change, Plan
from applier.plan.deletion import plan_to_destroy
from applier.plan.making import plan_to_apply

__all__ = ["Action", "Change", "Plan", "plan_to_apply", "plan_to_destroy"]
