"""Summarizes a report in one line."""

from __future__ import annotations

from applier.diagnostics import Severity, has_errors
from applier.render.parts.outcome_text import summarize_outcomes
from applier.render.parts.plan_text import summarize_plan
from applier.render.parts.words import count, count_by_kind, count_severity
from applier.report import Report


def headline(report: Report) -> str:
    """Return the whole result in one line, for forms that have one above or below the rest."""
    if report.outcomes is not None:
        return summarize_outcomes(report.outcomes, interrupted=report.interrupted)
    if report.plan is not None:
        return summarize_plan(report.plan, report.command)
    if report.command == "validate":
        return summarize_validation(report)
    return "Failed." if has_errors(report.all_diagnostics) else "Done."


def summarize_validation(report: Report) -> str:
    """Return whether the spec is valid, with the number of its resources or of its errors."""
    errors = count_severity(report.diagnostics, Severity.ERROR)
    warnings = count_severity(report.diagnostics, Severity.WARNING)
    files = f" in {count(report.files, 'file')}" if report.files else ""
    if errors:
        return f"Invalid: {', '.join(one for one in (errors, warnings) if one)}{files}."
    resources = count_by_kind(kind for kind, number in report.declared.items() for _ in range(number))
    return f"Valid: {resources or 'no resources'}{files}" + (f"; {warnings}." if warnings else ".")


def summarize_checks(report: Report) -> str:
    """Return how many checks passed and how many are deferred; empty if there were none."""
    one = report.checks
    if one is None or not (one.completed or one.deferred):
        return ""
    parts = [f"{one.completed - len(one.findings)} passed"]
    parts += [f"{len(one.findings)} with findings"] if one.findings else []
    if one.deferred and report.command == "validate":
        parts.append(f"{one.deferred} deferred (they need connections that are not live yet)")
    elif one.deferred:
        parts.append(f"{one.deferred} deferred until apply (they need resources created by this plan)")
    return f"{f'Checks against {one.recorded}' if one.recorded else 'Live checks'}: {', '.join(parts)}."
