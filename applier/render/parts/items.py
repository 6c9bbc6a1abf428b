"""One change as an item of an HTML list: what, where, and each field before and after."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from applier.diagnostics import Place
from applier.diff import FieldChange
from applier.plan import Action, Change, Unmanaged
from applier.render.parts.places import Repository
from applier.render.parts.words import printable, several, value, word, written


def code(words: str) -> str:
    """A foreign name."""
    return f"<code>{escape(printable(words))}</code>"


def place(one: Place | None, repository: Repository) -> str:
    """File and line, a link where the forge is known."""
    if one is None:
        return ""
    told = escape(printable(f"{repository.path(one)}:{one.line}"))
    address = repository.address(one)
    return (
        f'<a class="soft path" href="{escape(address)}">{told}</a>'
        if address
        else f'<span class="soft path">{told}</span>'
    )


def change(one: Change, command: str, repository: Repository) -> str:
    """A change that opens; created resources start closed."""
    told = command == "drift" or one.action in (Action.DELETE, Action.REPLACE)
    notes = [one.why, written(one.updated_at, one.updated_by) if told else "", one.cause]
    head, where = _head(word(one.action.value, command), one.address, notes), place(one.place, repository)
    history = "".join(f'<div class="soft">{escape(printable(event))}</div>' for event in one.history)
    body = history + "".join(_fields(one, command))
    start = f'<li class="item" data-action="{one.action.value}" data-kind="{escape(one.kind)}">'
    if not body:
        return f'{start}<div class="flat">{head}{where}</div></li>'
    opened = "" if one.action.value == "create" else " open"
    if where.startswith("<a "):  # a summary is a button, and no button holds a link
        body, where = f"<div>{where}</div>{body}", ""
    return f'{start}<details{opened}><summary>{head}{where}</summary><div class="body">{body}</div></details></li>'


def unmanaged(one: Unmanaged) -> str:
    """Something live that nobody declared."""
    head = _head("unmanaged", one.address, ["not declared, but inside owns", written(one.updated_at, one.updated_by)])
    kind = escape(one.address.partition("/")[0])
    return f'<li class="item" data-action="unmanaged" data-kind="{kind}"><div class="flat">{head}</div></li>'


def _head(action: str, address: str, notes: list[str]) -> str:
    told = "".join(f'<span class="soft">{escape(printable(note))}</span>' for note in notes if note)
    return f'<span class="tag">{action}</span><span class="name">{escape(printable(address))}</span>{told}'


def _fields(one: Change, command: str) -> Iterator[str]:
    heads = ("live", "declared") if command == "drift" else ("before", "after")
    short = [each for each in one.fields if not (several(each.before) or several(each.after))]
    if short:
        yield f"<table>{columns('field', *heads)}"
        yield from map(_row, short)
        yield "</tbody></table>"
    yield from (_text(each, heads) for each in one.fields if each not in short)


def columns(*names: str) -> str:
    """The head of a table, and the start of its body."""
    cells = "".join(f'<th scope="col">{one}</th>' for one in names)
    return f"<thead><tr>{cells}</tr></thead><tbody>"


def _row(one: FieldChange) -> str:
    cause = f' <span class="soft">{escape(one.cause)}</span>' if one.cause else ""
    before, after = ("" if side is None else code(value(side)) for side in (one.before, one.after))
    gone, come = (
        "" if side is None else f' class="{name}"' for side, name in ((one.before, "gone"), (one.after, "come"))
    )
    return f'<tr><th scope="row">{code(one.label)}{cause}</th><td{gone}>{before}</td><td{come}>{after}</td></tr>'


def _text(one: FieldChange, heads: tuple[str, str]) -> str:
    """Long texts side by side, line by line."""
    before, after = (str(side or "").splitlines() for side in (one.before, one.after))
    rows: list[str] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = before[start:end], after[other_start:other_end]
        for number in range(max(len(left), len(right))):
            gone, come = (_line(side, number, tag != "equal", name) for side, name in ((left, "gone"), (right, "come")))
            rows.append(f"<tr>{gone}{come}</tr>")
    return f'<table class="text"><caption>{code(one.label)}</caption>{columns(*heads)}{"".join(rows)}</tbody></table>'


def _line(side: list[str], number: int, differs: bool, name: str) -> str:
    if number >= len(side):
        return "<td></td>"
    told = escape(printable(side[number])) or " "
    return f'<td class="{name}">{told}</td>' if differs else f"<td>{told}</td>"
