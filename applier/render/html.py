"""A report as one HTML file that needs nothing else: filters, before and after, the graph; light and dark."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files

from applier.diagnostics import Diagnostic
from applier.execute import Outcome, Run, Status
from applier.graph import RANK
from applier.plan import Action, Plan
from applier.plan.coverage import Coverage
from applier.plan.impact import Impact, dependents_of, rewrites
from applier.render import diagram, text
from applier.render.parts.items import change, code, columns, place, unmanaged
from applier.render.parts.places import HERE, Repository
from applier.render.parts.shares import shares
from applier.render.parts.words import count, printable, word
from applier.report import Report

MOST_NODES = 400
ORDER = (Action.DELETE, Action.REPLACE, Action.RENAME, Action.UPDATE, Action.CREATE)  # what is lost first


def render(report: Report, repository: Repository = HERE) -> str:
    """The whole page. Nothing in it is loaded from elsewhere, and only its own script may run."""
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
            f'<header><div><h1>{title}</h1><p class="sum">{escape(text.headline(report))}</p></div>',
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
        f"<span>{escape(printable(one.detail))}</span> {place(one.place, repository)}"
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
        around = report.surroundings or Impact()
        yield from _reached(report.plan, around, report.command)
        yield from _changes(report.plan, report.command, repository)
        yield from _graph(report.plan, around)
    if report.coverage is not None:
        yield from _coverage(report.coverage)
    if report.runs:
        yield '<section aria-labelledby="runs"><h2 id="runs">Runs</h2><table>'
        yield columns("sync", "state", "rows")
        yield from (*map(_run, report.runs), "</tbody></table></section>")


def _coverage(one: Coverage) -> Iterator[str]:
    table = shares(one)
    yield '<section aria-labelledby="coverage"><h2 id="coverage">Coverage</h2><table>'
    yield columns(*(name.lower() for name in table.headings))
    for kind, *cells in table.rows:
        yield f'<tr><th scope="row">{kind.replace("_", " ")}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    yield "</tbody></table>"
    if one.falls_short:
        yield f'<p class="none">{escape(table.notes[-1])}</p>'
    if one.undescribed:
        yield f"<details><summary>Not described: {count(len(one.undescribed), 'object')}</summary><ul>"
        yield from (*(f"<li>{code(address)}</li>" for address in one.undescribed), "</ul></details>")
    yield "</section>"


def _reached(plan: Plan, around: Impact, command: str) -> Iterator[str]:
    lines = [
        f"{code(one.address)}: another {' and '.join(members)}, so the next run is a <strong>full resync</strong>"
        for one in plan.changes
        if (members := rewrites(one))
    ]
    for one in dependents_of(plan, around):
        names = ", ".join(map(code, one.active))
        idle = f", {one.idle} not active" if one.idle else ""
        told = f"{count(len(one.active), 'active sync')}{idle}{': ' if names else ''}{names}"
        lines.append(f"{word(one.change.action.value, command)} {code(one.change.address)}: {told}")
    if lines:
        yield '<section aria-labelledby="reach"><h2 id="reach">What it reaches</h2><ul>'
        yield from (*(f"<li>{line}</li>" for line in lines), "</ul></section>")


def _changes(plan: Plan, command: str, repository: Repository) -> Iterator[str]:
    beside = plan.unmanaged if command == "drift" else ()
    yield '<section aria-labelledby="changes"><h2 id="changes">Changes</h2>'
    if not plan.changes and not beside:
        yield '<p class="none">None.</p></section>'
        return
    order = ORDER if command != "drift" else ORDER[::-1]  # what is missing live was lost
    ordered = sorted(plan.changes, key=lambda one: order.index(one.action))
    found = [(one.action.value, one.kind) for one in ordered]
    found += [("unmanaged", one.address.partition("/")[0]) for one in beside]
    yield '<div class="bar" role="search">'
    yield _filters("action", [action for action, _ in found], command)
    yield _filters("kind", sorted((kind for _, kind in found), key=RANK.__getitem__), command)
    yield '<input id="search" type="search" placeholder="Search ( / )" aria-label="Search in the changes">'
    yield '<button id="fold" type="button">Open or close all</button>'
    yield f'<span id="told" class="soft" role="status">{len(found)} shown</span></div>'
    yield '<ul class="list">'
    yield from (change(one, command, repository) for one in ordered)
    yield from map(unmanaged, beside)
    yield "</ul></section>"


def _filters(name: str, found: list[str], command: str) -> str:
    buttons = [
        f'<button type="button" aria-pressed="true" data-filter="{name}" data-value="{one}"'
        + (f' data-action="{one}">' if name == "action" else ">")
        + f"{word(one, command).replace('_', ' ')} <span>{found.count(one)}</span></button>"
        for one in dict.fromkeys(found)
    ]
    return f"<fieldset><legend>Show by {name}</legend>{''.join(buttons)}</fieldset>"


def _graph(plan: Plan, around: Impact) -> Iterator[str]:
    marks = {one.address: one.action.value for one in plan.changes}
    needs = {
        address: tuple(one for one in needed if one in marks or address in marks)
        for address, needed in around.needs.items()
        if address in marks or any(one in marks for one in needed)
    }
    drawn = diagram.Diagram({**dict.fromkeys(marks, ()), **needs}, marks)
    if not marks:
        return
    yield '<section aria-labelledby="graph"><h2 id="graph">What changes, and what is beside it</h2>'
    if len(drawn.addresses) > MOST_NODES:
        yield f'<p class="none">{len(drawn.addresses)} resources are too many to draw: applier graph --target …</p>'
    else:
        yield f'<div class="graph" tabindex="0" role="group" aria-label="Graph">{diagram.svg(drawn)}</div>'
    yield "</section>"


def _outcome(one: Outcome) -> str:
    told = text.outcome(one, colour=False).splitlines()
    action = one.action.value if one.status is Status.DONE else "error"
    more = "".join(f'<span class="soft wide">{escape(line.strip())}</span>' for line in told[1:])
    return (
        f'<li class="item" data-action="{action}"><div class="flat"><span class="tag">{one.status.value}</span>'
        f"<span>{escape(told[0])}</span>{more}</div></li>"
    )


def _run(one: Run) -> str:
    errors = "".join(f'<div class="soft">{escape(printable(error))}</div>' for error in one.errors)
    state = escape(printable(one.status))
    return f"<tr><td>{code(one.address)}</td><td>{state}{errors}</td><td>{escape(text.rows(one))}</td></tr>"
