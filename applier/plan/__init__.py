"""Desired and live brought together into ordered, frozen changes; data only, no secrets, nothing left to decide."""

from applier.plan.changes import Action, Cause, Change, Plan, Unmanaged
from applier.plan.deletion import plan_to_destroy
from applier.plan.making import plan_to_apply
from applier.plan.policy import ORDINARY, Policy

__all__ = ["ORDINARY", "Action", "Cause", "Change", "Plan", "Policy", "Unmanaged", "plan_to_apply", "plan_to_destroy"]
