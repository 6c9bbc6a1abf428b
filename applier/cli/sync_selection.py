"""Finds live syncs by name or glob; shared by `run` and `status`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
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


def report_runs(
    command: str, names: Sequence[str], options: Options, action: Action, *, has_to_report: bool = False
) -> int:
    """Connect, find the syncs, call the action with them and report its runs; return the exit code.

    A name without a match is an error, and the action is not called. With `has_to_report` an interrupt of the action
    leads to a report, too.
    """
    from applier import pipeline
    from applier.api import ApiError
    from applier.execute import stop_on_interrupt
    from applier.report import Report

    console = Console.create(options.output)
    try:
        with connect(options.service, console) as client:
            live = pipeline.live_syncs(client)
            syncs, problems = _select(names, live)
            if problems:
                return console.finish(Report(command, tuple(problems)))
            with stop_on_interrupt(client) if has_to_report else nullcontext():
                runs = action(client, syncs, console)
                return console.finish(Report(command, runs=runs, interrupted=client.stop.is_set()))
    except (ApiError, CommandError) as error:
        return console.finish(Report(command, (error_diagnostic(error),)))


def _select(names: Sequence[str], syncs: Sequence[Live]) -> tuple[list[Live], list[Diagnostic]]:
    """Return the syncs that the names or globs match, and a diagnostic for each that matches none, or is ambiguous."""
    from applier.patterns import find_matches
    from applier.targeting import ambiguous_target

    addresses = frozenset(one.address for one in syncs)
    wanted: set[str] = set()
    problems: list[Diagnostic] = []
    for name in names:
        matches = find_matches(name, addresses)
        found = [one for one in syncs if one.address in matches.found]
        if matches.is_ambiguous:
            problems.append(ambiguous_target(name, matches.found))
        elif matches.is_literal and len(found) > 1:
            problems.append(_ambiguous_name(name, found))
        elif not found and name != "*":
            problems.append(_no_such_sync(name, syncs))
        wanted |= matches.found
    return [one for one in syncs if one.address in wanted], problems


def _ambiguous_name(name: str, found: Sequence[Live]) -> Diagnostic:
    from applier.diagnostics import diagnose

    ids = ", ".join(f"{one.address} ({one.id})" for one in found)
    return diagnose("ambiguous-name", f'{len(found)} live syncs are called "{name}": {ids}.')


def _no_such_sync(name: str, syncs: Sequence[Live]) -> Diagnostic:
    from applier.diagnostics import diagnose
    from applier.targeting import suggest_address

    hint = suggest_address(name, {one.address for one in syncs}) or "run `applier status` to list live syncs"
    return diagnose("no-such-sync", f'Live sync "{name}" not found.', hint=hint)
