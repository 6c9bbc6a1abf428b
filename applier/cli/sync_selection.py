"""Finds live syncs by name or glob; shared by `run` and `status`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic

if TYPE_CHECKING:
    from applier.api import Client
    from applier.cli.option_values import Options
    from applier.diagnostics import Diagnostic
    from applier.execute import Run
    from applier.live.snapshot import Live

Action = Callable[["Client", "Sequence[Live]", Console], "tuple[Run, ...]"]


def report_runs(command: str, names: Sequence[str], options: Options, action: Action) -> int:
    """Connect, find the syncs, call the action with them and report its runs; return the exit code.

    A name without a match is an error, and the action is not called.
    """
    from applier import pipeline
    from applier.api import ApiError
    from applier.report import Report

    console = Console.create(options.output)
    try:
        with connect(options.service, console) as client:
            live = pipeline.live_syncs(client)
            problems = tuple(problem for name in names for problem in _check_name(name, live))
            if problems:
                return console.finish(Report(command, problems))
            syncs = [one for one in live if any(_matches(name, one) for name in names)]
            runs = action(client, syncs, console)
            return console.finish(Report(command, runs=runs, interrupted=client.stop.is_set()))
    except (ApiError, CommandError) as error:
        return console.finish(Report(command, (error_diagnostic(error),)))


def _matches(name: str, sync: Live) -> bool:
    from applier.targeting import matches

    return any(matches(one, (name,)) for one in (sync.name, sync.address))


def _check_name(name: str, syncs: Sequence[Live]) -> list[Diagnostic]:
    """Return the diagnostic for a name that several syncs have, or that matches none."""
    from applier.diagnostics import diagnose
    from applier.diagnostics.suggestions import suggest

    exact = [one for one in syncs if name in (one.name, one.address)]
    if len(exact) > 1:
        ids = ", ".join(f"{one.address} ({one.id})" for one in exact)
        several_kinds = len({one.kind for one in exact}) > 1
        hint = "specify the kind: syncs/NAME or bulk_syncs/NAME" if several_kinds else None
        return [diagnose("ambiguous-name", f'{len(exact)} live syncs are called "{name}": {ids}.', hint=hint)]
    if name == "*" or any(_matches(name, one) for one in syncs):
        return []
    hint = suggest(name, [one.name for one in syncs]) or "run `applier status` to list live syncs"
    return [diagnose("no-such-sync", f'Live sync "{name}" not found.', hint=hint)]
