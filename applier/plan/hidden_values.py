"""Hides secrets in the values of a plan, on both sides and wherever they stand: a live value can equal any of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from applier.diff import FieldChange
from applier.plan.changes import Plan
from applier.secrets import Scrubber, hide_secrets


@dataclass(frozen=True, slots=True)
class _Values:
    before: object
    after: object


def hide_values(plan: Plan, scrubber: Scrubber) -> Plan:
    """Return the plan without secrets in the values of its fields.

    Paths and names stay: the plan is carried out by them. What shows or saves a plan hides secrets in these, too.
    """
    fields = [one for change in plan.changes for one in change.fields]
    values = [_Values(one.before, one.after) for one in fields]
    hidden = hide_secrets(values, scrubber)
    if hidden is values:
        return plan
    pairs = iter(zip(fields, hidden, strict=True))
    return replace(
        plan, changes=tuple(replace(one, fields=tuple(_with(*next(pairs)) for _ in one.fields)) for one in plan.changes)
    )


def _with(field: FieldChange, values: _Values) -> FieldChange:
    return replace(field, before=values.before, after=values.after)
