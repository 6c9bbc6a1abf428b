"""Checks of when something runs, against the schedules that the service offers."""

from __future__ import annotations

from collections.abc import Mapping

from applier.checks.context import CheckContext, finding
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import Result, State
from applier.kinds.base import text
from applier.resolve import Declared
from applier.resources import Path

SPOKEN = {"connection_id": "connection"}  # what the spec calls otherwise
FILLED_IN = ("run_after_success_only",)  # what the service takes a default for (api.md 15.1)


def check_schedule(form: Declared, world: CheckContext, schedule: Mapping[str, object], path: Path) -> Result:
    """One schedule: its frequency, and what that needs."""
    frequency, offered = text(schedule.get("frequency")), world.offers.frequencies()
    if isinstance(offered, State) or not frequency:
        return State.SILENT
    resource = form.resource
    if frequency not in offered:
        said = f'{resource.address} runs "{frequency}", which the service does not offer.'
        hint = suggest(frequency, offered) or f"it offers: {join_words(offered)}"
        return finding("schedule-not-offered", said, resource.locate(*path, "frequency"), resource.address, hint)
    missing = [one for one in offered[frequency] if SPOKEN.get(one, one) not in schedule and one not in FILLED_IN]
    if not missing:
        return State.PASSED
    said = f"{resource.address} runs {frequency}, but does not say: {join_words(missing)}."
    return finding("schedule-not-offered", said, resource.locate(*path), resource.address)
