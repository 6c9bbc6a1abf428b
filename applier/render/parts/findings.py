"""Lists what a report says about lines of files, for the forms that tools show there: GitHub, JUnit, SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applier.diagnostics import Diagnostic, Place, Severity
from applier.diagnostics.codes import CODES
from applier.diff import FieldChange
from applier.execute import Outcome, Status
from applier.plan import Action, Change, Unmanaged
from applier.plan.coverage import Coverage
from applier.plan.impact import rewrites
from applier.render.parts.coverage_table import coverage_table
from applier.render.parts.drift_states import UNMANAGED, drift_state, is_not_applied
from applier.render.parts.words import count, format_brief, format_resync, is_multiline, last_update_suffix, printable
from applier.report import Report

MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `code` and `summary` are the same for all findings of a rule; all texts are printable."""

    severity: Severity
    code: str
    summary: str
    lines: tuple[str, ...]
    place: Place | None = None
    address: str = ""

    @property
    def message(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)


def list_findings(report: Report) -> tuple[Finding, ...]:
    """Return the diagnostics, the worst first, then the differences."""
    order = list(Severity)
    problems = sorted(report.all_diagnostics, key=lambda one: order.index(one.severity))
    return (*map(describe_diagnostic, problems), *describe_differences(report))


def describe_differences(report: Report) -> Iterator[Finding]:
    """Yield a finding for each change of a plan, or for each that was not done; for a drift also what is unmanaged.

    Drift and deletes are warnings, other planned changes are notes.
    """
    if report.outcomes is not None:
        yield from (_describe_outcome(one, report.command) for one in report.outcomes if one.status is not Status.DONE)
        return
    if report.plan is None:
        return
    for one in report.plan.changes:
        yield _describe_drift(one) if report.command == "drift" else _describe_change(one)
    if report.command == "drift":
        yield from map(_describe_unmanaged, report.plan.unmanaged)
    if report.coverage and report.coverage.falls_short:
        yield _describe_coverage(report.coverage)


def describe_diagnostic(one: Diagnostic) -> Finding:
    """Return the finding of a diagnostic, with its hint and related places."""
    lines = [printable(one.detail), *(f"also: {printable(str(place))}" for place in one.related)]
    lines += [f"hint: {printable(one.hint)}"] if one.hint else []
    address = printable(one.address or "")
    return Finding(one.severity, one.code, printable(one.summary), tuple(lines), one.place, address)


def _describe_drift(one: Change) -> Finding:
    state = drift_state(one)
    update = "" if is_not_applied(one) else last_update_suffix(one.updated_at, one.updated_by)
    rename = f"; {one.why}" if one.why and one.action is Action.CREATE else ""
    head = f"{one.address}: {state.note}{rename}{update}"
    return _finding(state.code, _lines(head, one), one.place, one.address)


def _describe_change(one: Change) -> Finding:
    head = f"{one.address}: to {one.action.value}{f' ({one.why})' if one.why else ''}"
    return _finding(f"plan-{one.action.value}", _lines(head, one), one.place, one.address)


def _lines(head: str, one: Change) -> tuple[str, ...]:
    """Return the head and the fields of a change; long texts are only named."""
    fields = [_format_field(each) for each in one.fields[:MOST_FIELDS]] if one.action is not Action.CREATE else []
    if len(one.fields) > MOST_FIELDS and fields:
        fields.append(f"and {count(len(one.fields) - MOST_FIELDS, 'more field')}")
    members = rewrites(one)
    resync = [format_resync(members)] if members else []
    return (printable(head), *fields, *resync)


def _describe_unmanaged(one: Unmanaged) -> Finding:
    """Return the finding of an unmanaged object, which has no line."""
    head = f"{one.address}: {UNMANAGED.note}{last_update_suffix(one.updated_at, one.updated_by)}"
    return _finding(UNMANAGED.code, (printable(head),), None, one.address)


def _describe_coverage(one: Coverage) -> Finding:
    *_, message = coverage_table(one).notes
    hint = "hint: use `applier adopt` to add one object, `applier export` to export all"
    return _finding("drift-coverage", (message, hint))


def _describe_outcome(one: Outcome, command: str) -> Finding:
    """Return the finding of a change that was not done, or not as planned."""
    code = f"{command}-{one.status.value.replace(' ', '-')}"
    lines = [f"{one.address}: {one.status.value}{f': {one.message}' if one.message else ''}"]
    lines += [f"not converged: {_format_field(each)}" for each in one.differs]
    lines += [f"hint: {one.hint}"] if one.hint else []
    return _finding(code, tuple(map(printable, lines)), one.place, one.address)


def _finding(code: str, lines: tuple[str, ...], place: Place | None = None, address: str = "") -> Finding:
    """Return a finding with the severity and the summary of its code."""
    row = CODES[code]
    return Finding(row.severity, code, row.summary, lines, place, printable(address))


def _format_field(one: FieldChange) -> str:
    label = printable(one.label)
    if is_multiline(one.before) or is_multiline(one.after):
        return f"{label}: text changed"
    return f"{label}: {format_brief(one.before) or '(none)'} → {format_brief(one.after) or '(none)'}"
