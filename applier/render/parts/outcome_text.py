"""Formats the outcomes of an apply as text."""

from __future__ import annotations

from collections.abc import Sequence

from applier.execute import WRITTEN, Outcome, Status
from applier.plan import Action
from applier.render.parts.plan_text import SIGNS
from applier.render.parts.words import count, format_diagnostic, format_value, printable, style

DONE_WORDS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.RENAME: "renamed",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
}


def format_outcome(one: Outcome, colour: bool) -> str:
    """Return how one change ended, with the reason if it was not done."""
    if one.status in WRITTEN:
        sign, name = SIGNS[one.action]
        line = style(f"{sign} {printable(one.address)}", name, colour) + f"  {DONE_WORDS[one.action]}"
    else:
        line = style(f"! {printable(one.address)}  {one.status.value}", "red", colour)
        line += style(f"  {printable(one.place.file)}:{one.place.line}", "dim", colour) if one.place else ""
    lines = [line + (f": {printable(one.message)}" if one.message else "")]
    for each in one.differs:
        live, declared = format_value(each.before), format_value(each.after)
        lines.append(f"    not converged: {each.label}: live {live}, declared {declared}")
    if one.hint and one.status is not Status.DONE:
        lines.append(f"  hint: {printable(one.hint)}")
    lines += [format_diagnostic(each, colour) for each in one.findings]
    return "\n".join(lines)


def format_outcomes(outcomes: Sequence[Outcome], colour: bool, *, interrupted: bool = False) -> str:
    """Return each change that was not done as planned with its reason, then the summary."""
    lines = [format_outcome(one, colour) for one in outcomes if one.status is not Status.DONE]
    lines.append(summarize_outcomes(outcomes, interrupted=interrupted))
    unknown = sum(one.status is Status.UNKNOWN for one in outcomes)
    if unknown:
        have = "has" if unknown == 1 else "have"
        lines.append(f"Stopped at once: {unknown} of {count(len(outcomes), 'change')} {have} an unknown outcome.")
    return "\n".join(lines)


def summarize_outcomes(outcomes: Sequence[Outcome], *, interrupted: bool = False) -> str:
    """Return the summary in one line."""
    done = [one for one in outcomes if one.status in WRITTEN]
    parts = [
        f"{number} {DONE_WORDS[action]}" for action in Action if (number := sum(one.action is action for one in done))
    ]
    parts += [
        f"{number} {status.value}"
        for status in Status
        if status is not Status.DONE and (number := sum(one.status is status for one in outcomes))
    ]
    if not parts:
        return "Applied: no changes."
    is_complete = len(done) == len(outcomes) and not any(one.differs for one in done)
    partly = "Partly applied" if done else "Not applied"
    return f"{'Interrupted' if interrupted else 'Applied' if is_complete else partly}: {', '.join(parts)}."
