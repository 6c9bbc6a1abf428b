"""The form `markdown`: a comment on a pull request, with the summary first, then losses, impact, updates, creates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from applier.diagnostics import Diagnostic, Severity
from applier.diff import FieldChange
from applier.execute import Status
from applier.plan import Action, Change, Plan, Unmanaged
from applier.plan.impact import Dependents, Impact, dependents_of, rewrites
from applier.render.parts.coverage_table import coverage_table
from applier.render.parts.drift_states import DRIFT_STATES, UNMANAGED, change_word, is_not_applied
from applier.render.parts.headline import headline
from applier.render.parts.markup import escape_markup, format_code, format_diff, format_place
from applier.render.parts.outcome_text import format_outcome
from applier.render.parts.places import HERE, Repository
from applier.render.parts.run_text import format_runs
from applier.render.parts.size_limit import Item, Section, fit_sections
from applier.render.parts.table_text import format_table
from applier.render.parts.words import (
    count,
    count_by_kind,
    format_last_update,
    format_resync,
    format_value,
    is_multiline,
    last_update_suffix,
)
from applier.report import Report

BUDGET = 65_000  # bytes; a comment on GitHub holds 65,536 characters
MOST_NAMED = 12  # active syncs that are named for one change
LOSSES = (Action.DELETE, Action.REPLACE)
MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}


def render(report: Report, repository: Repository = HERE, *, budget: int = BUDGET) -> str:
    """Return the comment in at most `budget` bytes of UTF-8. Only deletes and replaces may exceed it: all are named."""
    title = f"## applier {report.command}: {escape_markup(headline(report).removeprefix('Plan: '))}"
    return fit_sections(title, list(_sections(report, repository)), budget)


def _sections(report: Report, repository: Repository) -> Iterator[Section]:
    errors = [one for one in report.all_diagnostics if one.severity is Severity.ERROR]
    others = [one for one in report.all_diagnostics if one.severity is not Severity.ERROR]
    plan = report.plan if report.outcomes is None else None
    yield Section("error", tuple(_problem(one, repository) for one in errors), 1, share=0.5)
    failed = [one for one in report.outcomes or () if one.status is not Status.DONE]
    yield Section("failure", tuple(_lines(format_outcome(one, colour=False)) for one in failed), 1, share=0.5)
    if plan is not None:
        yield _losses(plan, repository)
        yield _impact(plan, report.impact, report.command)
    if report.runs is not None:
        runs = format_runs(report.runs, report.command, colour=False).splitlines()
        yield Section("line", tuple(map(_lines, runs)), 2)
    if report.coverage is not None:
        yield Section(
            "line", tuple(map(_lines, format_table(coverage_table(report.coverage), colour=False).splitlines())), 2
        )
    yield Section("warning", tuple(_problem(one, repository) for one in others), 3, share=0.3)
    if plan is not None:
        yield from _changes(plan, report.command, repository)


def _losses(plan: Plan, repository: Repository) -> Section:
    lost = [one for one in plan.changes if one.action in LOSSES]
    head = f"### {count(len(lost), 'resource')} deleted or replaced"
    return Section("deletion", tuple(_loss(one, repository) for one in lost), 0, head, must=True)


def _impact(plan: Plan, impact: Impact | None, command: str) -> Section:
    dependents = [_dependents(one, command) for one in dependents_of(plan, impact)] if impact else []
    resyncs = [_resync(one, members) for one in plan.changes if (members := rewrites(one))]
    return Section("consequence", (*resyncs, *dependents), 2, "### Impact", share=0.3)


def _changes(plan: Plan, command: str, repository: Repository) -> Iterator[Section]:
    created = [one for one in plan.changes if one.action is Action.CREATE]
    lines = tuple(
        Item(f"- {format_code(one.address)}{_where(one, repository)}{_why(one)}", f"- {format_code(one.address)}")
        for one in created
    )
    if command == "drift":  # somebody deleted or renamed them, so nothing is folded
        yield Section(
            "resource", lines, 4, f"### {count(len(created), 'resource')} {DRIFT_STATES[Action.CREATE].note}", share=0.8
        )
    updated = [one for one in plan.changes if one.action in (Action.UPDATE, Action.RENAME)]
    head = f"### {count(len(updated), 'resource')} {'changed' if command == 'drift' else 'updated'}"
    items = tuple(_update(one, command, repository) for one in updated)
    yield Section("update", items, 4, head, between="\n\n", share=0.8)
    if command == "drift":
        head = f"### {count(len(plan.unmanaged), 'resource')} {UNMANAGED.note}"
        yield Section("resource", tuple(map(_format_unmanaged, plan.unmanaged)), 4, head, share=0.8)
        return
    head = f"<details><summary>{count_by_kind(one.kind for one in created)} to create</summary>"
    yield Section("create", lines, 5, head, "</details>")


def _lines(text: str) -> Item:
    """Return lines of the form `text` as an item of a list."""
    first, *more = text.splitlines() or [""]
    return Item(
        "\n".join([f"- {escape_markup(first)}", *(f"  <br>{escape_markup(line.strip())}" for line in more)]),
        f"- {escape_markup(first)}",
    )


def _problem(one: Diagnostic, repository: Repository) -> Item:
    where = f"{format_place(one.place, repository)} " if one.place else ""
    short = f"- {MARKS[one.severity]} {where}{escape_markup(one.detail)}"
    return Item(short + (f"\n  <br>_{escape_markup(one.hint)}_" if one.hint else ""), short)


def _loss(one: Change, repository: Repository) -> Item:
    short = f"- **{one.action.value}** {format_code(one.address)}"
    update = escape_markup(last_update_suffix(one.updated_at, one.updated_by))
    return Item(f"{short}{_where(one, repository)}{_why(one)}{update}", short)


def _format_unmanaged(one: Unmanaged) -> Item:
    short = f"- {format_code(one.address)}"
    return Item(f"{short}{escape_markup(last_update_suffix(one.updated_at, one.updated_by))}", short)


def _where(one: Change, repository: Repository) -> str:
    return f" — {format_place(one.place, repository)}" if one.place else ""


def _why(one: Change) -> str:
    return f" ({escape_markup(one.why)})" if one.why else ""


def _dependents(one: Dependents, command: str) -> Item:
    action = change_word(one.change, command)
    head = f"- {action} {format_code(one.change.address)}: {count(len(one.active), 'active sync')}"
    idle = f", {one.idle} inactive" if one.idle else ""
    more = len(one.active) - MOST_NAMED
    names = ", ".join(map(format_code, one.active[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
    return Item(f"{head}{idle}{': ' if names else ''}{names}", f"{head}{idle}")


def _resync(one: Change, members: Sequence[str]) -> Item:
    line = f"- {format_code(one.address)}: {format_resync(members, '**full resync**')}"
    return Item(line, line)


def _update(one: Change, command: str, repository: Repository) -> Item:
    cause = f" [{escape_markup(one.cause)}]" if one.cause else ""
    action = change_word(one, command)
    short = f"**{action}** {format_code(one.address)}{cause}"
    lines = [f"**{action}** {format_code(one.address)}{_where(one, repository)}{cause}"]
    if command == "drift" and not is_not_applied(one):
        lines += [
            f"<br>{escape_markup(line)}"
            for line in (format_last_update(one.updated_at, one.updated_by), *one.history)
            if line
        ]
    rows = [each for each in one.fields if not (is_multiline(each.before) or is_multiline(each.after))]
    if rows:
        heads = ("live", "declared") if command == "drift" else ("before", "after")
        lines += ["", f"| field | {heads[0]} | {heads[1]} |", "|---|---|---|", *map(_row, rows)]
    for each in one.fields:
        if each not in rows:
            lines += ["", format_code(each.label), "", *format_diff(each)]
    return Item("\n".join(lines), f"{short}: {count(len(one.fields), 'field')}")


def _row(one: FieldChange) -> str:
    before, after = ("" if side is None else format_code(format_value(side)) for side in (one.before, one.after))
    cause = f" [{escape_markup(one.cause)}]" if one.cause else ""
    return f"| {format_code(one.label)}{cause} | {before} | {after} |"
