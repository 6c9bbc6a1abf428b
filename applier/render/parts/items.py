"""Formats one change as an item of an HTML list: its action, address and place, and each field before and after."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from applier.diagnostics import Place
from applier.diff import FieldChange
from applier.plan import Action, Change, Unmanaged
from applier.render.parts.drift_states import UNMANAGED, change_word, is_not_applied
from applier.render.parts.places import Repository
from applier.render.parts.words import format_last_update, format_value, is_multiline, printable


def format_code(text: str) -> str:
    """Return a name or a value as code."""
    return f"<code>{escape(printable(text))}</code>"


def format_place(one: Place | None, repository: Repository) -> str:
    """Return the file and line, as a link if the web address of the repository is known."""
    if one is None:
        return ""
    text = escape(printable(f"{repository.path(one)}:{one.line}"))
    address = repository.address(one)
    return (
        f'<a class="soft path" href="{escape(address)}">{text}</a>'
        if address
        else f'<span class="soft path">{text}</span>'
    )


def format_change(one: Change, command: str, repository: Repository) -> str:
    """Return a change as an item that opens; those of created resources start closed."""
    with_update = (command == "drift" and not is_not_applied(one)) or one.action in (Action.DELETE, Action.REPLACE)
    notes = [one.why, format_last_update(one.updated_at, one.updated_by) if with_update else "", one.cause]
    head = _head(change_word(one, command), one.address, notes)
    place = format_place(one.place, repository)
    events = "".join(f'<div class="soft">{escape(printable(event))}</div>' for event in one.history)
    body = events + "".join(_fields(one, command))
    start = f'<li class="item" data-action="{one.action.value}" data-kind="{escape(one.kind)}">'
    if not body:
        return f'{start}<div class="flat">{head}{place}</div></li>'
    state = "" if one.action is Action.CREATE else " open"
    if one.place and repository.address(one.place):  # a summary is a button, which must not contain a link
        body, place = f"<div>{place}</div>{body}", ""
    return f'{start}<details{state}><summary>{head}{place}</summary><div class="body">{body}</div></details></li>'


def format_unmanaged(one: Unmanaged) -> str:
    """Return an unmanaged object as an item."""
    notes = [UNMANAGED.note, format_last_update(one.updated_at, one.updated_by)]
    head = _head(UNMANAGED.word, one.address, notes)
    kind = escape(one.address.partition("/")[0])
    return f'<li class="item" data-action="unmanaged" data-kind="{kind}"><div class="flat">{head}</div></li>'


def _head(action: str, address: str, notes: list[str]) -> str:
    spans = "".join(f'<span class="soft">{escape(printable(note))}</span>' for note in notes if note)
    return f'<span class="tag">{action}</span><span class="name">{escape(printable(address))}</span>{spans}'


def _fields(one: Change, command: str) -> Iterator[str]:
    heads = ("live", "declared") if command == "drift" else ("before", "after")
    short = [each for each in one.fields if not (is_multiline(each.before) or is_multiline(each.after))]
    if short:
        yield f"<table>{table_head('field', *heads)}"
        yield from map(_field_row, short)
        yield "</tbody></table>"
    yield from (_text_table(each, heads) for each in one.fields if each not in short)


def table_head(*names: str) -> str:
    """Return the head of a table, and the start of its body."""
    cells = "".join(f'<th scope="col">{one}</th>' for one in names)
    return f"<thead><tr>{cells}</tr></thead><tbody>"


def _field_row(one: FieldChange) -> str:
    cause = f' <span class="soft">{escape(one.cause)}</span>' if one.cause else ""
    sides = ((one.before, "gone"), (one.after, "come"))
    before, after = (
        "<td></td>" if side is None else f'<td class="{name}">{format_code(format_value(side))}</td>'
        for side, name in sides
    )
    return f'<tr><th scope="row">{format_code(one.label)}{cause}</th>{before}{after}</tr>'


def _text_table(one: FieldChange, heads: tuple[str, str]) -> str:
    """Return both sides of a long text, line by line."""
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    rows: list[str] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = before[start:end], after[other_start:other_end]
        for number in range(max(len(left), len(right))):
            gone, come = (_line(side, number, tag != "equal", name) for side, name in ((left, "gone"), (right, "come")))
            rows.append(f"<tr>{gone}{come}</tr>")
    caption = f"<caption>{format_code(one.label)}</caption>"
    return f'<table class="text">{caption}{table_head(*heads)}{"".join(rows)}</tbody></table>'


def _line(side: list[str], number: int, differs: bool, name: str) -> str:
    if number >= len(side):
        return "<td></td>"
    text = escape(printable(side[number])) or " "
    return f'<td class="{name}">{text}</td>' if differs else f"<td>{text}</td>"
