"""A report for a pull request: the sum first, what is lost in full, then updates by field, creates folded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from applier.diagnostics import Diagnostic, Severity
from applier.diff import FieldChange
from applier.execute import Status
from applier.plan import Action, Change, Plan
from applier.render import text
from applier.render.words import by_kind, count, printable, several, value
from applier.report import Report

BUDGET = 65_000  # bytes; a comment on GitHub holds 65,536 characters
LOSSES = (Action.DELETE, Action.REPLACE)
SPECIAL = re.compile(r"[\\`*_{}\[\]<>#!|~&@]")


def render(report: Report, *, budget: int = BUDGET) -> str:
    """The whole comment, at most `budget` bytes of UTF-8; deletes and replaces are never left out."""
    title = f"## applier {report.command}: {_title(report)}"
    fixed = [title, *_problems(report.all_diagnostics)]
    if report.outcomes is not None:
        fixed.append(_outcomes(report))
    if report.runs is not None:
        fixed += [f"- {escaped(line)}" for line in text.runs(report.runs, report.command, colour=False).splitlines()]
    if report.plan is None or report.outcomes is not None:
        return "\n\n".join(fixed)
    fixed += _losses(report.plan)
    fixed += [f"- `?` {escaped(one.address)} is live inside owns and not declared" for one in report.plan.unmanaged]
    optional = [*_updates(report.plan, report.command), *_creates(report.plan, report.command)]
    return "\n\n".join([*fixed, *_within(optional, budget - _size(fixed))])


def _title(report: Report) -> str:
    if report.plan is None:
        return "not possible" if report.all_diagnostics else "done"
    return escaped(text.summary(report.plan, report.command).removeprefix("Plan: "))


def _problems(diagnostics: Sequence[Diagnostic]) -> list[str]:
    marks = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}
    return [
        f"{marks[one.severity]} {f'`{_code(str(one.place))}` ' if one.place else ''}{escaped(one.detail)}"
        + (f"<br>_{escaped(one.hint)}_" if one.hint else "")
        for one in diagnostics
    ]


def _losses(plan: Plan) -> list[str]:
    lost = [one for one in plan.changes if one.action in LOSSES]
    if not lost:
        return []
    return [f"### {count(len(lost), 'resource')} deleted or replaced", "\n".join(_line(one) for one in lost)]


def _line(one: Change) -> str:
    last = f", last written {escaped(one.updated_at)}" if one.updated_at else ""
    by = f" by {escaped(one.updated_by)}" if one.updated_by else ""
    why = f" ({escaped(one.why)})" if one.why else ""
    return f"- **{one.action.value}** {escaped(one.address)}{_where(one)}{why}{last}{by}"


def _where(one: Change) -> str:
    return f" — `{_code(one.place.file)}:{one.place.line}`" if one.place else ""


def _updates(plan: Plan, command: str) -> list[str]:
    return [_block(one, command) for one in plan.changes if one.action in (Action.UPDATE, Action.RENAME)]


def _block(one: Change, command: str) -> str:
    cause = f" [{one.cause}]" if one.cause else ""
    lines = [f"**{one.action.value}** {escaped(one.address)}{_where(one)}{cause}"]
    if command == "drift" and one.updated_at:
        by = f" by {escaped(one.updated_by)}" if one.updated_by else ""
        lines.append(f"<br>last written {escaped(one.updated_at)}{by}")
    rows = [one for one in one.fields if not (several(one.before) or several(one.after))]
    if rows:
        lines += ["", "| field | before | after |", "|---|---|---|", *(_row(each) for each in rows)]
    for each in one.fields:
        if each not in rows:
            lines += ["", f"`{_code(each.label)}`", "", *_diff(each)]
    return "\n".join(lines)


def _row(one: FieldChange) -> str:
    before, after = ("" if side is None else f"`{_cell(value(side))}`" for side in (one.before, one.after))
    cause = f" [{one.cause}]" if one.cause else ""
    return f"| `{_cell(one.label)}`{cause} | {before} | {after} |"


def _diff(one: FieldChange) -> list[str]:
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    lines = [printable(line) for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]]
    fence = "`" * max(3, *(len(ticks) + 1 for line in lines for ticks in re.findall("`+", line)), 3)
    return [f"{fence}diff", *lines, fence]


def _creates(plan: Plan, command: str) -> list[str]:
    created = [one for one in plan.changes if one.action is Action.CREATE]
    if not created:
        return []
    what = by_kind(one.kind for one in created)
    word = "missing" if command == "drift" else "to create"
    head = f"<details><summary>{what} {word}</summary>\n"
    lines = [f"- {escaped(one.address)}{_where(one)}" for one in created]
    return ["\n".join([head, *lines, "\n</details>"])]


def _outcomes(report: Report) -> str:
    lines = [text.outcome(one, colour=False) for one in report.outcomes or () if one.status is not Status.DONE]
    total = text.outcomes(report.outcomes or (), colour=False).splitlines()[-1]
    return "\n".join([f"**{escaped(total)}**", *(f"- {escaped(line)}" for one in lines for line in one.splitlines())])


def _within(blocks: Iterable[str], budget: int) -> list[str]:
    """The blocks that fit, and a sentence about those that do not."""
    kept: list[str] = []
    left_out = 0
    budget -= 200  # for that sentence
    for block in blocks:
        size = _size([block])
        if size > budget:
            left_out += 1
            continue
        kept.append(block)
        budget -= size
    if left_out:
        kept.append(f"_{count(left_out, 'block')} left out for length; `applier plan` shows everything._")
    return kept


def _size(blocks: Iterable[str]) -> int:
    return sum(len(block.encode()) + 2 for block in blocks)


def escaped(words: str) -> str:
    """Foreign words as text: nothing in them is Markdown, HTML, a mention or a link."""
    return SPECIAL.sub(_escape, printable(words))


def _escape(one: re.Match[str]) -> str:
    return f"&#{ord(one.group())};" if one.group() in "<>&@" else f"\\{one.group()}"


def _code(words: str) -> str:
    """Inside a code span only a backtick ends it."""
    return printable(words).replace("`", "'")


def _cell(words: str) -> str:
    """Inside a code span in a table a bar ends the cell, too."""
    return _code(words).replace("|", "\\|")
