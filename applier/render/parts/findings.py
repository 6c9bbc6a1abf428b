"""What a report has to say about lines of files, for the forms that machines show there: GitHub, JUnit, SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applier.diagnostics import Diagnostic, Place, Severity
from applier.diff import FieldChange
from applier.execute import Outcome, Status
from applier.plan import Action, Change, Unmanaged
from applier.plan.coverage import Coverage
from applier.plan.impact import rewrites
from applier.render.parts.shares import shares
from applier.render.parts.words import brief, count, printable, several, written
from applier.report import Report

MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is so somewhere. `code` and `summary` are constant for a rule; all words are printable."""

    severity: Severity
    code: str
    summary: str
    lines: tuple[str, ...]
    place: Place | None = None
    address: str = ""

    @property
    def message(self) -> str:
        """All of it, in lines."""
        return "\n".join(self.lines)


DRIFTED = {
    Action.CREATE: ("drift-missing", "declared, but not live"),
    Action.UPDATE: ("drift-changed", "live is not as declared"),
    Action.RENAME: ("drift-changed", "live is not as declared"),
    Action.REPLACE: ("drift-changed", "live is not as declared"),
    Action.DELETE: ("drift-to-be-removed", "to be removed, but still live"),
}
LOSSES = (Action.DELETE, Action.REPLACE)


def findings(report: Report) -> tuple[Finding, ...]:
    """Diagnostics, the worst first, then what differs: drift as warnings, plans as notes, losses as warnings."""
    order = list(Severity)
    problems = sorted(report.all_diagnostics, key=lambda one: order.index(one.severity))
    return (*map(of_diagnostic, problems), *differing(report))


def differing(report: Report) -> Iterator[Finding]:
    """A finding for each change of a plan, or for each that was not done, and in a drift for each unmanaged object."""
    if report.outcomes is not None:
        yield from (of_outcome(one, report.command) for one in report.outcomes if one.status is not Status.DONE)
        return
    if report.plan is None:
        return
    for one in report.plan.changes:
        yield of_change(one, report.command)
    if report.command == "drift":
        yield from map(of_unmanaged, report.plan.unmanaged)
    if report.coverage and report.coverage.falls_short:
        yield of_coverage(report.coverage)


def of_diagnostic(one: Diagnostic) -> Finding:
    """A diagnostic with its hint and the places beside it."""
    lines = [printable(one.detail), *(f"also: {printable(str(place))}" for place in one.related)]
    lines += [f"hint: {printable(one.hint)}"] if one.hint else []
    return Finding(
        one.severity, one.code, printable(one.summary), tuple(lines), one.place, printable(one.address or "")
    )


def of_change(one: Change, command: str) -> Finding:
    """A change with its fields, long texts only by name."""
    if command == "drift":
        code, summary = DRIFTED[one.action]
        head, severity = f"{one.address}: {summary}{_written(one.updated_at, one.updated_by)}", Severity.WARNING
    else:
        code, summary = f"plan-{one.action.value}", f"the plan has something to {one.action.value}"
        head = f"{one.address}: to {one.action.value}{f' ({one.why})' if one.why else ''}"
        severity = Severity.WARNING if one.action in LOSSES else Severity.NOTE
    fields = [_field(each) for each in one.fields[:MOST_FIELDS]] if one.action is not Action.CREATE else []
    if len(one.fields) > MOST_FIELDS and fields:
        fields.append(f"and {count(len(one.fields) - MOST_FIELDS, 'more field')}")
    full = [f"another {' and '.join(members)}: the next run is a full resync"] if (members := rewrites(one)) else []
    return Finding(severity, code, summary, (printable(head), *fields, *full), one.place, printable(one.address))


def of_unmanaged(one: Unmanaged) -> Finding:
    """Something live inside `owns` that nobody declared; it has no line."""
    summary = "live inside owns, but not declared"
    head = printable(f"{one.address}: {summary}{_written(one.updated_at, one.updated_by)}")
    return Finding(Severity.WARNING, "drift-unmanaged", summary, (head,), None, printable(one.address))


def of_coverage(one: Coverage) -> Finding:
    """That less is described than is wanted; of which objects, the table of shares tells."""
    *_, told = shares(one).notes
    hint = f"hint: applier adopt describes one of the {count(len(one.undescribed), 'object')}, applier export all"
    return Finding(Severity.WARNING, "drift-coverage", "less is described than is wanted", (told, hint))


def of_outcome(one: Outcome, command: str) -> Finding:
    """A change that was not done, or not as planned."""
    code = f"{command}-{one.status.value.replace(' ', '-')}"
    lines = [f"{one.address}: {one.status.value}{f': {one.message}' if one.message else ''}"]
    lines += [f"not converged: {_field(each)}" for each in one.differs]
    lines += [f"hint: {one.hint}"] if one.hint else []
    summary = f"a change that ended as {one.status.value}"
    return Finding(Severity.ERROR, code, summary, tuple(map(printable, lines)), one.place, printable(one.address))


def _field(one: FieldChange) -> str:
    label = printable(one.label)
    if several(one.before) or several(one.after):
        return f"{label}: another text"
    return f"{label}: {brief(one.before) or '(none)'} → {brief(one.after) or '(none)'}"


def _written(when: str, who: str) -> str:
    told = written(when, who)
    return f", {told}" if told else ""
