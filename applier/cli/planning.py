"""The way from paths and options to a plan, shared by every command that makes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from applier.cli.session import Console, Unusable, connected, problem_of, read_spec, seed_sandbox

if TYPE_CHECKING:
    from applier.api import Client
    from applier.linking import Forms
    from applier.plan import Plan
    from applier.report import Report
    from applier.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan that can be carried out, with what it was derived from."""

    plan: Plan
    forms: Forms
    snapshot: Snapshot
    client: Client


def planned(
    command: str,
    paths: Sequence[str],
    console: Console,
    given: Mapping[str, Any],
    stack: ExitStack,
    *,
    pending_matters: bool = False,
) -> tuple[Report, Ready | None]:
    """Read, connect, plan. Every mistake is in the report; without one the rest comes too, open until `stack` ends."""
    from applier import pipeline
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.report import Report

    spec, diagnostics = read_spec(paths)
    # What the files alone cannot tell, linking judges beside what is live, and says it better.
    diagnostics = tuple(one for one in diagnostics if one.code != "unknown-reference")
    if has_errors(diagnostics):
        return Report(command, diagnostics), None
    make = pipeline.plan_destroy if command == "destroy" else pipeline.plan
    try:
        seed_sandbox(given, console, paths)
        client = stack.enter_context(connected(given, console, spec))
        with console.progress as progress:
            progress.begin("looking at what is live")
            plan, forms, snapshot = make(
                spec,
                client,
                targets=given["targets"],
                excludes=given["excludes"],
                parallelism=given["parallelism"],
            )
    except (ApiError, Unusable) as error:
        return Report(command, (*diagnostics, problem_of(error))), None
    report = Report(command, diagnostics, plan=plan, pending_matters=pending_matters)
    return report, None if has_errors(report.all_diagnostics) else Ready(plan, forms, snapshot, client)
