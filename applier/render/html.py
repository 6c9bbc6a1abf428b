"""The form `html`: one page that needs no other file, with filters, values before and after, and the graph."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files

from applier.diagnostics import Diagnostic
from applier.execute import Outcome, Run, Status
from applier.graph import RANK
from applier.kinds import KINDS
from applier.plan import Action, Plan
from applier.plan.coverage import Coverage
from applier.plan.impact import Impact, dependents_of, rewrites
from applier.render import diagram
from applier.render.parts.coverage_table import coverage_table
from applier.render.parts.drift_states import action_word, change_word
from applier.render.parts.headline import headline
from applier.render.parts.items import format_change, format_code, format_place, format_unmanaged, table_head
from applier.render.parts.outcome_text import format_outcome
from applier.render.parts.places import HERE, Repository
from applier.render.parts.run_text import format_rows
from applier.render.parts.words import count, format_resync, printable
from applier.report import Report

MOST_NODES = 400
ORDER = (Action.DELETE, Action.REPLACE, Action.RENAME, Action.UPDATE, Action.CREATE)  # losses first


def render(report: Report, repository: Repository = HERE) -> str:
    """Return the whole page. It loads nothing, and its policy allows only its own script."""
    style, script = (files("applier.render").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'"
    title = escape(f"applier {report.command}")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f"<title>{title}</title>",
            f"<style>{style}</style></head>",
            f"<body>{'<main class=drift>' if report.command == 'drift' else '<main>'}",
            f'<header><div><h1>{title}</h1><p class="sum">{escape(headline(report))}</p></div>',
            '<button id="theme" type="button">Light / dark</button></header>',
            *_problems(report.all_diagnostics, repository),
            *_result(report, repository),
            "</main>",
            f"<script>{script}</script>",
            "</body></html>",
        ]
    )


def _problems(diagnostics: Iterable[Diagnostic], repository: Repository) -> Iterator[str]:
    items = [
        f'<li class="item" data-action="{one.severity}"><div class="flat"><span class="tag">{one.severity}</span> '
        f"<span>{escape(printable(one.detail))}</span> {format_place(one.place, repository)}"
        f'<span class="soft">{escape(one.code)}</span>'
        + (f'<span class="soft wide">{escape(printable(one.hint))}</span>' if one.hint else "")
        + "</div></li>"
        for one in diagnostics
    ]
    if items:
        yield '<section aria-labelledby="problems"><h2 id="problems">Problems</h2><ul class="list">'
        yield from (*items, "</ul></section>")


def _result(report: Report, repository: Repository) -> Iterator[str]:
    if report.outcomes is not None:
        yield '<section aria-labelledby="outcomes"><h2 id="outcomes">Outcome</h2><ul class="list">'
        yield from (*map(_outcome, report.outcomes), "</ul></section>")
    elif report.plan is not None:
        impact = report.impact or Impact()
        yield from _impact(report.plan, impact, report.command)
        yield from _changes(report.plan, report.command, repository)
        yield from _graph(report.plan, impact)
    if report.coverage is not None:
        yield from _coverage(report.coverage)
    if report.runs:
        yield '<section aria-labelledby="runs"><h2 id="runs">Runs</h2><table>'
        yield table_head("sync", "state", "rows")
        yield from (*map(_run, report.runs), "</tbody></table></section>")


def _coverage(one: Coverage) -> Iterator[str]:
    table = coverage_table(one)
    yield '<section aria-labelledby="coverage"><h2 id="coverage">Coverage</h2><table>'
    yield table_head(*(name.lower() for name in table.headings))
    for kind, *cells in table.rows:
        yield f'<tr><th scope="row">{_label(kind, "")}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    yield "</tbody></table>"
    if one.falls_short:
        yield f'<p class="none">{escape(table.notes[-1])}</p>'
    if one.undescribed:
        yield f"<details><summary>Not described: {count(len(one.undescribed), 'object')}</summary><ul>"
        yield from (*(f"<li>{format_code(address)}</li>" for address in one.undescribed), "</ul></details>")
    yield "</section>"


def _impact(plan: Plan, impact: Impact, command: str) -> Iterator[str]:
    lines = [
        f"{format_code(one.address)}: {format_resync(members, '<strong>full resync</strong>')}"
        for one in plan.changes
        if (members := rewrites(one))
    ]
    for one in dependents_of(plan, impact):
        names = ", ".join(map(format_code, one.active))
        idle = f", {one.idle} inactive" if one.idle else ""
        syncs = f"{count(len(one.active), 'active sync')}{idle}{': ' if names else ''}{names}"
        lines.append(f"{change_word(one.change, command)} {format_code(one.change.address)}: {syncs}")
    if lines:
        yield '<section aria-labelledby="impact"><h2 id="impact">Impact</h2><ul>'
        yield from (*(f"<li>{line}</li>" for line in lines), "</ul></section>")


def _changes(plan: Plan, command: str, repository: Repository) -> Iterator[str]:
    unmanaged = plan.unmanaged if command == "drift" else ()
    yield '<section aria-labelledby="changes"><h2 id="changes">Changes</h2>'
    if not plan.changes and not unmanaged:
        yield '<p class="none">None.</p></section>'
        return
    order = ORDER if command != "drift" else ORDER[::-1]  # missing resources first
    ordered = sorted(plan.changes, key=lambda one: order.index(one.action))
    shown = [(one.action.value, one.kind) for one in ordered]
    shown += [("unmanaged", one.address.partition("/")[0]) for one in unmanaged]
    yield '<div class="bar" role="search">'
    yield _filters("action", [action for action, _ in shown], command)
    yield _filters("kind", sorted((kind for _, kind in shown), key=RANK.__getitem__), command)
    yield '<input id="search" type="search" placeholder="Search ( / )" aria-label="Search the changes">'
    yield '<button id="fold" type="button">Expand or collapse all</button>'
    yield f'<span id="status" class="soft" role="status">{len(shown)} shown</span></div>'
    yield '<ul class="list">'
    yield from (format_change(one, command, repository) for one in ordered)
    yield from map(format_unmanaged, unmanaged)
    yield "</ul></section>"


def _filters(name: str, values: list[str], command: str) -> str:
    buttons = [
        f'<button type="button" aria-pressed="true" data-filter="{name}" data-value="{one}"'
        + (f' data-action="{one}">' if name == "action" else ">")
        + f"{_label(one, command)} <span>{values.count(one)}</span></button>"
        for one in dict.fromkeys(values)
    ]
    return f"<fieldset><legend>Show by {name}</legend>{''.join(buttons)}</fieldset>"


def _label(one: str, command: str) -> str:
    """Return the words for the kind or the action."""
    return KINDS[one].plural if one in KINDS else action_word(one, command)


def _graph(plan: Plan, impact: Impact) -> Iterator[str]:
    marks = {one.address: one.action.value for one in plan.changes}
    needs = {
        address: tuple(one for one in needed if one in marks or address in marks)
        for address, needed in impact.needs.items()
        if address in marks or any(one in marks for one in needed)
    }
    drawn = diagram.Diagram({**dict.fromkeys(marks, ()), **needs}, marks)
    if not marks:
        return
    yield '<section aria-labelledby="graph"><h2 id="graph">Changed resources and what they are connected to</h2>'
    if len(drawn.addresses) > MOST_NODES:
        yield f'<p class="none">{len(drawn.addresses)} resources are too many to draw; use applier graph --target …</p>'
    else:
        yield f'<div class="graph" tabindex="0" role="group" aria-label="Graph">{diagram.svg(drawn)}</div>'
    yield "</section>"


def _outcome(one: Outcome) -> str:
    first, *lines = format_outcome(one, colour=False).splitlines()
    action = one.action.value if one.status is Status.DONE else "error"
    more = "".join(f'<span class="soft wide">{escape(line.strip())}</span>' for line in lines)
    return (
        f'<li class="item" data-action="{action}"><div class="flat"><span class="tag">{one.status.value}</span>'
        f"<span>{escape(first)}</span>{more}</div></li>"
    )


def _run(one: Run) -> str:
    errors = "".join(f'<div class="soft">{escape(printable(error))}</div>' for error in one.errors)
    state = escape(printable(one.status))
    return f"<tr><td>{format_code(one.address)}</td><td>{state}{errors}</td><td>{escape(format_rows(one))}</td></tr>"
