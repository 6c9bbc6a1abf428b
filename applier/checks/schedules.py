"""Checks of a schedule against the frequencies that the workspace offers."""

from __future__ import annotations

from collections.abc import Mapping

from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, finding
from applier.diagnostics.suggestions import join_words
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import Unavailable
from applier.kinds.base import text
from applier.resolve import Declared
from applier.spec.resources import Path

SPEC_NAMES = {"connection_id": "connection"}  # members that have another name in the spec
WITH_DEFAULT = (
    "run_after_success_only",
)  # members for which the service has a default (docs/api/schedules.md#members)


def check_schedule(
    declared: Declared, context: CheckContext, schedule: Mapping[str, object], path: Path
) -> CheckResult:
    """Check that a frequency is offered, and that a schedule has the members that it requires."""
    frequency, offered = text(schedule.get("frequency")), context.catalog.frequencies()
    if isinstance(offered, Unavailable) or not frequency:
        return Unavailable.UNKNOWN
    address = declared.resource.address
    if frequency not in offered:
        detail = f'{address} has the schedule frequency "{frequency}", which the workspace does not offer.'
        hint = suggest_or_list(frequency, offered)
        return finding(declared, "schedule-not-offered", detail, (*path, "frequency"), hint)
    required = [SPEC_NAMES.get(one, one) for one in offered[frequency] if one not in WITH_DEFAULT]
    missing = [one for one in required if one not in schedule]
    if not missing:
        return PASSED
    detail = f'{address} has the schedule frequency "{frequency}", which requires: {join_words(missing)}.'
    return finding(declared, "schedule-not-offered", detail, path, "add what is missing to the schedule")
