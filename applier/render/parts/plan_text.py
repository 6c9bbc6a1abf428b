"""Formats a plan as text: each change with its fields, then the summary."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from applier.diagnostics import Severity
from applier.diff import FieldChange
from applier.live.events import format_time
from applier.plan import Action, Change, Plan, Unmanaged
from applier.render.parts.drift_states import DRIFT_STATES, UNMANAGED, drift_state, is_not_applied
from applier.render.parts.words import (
    count,
    count_by_kind,
    count_severity,
    format_last_update,
    format_value,
    is_multiline,
    last_update_suffix,
    printable,
    style,
)

SIGNS = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.RENAME: (">", "yellow"),
    Action.REPLACE: ("!", "red"),
    Action.DELETE: ("-", "red"),
}
"""The sign and the style of each action."""

CHANGED = DRIFT_STATES[Action.UPDATE].code
"""The state that a drift report does not add to the address: the fields show it."""

WIDEST_LABEL = 40


def format_plan(plan: Plan, command: str, colour: bool) -> str:
    """Return every change with its fields, then the summary and how to go on."""
    blocks = [_format_change(one, command, colour) for one in plan.changes]
    if command == "drift" and plan.unmanaged:
        blocks.append("\n".join(_format_unmanaged(one, colour) for one in plan.unmanaged))
    spaced = [block + "\n" if "\n" in block else block for block in blocks]
    gap = [""] if spaced and not spaced[-1].endswith("\n") else []
    return "\n".join([*spaced, *gap, summarize_plan(plan, command), *_notes(plan, command)])


def _notes(plan: Plan, command: str) -> Iterator[str]:
    if command == "drift" and any(one.action in (Action.UPDATE, Action.RENAME) for one in plan.changes):
        yield "Arrows point from the live to the declared value. `apply` restores the spec, `pull` updates it."
    if plan.unknown_secrets:
        secrets = count(plan.unknown_secrets, "secret")
        yield f"{secrets} not compared: the API never returns them. Use --push-secrets to send them again."


def summarize_plan(plan: Plan, command: str) -> str:
    """Return the summary in one line."""
    errors = count_severity(plan.diagnostics, Severity.ERROR)
    if command == "drift" and not errors:
        return _summarize_drift(plan)
    parts = [
        f"{number} to {action.value} ({count_by_kind(_kinds_of_objects(plan, action))})"
        for action in Action
        if (number := plan.count(action))
    ]
    unchanged = [f"{count(len(plan.unchanged), 'resource')} unchanged"] if plan.unchanged else []
    if errors:
        return f"Cannot be applied: {'; '.join([errors, *([', '.join(parts)] if parts else []), *unchanged])}."
    if not plan.changes:
        return ": ".join(["Nothing to do", *unchanged]) + "."
    return f"Plan: {'; '.join([', '.join(parts), *unchanged])}."


def _kinds_of_objects(plan: Plan, action: Action) -> list[str]:
    """Return the kind of each object with this action, once for all steps of a change."""
    return [kind for kind, _, _ in {(one.kind, one.name, one.id): None for one in plan.changes if one.action is action}]


def _summarize_drift(plan: Plan) -> str:
    equal = f"{count(len(plan.unchanged), 'resource')} as declared"
    if not plan.changes and not plan.unmanaged:
        return f"No drift: {equal}."
    missing, pending = plan.count(Action.CREATE), plan.count(Action.DELETE)
    waiting = sum(map(is_not_applied, plan.changes))
    parts = [f"{len(plan.changes) - missing - pending - waiting} changed", f"{missing} missing"]
    parts += [f"{waiting} not applied"] if waiting else []
    parts += [f"{pending} pending removal"] if pending else []
    parts += [f"{len(plan.unmanaged)} unmanaged"] if plan.unmanaged else []
    return f"Drift: {', '.join(parts)}; {equal}."


def _format_change(one: Change, command: str, colour: bool) -> str:
    """Return the sign, address and place of a change, with a line per field below."""
    sign, name = SIGNS[one.action]
    head = style(f"{sign} {printable(one.address)}", name, colour)
    if one.place:
        head += style(f"  {printable(one.place.file)}:{one.place.line}", "dim", colour)
    note = f"  [{one.cause}]" if one.cause else ""
    if command == "drift":
        state = drift_state(one)
        note += f"  {state.word}: {state.note}" if state.code != CHANGED else ""
        note += f"; {printable(one.why)}" if one.why and one.action is Action.CREATE else ""
    elif one.why:
        note += f"  {printable(one.why)}"
    events = [*(_last_update(one) if command == "drift" and not is_not_applied(one) else ()), *one.history]
    lines = [head + note, *(style(f"    {printable(event)}", "dim", colour) for event in events)]
    if not (command == "drift" and one.action is Action.CREATE):
        width = max((len(printable(each.label)) for each in one.fields), default=0)
        for each in one.fields:
            lines += _format_field(each, one.action, min(width, WIDEST_LABEL), colour)
    return "\n".join(lines)


def _last_update(one: Change) -> Iterator[str]:
    """Yield when and by whom the object was last updated, unless its latest event says so."""
    if one.updated_at and not any(format_time(one.updated_at) in event for event in one.history[:1]):
        yield format_last_update(one.updated_at, one.updated_by)


def _format_unmanaged(one: Unmanaged, colour: bool) -> str:
    head = style(f"? {printable(one.address)}", "cyan", colour)
    note = UNMANAGED.note + last_update_suffix(one.updated_at, one.updated_by)
    return f"{head}\n" + style(f"    {printable(note)}", "dim", colour)


def _format_field(one: FieldChange, action: Action, width: int, colour: bool) -> Iterator[str]:
    first, *more = _field_lines(one, action, width, colour)
    yield first + (f"  [{one.cause}]" if one.cause else "")
    yield from more


def _field_lines(one: FieldChange, action: Action, width: int, colour: bool) -> Iterator[str]:
    label = printable(one.label).ljust(width)
    if is_multiline(one.before) or is_multiline(one.after):
        yield f"    {label}".rstrip()
        yield from _diff_lines(one, colour)
    elif action is Action.CREATE:
        yield f"    {label}  {format_value(one.after)}"
    elif one.before is None:
        yield style(f"  + {label}  {format_value(one.after)}", "green", colour)
    elif one.after is None:
        yield style(f"  - {label}  {format_value(one.before)}", "red", colour)
    else:
        yield f"    {label}  {format_value(one.before)} → {format_value(one.after)}"


def _diff_lines(one: FieldChange, colour: bool) -> Iterator[str]:
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    for line in list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]:
        name = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
        yield style(f"      {printable(line)}", name, colour)
