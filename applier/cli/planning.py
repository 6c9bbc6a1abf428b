"""The way from paths and options to a plan, shared by every command that makes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from applier.cli.session import Console, Unusable, connected, problem_of, read_spec, seed_sandbox

if TYPE_CHECKING:
    from applier.api import Client
    from applier.pipeline import Choice, Prepared
    from applier.plan import Policy
    from applier.report import Report


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan that can be carried out, with what it was derived from and the open client."""

    prepared: Prepared
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
            prepared = make(spec, client, choice_of(given), policy_of(given))
    except (ApiError, Unusable) as error:
        return Report(command, (*diagnostics, problem_of(error))), None
    report = Report(command, diagnostics, plan=prepared.plan, pending_matters=pending_matters)
    return report, None if has_errors(report.all_diagnostics) else Ready(prepared, client)


def choice_of(given: Mapping[str, Any]) -> Choice:
    """What of the spec the options mean."""
    from applier.pipeline import Choice

    return Choice(tuple(given["targets"]), tuple(given["excludes"]), given["parallelism"])


def policy_of(given: Mapping[str, Any]) -> Policy:
    """What the options allow; a command without an option does not allow it."""
    from applier.plan import Policy

    return Policy(**{name: given.get(name, False) for name in ("prune", "force_delete", "allow_replace", "force")})
