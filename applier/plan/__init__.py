"""Plans: what is declared and live, compared into ordered changes. The package is also the function `applier.plan`."""

import sys
from importlib import import_module
from types import ModuleType

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


class _PlanPackage(ModuleType):
    """The type of this package, which can be called."""

    def __call__(self, *arguments: object, **options: object) -> object:
        """Return `applier.sdk.plan(…)`, the public function."""
        return import_module("applier.sdk").plan(*arguments, **options)


sys.modules[__name__].__class__ = _PlanPackage
