"""A report for people: what will happen or has happened first, then the sum in one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from applier.diagnostics import Severity
from applier.diff import FieldChange
from applier.discovery.inspection import Table
from applier.execute import Outcome, Run, Status
from applier.plan import Action, Change, Plan, Unmanaged
from applier.render.parts.shares import shares
from applier.render.parts.words import (
    by_kind,
    count,
    count_of,
    moment,
    printable,
    problem,
    several,
    styled,
    value,
    written,
)
from applier.report import Report

SIGNS = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.RENAME: (">", "yellow"),
    Action.REPLACE: ("!", "red"),
    Action.DELETE: ("-", "red"),
}
DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.RENAME: "renamed",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
}
DRIFTED = {Action.CREATE: "  missing: declared, but not live", Action.DELETE: "  to be removed, but still live"}
STATUS_STYLES = {"completed": "green", "failed": "red", "not started": "red"}


def render(report: Report, *, colour: bool = False) -> str:
    """The whole text for stdout, without a newline at the end. Diagnostics are not in it: they go to stderr."""
    parts: list[str] = []
    if report.table:
        parts.append(table(report.table, colour))
    if report.plan is not None and report.outcomes is None:
        parts.append(plan(report.plan, report.command, colour))
        parts += _checks(report)
    if report.coverage is not None:
        parts.append(table(shares(report.coverage), colour))
    if report.outcomes is not None:
        parts.append(outcomes(report.outcomes, colour, interrupted=report.interrupted))
    if report.runs is not None:
        parts.append(runs(report.runs, report.command, colour))
        if report.interrupted:
            parts.append("Interrupted: what was started goes on in Polytomic.")
    if report.cancelled:
        parts.append("Cancelled: nothing was done.")
    if report.command == "validate":
        parts.append(_validated(report))
        parts += _checks(report)
    if report.moved:
        parts.append(f"Schemas: {count(len(report.moved), 'object')} moved away from {report.schemas}.")
    return "\n".join(part for part in parts if part)


def headline(report: Report) -> str:
    """The whole result in one line, for forms that have one above or below the rest."""
    if report.outcomes is not None:
        return outcomes(report.outcomes, colour=False, interrupted=report.interrupted).splitlines()[-1]
    if report.plan is not None:
        return summary(report.plan, report.command)
    if report.command == "validate":
        return _validated(report)
    return "Not possible." if report.all_diagnostics else "Done."


def _validated(report: Report) -> str:
    declared = [kind for kind, number in report.declared.items() for _ in range(number)]
    errors = count_of(report.diagnostics, Severity.ERROR)
    warnings = count_of(report.diagnostics, Severity.WARNING)
    what = by_kind(declared) or "nothing declared"
    where = f" in {count(report.files, 'file')}" if report.files else ""
    if errors:
        return f"Not valid: {', '.join(one for one in (errors, warnings) if one)}{where}."
    return f"Valid: {what}{where}" + (f"; {warnings}." if warnings else ".")


def plan(one: Plan, command: str, colour: bool) -> str:
    """Every change with its fields, then the sum."""
    blocks = [change(each, command, colour) for each in one.changes]
    if command == "drift" and one.unmanaged:
        blocks.append("\n".join(_unmanaged(each, colour) for each in one.unmanaged))
    spaced = [block + "\n" if "\n" in block else block for block in blocks]
    last = [""] if spaced and not spaced[-1].endswith("\n") else []
    return "\n".join([*spaced, *last, summary(one, command), *_advice(one, command), *_secrets(one)])


def _advice(one: Plan, command: str) -> Iterator[str]:
    """How to read a drift, and what can be done about it."""
    if command == "drift" and any(each.action in (Action.UPDATE, Action.RENAME) for each in one.changes):
        yield "Arrows lead from live to declared: apply puts that back, pull takes live over."


def _checks(report: Report) -> Iterator[str]:
    """How thoroughly the plan was checked; what was found is among the diagnostics."""
    one = report.checks
    if one is not None and (one.made or one.waiting):
        what = "connections that are not live yet" if report.command == "validate" else "what this plan makes"
        wait = f", {one.waiting} wait for {what}" if one.waiting else ""
        yield f"Checks: {one.made} made against {one.by}{wait}."


def _secrets(one: Plan) -> Iterator[str]:
    if one.unknown_secrets:
        yield f"Secrets: {one.unknown_secrets} not compared; the service never shows them (see --push-secrets)."


def change(one: Change, command: str, colour: bool) -> str:
    """One resource: sign, address and place; below it a line per field."""
    sign, style = SIGNS[one.action]
    head = styled(f"{sign} {printable(one.address)}", style, colour)
    if one.place:
        head += styled(f"  {printable(one.place.file)}:{one.place.line}", "dim", colour)
    note = f"  [{one.cause}]" if one.cause else ""
    if command == "drift":
        note += DRIFTED.get(one.action, "")
    elif one.why:
        note += f"  {printable(one.why)}"
    beside = [*(_last_written(one) if command == "drift" else ()), *one.history]
    lines = [head + note, *(styled(f"    {printable(told)}", "dim", colour) for told in beside)]
    if not (command == "drift" and one.action is Action.CREATE):
        width = max((len(printable(each.label)) for each in one.fields), default=0)
        lines += [line for each in one.fields for line in _field(each, one.action, min(width, 40), colour)]
    return "\n".join(lines)


def _last_written(one: Change) -> Iterator[str]:
    """When and by whom, unless the latest of its events says so."""
    if one.updated_at and not any(moment(one.updated_at) in event for event in one.history[:1]):
        yield written(one.updated_at, one.updated_by)


def _unmanaged(one: Unmanaged, colour: bool) -> str:
    head = styled(f"? {printable(one.address)}", "cyan", colour)
    told = "; ".join(part for part in ("not declared", written(one.updated_at, one.updated_by)) if part)
    return f"{head}\n" + styled(f"    {printable(told)}", "dim", colour)


def _field(one: FieldChange, action: Action, width: int, colour: bool) -> Iterator[str]:
    lines = list(_field_lines(one, action, width, colour))
    yield lines[0] + (f"  [{one.cause}]" if one.cause else "")
    yield from lines[1:]


def _field_lines(one: FieldChange, action: Action, width: int, colour: bool) -> Iterator[str]:
    label = printable(one.label).ljust(width)
    if several(one.before) or several(one.after):
        yield f"    {label}".rstrip()
        yield from _text_diff(one, colour)
    elif action is Action.CREATE:
        yield f"    {label}  {value(one.after)}"
    elif one.before is None:
        yield styled(f"  + {label}  {value(one.after)}", "green", colour)
    elif one.after is None:
        yield styled(f"  - {label}  {value(one.before)}", "red", colour)
    else:
        yield f"    {label}  {value(one.before)} → {value(one.after)}"


def _text_diff(one: FieldChange, colour: bool) -> Iterator[str]:
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    for line in list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
        yield styled(f"      {printable(line)}", style, colour)


def summary(one: Plan, command: str) -> str:
    """The sum in one line."""
    errors = count_of(one.diagnostics, Severity.ERROR)
    if command == "drift" and not errors:
        return _drift_summary(one)
    parts = [
        f"{number} to {action.value} ({by_kind(each.kind for each in one.changes if each.action is action)})"
        for action in Action
        if (number := one.count(action))
    ]
    unchanged = [f"{count(len(one.unchanged), 'resource')} unchanged"] if one.unchanged else []
    if errors:  # what the rest of the plan says stands on sand
        return "Not to be carried out: " + "; ".join([errors, *([", ".join(parts)] if parts else []), *unchanged]) + "."
    if not one.changes:
        return ": ".join(["Nothing to do", *unchanged]) + "."
    return f"Plan: {'; '.join([', '.join(parts), *unchanged])}."


def _drift_summary(one: Plan) -> str:
    declared = f"{count(len(one.unchanged), 'resource')} as declared"
    if not one.changes and not one.unmanaged:
        return f"No drift: {declared}."
    missing, gone = one.count(Action.CREATE), one.count(Action.DELETE)
    parts = [f"{len(one.changes) - missing - gone} changed live", f"{missing} missing"]
    parts += [f"{gone} to be removed"] if gone else []
    parts += [f"{len(one.unmanaged)} not declared"] if one.unmanaged else []
    return f"Drift: {', '.join(parts)}; {declared}."


def outcome(one: Outcome, colour: bool) -> str:
    """How one change ended, with the reason where it was not done."""
    if one.status in (Status.DONE, Status.DIFFERENT):
        sign, style = SIGNS[one.action]
        line = styled(f"{sign} {printable(one.address)}", style, colour) + f"  {DONE[one.action]}"
    else:
        line = styled(f"! {printable(one.address)}  {one.status.value}", "red", colour)
        line += styled(f"  {printable(one.place.file)}:{one.place.line}", "dim", colour) if one.place else ""
    lines = [line + (f": {printable(one.message)}" if one.message else "")]
    lines += [f"    not converged: {each.label} is {value(each.before)} live, declared is {value(each.after)}"
              for each in one.differs]  # fmt: skip
    if one.hint and one.status is not Status.DONE:
        lines.append(f"  hint: {printable(one.hint)}")
    lines += [problem(each, colour) for each in one.findings]
    return "\n".join(lines)


def outcomes(all_of_them: tuple[Outcome, ...], colour: bool, *, interrupted: bool = False) -> str:
    """What was not done as planned, each with its reason, then the sum."""
    lines = [outcome(one, colour) for one in all_of_them if one.status is not Status.DONE]
    done = [one for one in all_of_them if one.status in (Status.DONE, Status.DIFFERENT)]
    parts = [f"{number} {DONE[action]}" for action in Action if (number := sum(one.action is action for one in done))]
    parts += [
        f"{number} {status.value}"
        for status in Status
        if status is not Status.DONE and (number := sum(one.status is status for one in all_of_them))
    ]
    complete = len(done) == len(all_of_them) and not any(one.differs for one in done)
    end = "Interrupted" if interrupted else "Applied" if complete else "Applied in part" if done else "Not applied"
    sentence = f"{end}: {', '.join(parts)}."
    return "\n".join([*lines, sentence if parts else "Applied: nothing."])


def runs(all_of_them: tuple[Run, ...], command: str, colour: bool) -> str:
    """One line per sync: state, rows, target; errors below."""
    if not all_of_them:
        return "No sync to run." if command != "status" else "No syncs."
    return "\n".join(line for one in all_of_them for line in _run(one, command, colour))


def _run(one: Run, command: str, colour: bool) -> Iterator[str]:
    state = styled(one.status, STATUS_STYLES.get(one.status, "yellow"), colour)
    line = f"{printable(one.address)}: {state}"
    if one.ended and one.counts:
        line += f", {rows(one)}"
    if command == "status":
        line += "".join(
            f", {word} {printable(moment(when))}"
            for word, when in (("finished", one.completed_at), ("next", one.next_at))
            if when
        )
    yield line
    yield from (f"  error: {printable(error)}" for error in one.errors)
    if one.hint:
        yield f"  hint: {printable(one.hint)}"


def rows(one: Run) -> str:
    """How many rows arrived where, and what else was counted."""
    names = {"insert": "inserted", "update": "updated", "upserts": "upserted", "delete": "deleted", "error": "failed"}
    parts = [f"{one.counts[name]} {word}" for name, word in names.items() if one.counts.get(name)]
    arrived = f"{count(one.written, 'row')} in {printable(one.target) or 'the target'}"
    return f"{arrived} ({', '.join(parts)})" if parts else arrived


def table(one: Table, colour: bool) -> str:
    """Columns padded to their widest cell, the last one free."""
    rows_shown = [tuple(printable(cell) for cell in row) for row in one.rows]
    widths = [max(len(row[index]) for row in (one.headings, *rows_shown)) for index in range(len(one.headings))]

    def line(row: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

    head = [styled(line(one.headings), "bold", colour)] if one.headings else []
    title = [printable(one.title)] if one.title else []
    return "\n".join([*title, *head, *map(line, rows_shown), *map(printable, one.notes)])
