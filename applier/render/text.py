"""The form `text`: for people, in a terminal. Diagnostics are not in it, since they go to stderr."""

from __future__ import annotations

from collections.abc import Iterator

from applier.render.parts.coverage_table import coverage_table
from applier.render.parts.headline import summarize_checks, summarize_validation
from applier.render.parts.outcome_text import format_outcomes
from applier.render.parts.places import HERE, Repository
from applier.render.parts.plan_text import format_plan
from applier.render.parts.run_text import format_runs
from applier.render.parts.table_text import format_table
from applier.render.parts.words import count
from applier.report import Report


def render(report: Report, _: Repository = HERE, *, colour: bool = False) -> str:
    """Return the whole text for stdout, without a newline at the end."""
    return "\n".join(part for part in _parts(report, colour) if part)


def _parts(report: Report, colour: bool) -> Iterator[str]:
    if report.table:
        yield format_table(report.table, colour)
    if report.plan is not None and report.outcomes is None:
        yield format_plan(report.plan, report.command, colour)
        yield summarize_checks(report)
    if report.coverage is not None:
        yield format_table(coverage_table(report.coverage), colour)
    if report.outcomes is not None:
        yield format_outcomes(report.outcomes, colour, interrupted=report.interrupted)
    if report.runs is not None:
        yield format_runs(report.runs, report.command, colour)
        yield "Interrupted: runs that were started continue in Polytomic." if report.interrupted else ""
    if report.cancelled:
        yield "Cancelled: nothing was changed."
    if report.command == "validate":
        yield summarize_validation(report)
        yield summarize_checks(report)
    if report.schema_changes:
        yield f"Schema drift: {count(len(report.schema_changes), 'object')} changed since {report.schemas}."
