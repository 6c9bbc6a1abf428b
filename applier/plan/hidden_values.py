"""Hides secrets in the values of a plan, on both sides and wherever they stand: a live value can equal any of them."""

from __future__ import annotations

from dataclasses import replace

from applier.plan.changes import NAME, Plan
from applier.secrets import Scrubber
from applier.secrets import hide_values as hide


def hide_values(plan: Plan, scrubber: Scrubber) -> Plan:
    """Return the plan without secrets in the values of its fields and in the names of those who wrote the objects.

    Paths and names stay, also both names of a rename: the plan is carried out by them. What shows or saves a plan hides
    secrets in these, too. A writer is named in sentences, in which the name could not be told from a word of the
    sentence any more.
    """
    fields = [one for change in plan.changes for one in change.fields if one.path != NAME]
    values = [
        *(one.before for one in fields),
        *(one.after for one in fields),
        *(one.updated_by for one in plan.changes),
    ]
    hidden = hide(values, scrubber)
    if hidden is values:
        return plan
    count = len(fields)
    sides = zip(fields, hidden[:count], hidden[count : 2 * count], strict=True)
    without_secrets = iter([replace(one, before=before, after=after) for one, before, after in sides])
    writers = hidden[2 * count :]
    changes = tuple(
        replace(
            change,
            fields=tuple(one if one.path == NAME else next(without_secrets) for one in change.fields),
            updated_by=str(writer),
        )
        for change, writer in zip(plan.changes, writers, strict=True)
    )
    return replace(plan, changes=changes)
