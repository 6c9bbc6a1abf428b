"""A report for a pull request: the sum first, what is lost in full, what it reaches, then updates, creates folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from applier.diagnostics import Diagnostic, Severity
from applier.diff import FieldChange
from applier.execute import Status
from applier.plan import Action, Change, Plan, Unmanaged
from applier.plan.impact import Dependents, Impact, dependents_of, rewrites
from applier.render import text
from applier.render.parts.budget import Item, Section, fitted
from applier.render.parts.markup import code, difference, escaped, place
from applier.render.parts.places import HERE, Repository
from applier.render.parts.shares import shares
from applier.render.parts.words import by_kind, count, several, value, word, written
from applier.report import Report

BUDGET = 65_000  # bytes; a comment on GitHub holds 65,536 characters
MOST_NAMED = 12  # active syncs that are told by name for one change
LOSSES = (Action.DELETE, Action.REPLACE)
MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}


def render(report: Report, repository: Repository = HERE, *, budget: int = BUDGET) -> str:
    """The whole comment in at most `budget` bytes of UTF-8. Only deletes and replaces may exceed it: all are named."""
    title = f"## applier {report.command}: {escaped(text.headline(report).removeprefix('Plan: '))}"
    return fitted(title, list(_sections(report, repository)), budget)


def _sections(report: Report, repository: Repository) -> Iterator[Section]:
    errors = [one for one in report.all_diagnostics if one.severity is Severity.ERROR]
    others = [one for one in report.all_diagnostics if one.severity is not Severity.ERROR]
    plan = report.plan if report.outcomes is None else None
    yield Section("error", tuple(_problem(one, repository) for one in errors), 1, share=0.5)
    failed = [one for one in report.outcomes or () if one.status is not Status.DONE]
    yield Section("failure", tuple(_lines(text.outcome(one, colour=False)) for one in failed), 1, share=0.5)
    if plan is not None:
        yield _losses(plan, repository)
        yield _reached(plan, report.surroundings, report.command)
    if report.runs is not None:
        runs = text.runs(report.runs, report.command, colour=False).splitlines()
        yield Section("line", tuple(map(_lines, runs)), 2)
    if report.coverage is not None:
        yield Section("line", tuple(map(_lines, text.table(shares(report.coverage), colour=False).splitlines())), 2)
    yield Section("warning", tuple(_problem(one, repository) for one in others), 3, share=0.3)
    if plan is not None:
        yield from _changed(plan, report.command, repository)


def _losses(plan: Plan, repository: Repository) -> Section:
    lost = [one for one in plan.changes if one.action in LOSSES]
    head = f"### {count(len(lost), 'resource')} deleted or replaced"
    return Section("deletion", tuple(_loss(one, repository) for one in lost), 0, head, must=True)


def _reached(plan: Plan, surroundings: Impact | None, command: str) -> Section:
    reached = [_reach(one, command) for one in dependents_of(plan, surroundings)] if surroundings else []
    rewritten = [_rewrite(one, members) for one in plan.changes if (members := rewrites(one))]
    return Section("consequence", (*rewritten, *reached), 2, "### What it reaches", share=0.3)


def _changed(plan: Plan, command: str, repository: Repository) -> Iterator[Section]:
    created = [one for one in plan.changes if one.action is Action.CREATE]
    lines = tuple(Item(f"- {code(one.address)}{_where(one, repository)}", f"- {code(one.address)}") for one in created)
    if command == "drift":  # somebody deleted or renamed it, so nothing is folded
        yield Section("resource", lines, 4, f"### {count(len(created), 'resource')} declared, but not live", share=0.8)
    updated = [one for one in plan.changes if one.action in (Action.UPDATE, Action.RENAME)]
    head = f"### {count(len(updated), 'resource')} {'changed live' if command == 'drift' else 'updated'}"
    items = tuple(_update(one, command, repository) for one in updated)
    yield Section("update", items, 4, head, between="\n\n", share=0.8)
    if command == "drift":
        head = f"### {count(len(plan.unmanaged), 'resource')} not declared, but inside `owns`"
        yield Section("resource", tuple(map(_unmanaged, plan.unmanaged)), 4, head, share=0.8)
        return
    head = f"<details><summary>{by_kind(one.kind for one in created)} to create</summary>"
    yield Section("create", lines, 5, head, "</details>")


def _lines(told: str) -> Item:
    """Lines of the text form as an item of a list."""
    first, *more = told.splitlines() or [""]
    return Item(
        "\n".join([f"- {escaped(first)}", *(f"  <br>{escaped(line.strip())}" for line in more)]), f"- {escaped(first)}"
    )


def _problem(one: Diagnostic, repository: Repository) -> Item:
    where = f"{place(one.place, repository)} " if one.place else ""
    short = f"- {MARKS[one.severity]} {where}{escaped(one.detail)}"
    return Item(short + (f"\n  <br>_{escaped(one.hint)}_" if one.hint else ""), short)


def _loss(one: Change, repository: Repository) -> Item:
    short = f"- **{one.action.value}** {code(one.address)}"
    why = f" ({escaped(one.why)})" if one.why else ""
    return Item(f"{short}{_where(one, repository)}{why}{escaped(_written(one.updated_at, one.updated_by))}", short)


def _unmanaged(one: Unmanaged) -> Item:
    short = f"- {code(one.address)}"
    return Item(f"{short}{escaped(_written(one.updated_at, one.updated_by))}", short)


def _written(when: str, who: str) -> str:
    told = written(when, who)
    return f", {told}" if told else ""


def _where(one: Change, repository: Repository) -> str:
    return f" — {place(one.place, repository)}" if one.place else ""


def _reach(one: Dependents, command: str) -> Item:
    action = word(one.change.action.value, command)
    head = f"- {action} {code(one.change.address)}: {count(len(one.active), 'active sync')}"
    idle = f", {one.idle} not active" if one.idle else ""
    more = len(one.active) - MOST_NAMED
    names = ", ".join(map(code, one.active[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
    return Item(f"{head}{idle}{': ' if names else ''}{names}", f"{head}{idle}")


def _rewrite(one: Change, members: Sequence[str]) -> Item:
    told = f"- {code(one.address)}: another {' and '.join(members)}, so the next run is a **full resync**"
    return Item(told, told)


def _update(one: Change, command: str, repository: Repository) -> Item:
    cause = f" [{escaped(one.cause)}]" if one.cause else ""
    action = word(one.action.value, command)
    short = f"**{action}** {code(one.address)}{cause}"
    lines = [f"**{action}** {code(one.address)}{_where(one, repository)}{cause}"]
    if command == "drift":
        lines += [
            f"<br>{escaped(told)}" for told in (_written(one.updated_at, one.updated_by)[2:], *one.history) if told
        ]
    rows = [each for each in one.fields if not (several(each.before) or several(each.after))]
    if rows:
        heads = ("live", "declared") if command == "drift" else ("before", "after")
        lines += ["", f"| field | {heads[0]} | {heads[1]} |", "|---|---|---|", *map(_row, rows)]
    for each in one.fields:
        if each not in rows:
            lines += ["", code(each.label), "", *difference(each)]
    return Item("\n".join(lines), f"{short}: {count(len(one.fields), 'field')}")


def _row(one: FieldChange) -> str:
    before, after = ("" if side is None else code(value(side)) for side in (one.before, one.after))
    cause = f" [{escaped(one.cause)}]" if one.cause else ""
    return f"| {code(one.label)}{cause} | {before} | {after} |"
