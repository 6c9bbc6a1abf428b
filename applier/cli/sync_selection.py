"""Finds live syncs by name or glob; shared by `run` and `status`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of

if TYPE_CHECKING:
    from applier.api import Client
    from applier.diagnostics import Diagnostic
    from applier.execute import Run
    from applier.live.snapshot import Live

Act = Callable[["Client", "Sequence[Live]"], "tuple[Run, ...]"]


def with_syncs(command: str, names: Sequence[str], console: Console, given: Mapping[str, Any], act: Act) -> int:
    """Connect, find, act, report. A name that fits nothing is an error and nothing is done."""
    from applier import pipeline
    from applier.api import ApiError
    from applier.report import Report

    try:
        with connected(given, console) as client:
            syncs = pipeline.live_syncs(client)
            problems = tuple(problem for name in names for problem in _unfit(name, syncs))
            if problems:
                return console.finish(Report(command, problems))
            picked = [one for one in syncs if any(_fits(name, one) for name in names)]
            return console.finish(Report(command, runs=act(client, picked), interrupted=client.stop.is_set()))
    except (ApiError, Unusable) as error:
        return console.finish(Report(command, (problem_of(error),)))


def _fits(name: str, sync: Live) -> bool:
    return name in (sync.name, sync.address) or fnmatchcase(sync.name, name) or fnmatchcase(sync.address, name)


def _unfit(name: str, syncs: Sequence[Live]) -> list[Diagnostic]:
    from applier.diagnostics import diagnose
    from applier.diagnostics.suggestions import suggest

    exact = [one for one in syncs if name in (one.name, one.address)]
    if len(exact) > 1:
        ids = ", ".join(f"{one.address} ({one.id})" for one in exact)
        said = f'{len(exact)} live syncs are called "{name}": {ids}.'
        hint = "say which: syncs/NAME or bulk_syncs/NAME" if len({one.kind for one in exact}) > 1 else None
        return [diagnose("ambiguous-name", said, hint=hint)]
    if name == "*" or any(_fits(name, one) for one in syncs):
        return []
    hint = suggest(name, [one.name for one in syncs]) or "`applier status` lists what is live"
    return [diagnose("no-such-sync", f'There is no live sync "{name}".', hint=hint)]
