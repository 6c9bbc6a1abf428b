"""Rearranges the items of a YAML list as text: each item keeps its lines and the comments that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from applier.spec.documents.composer import Node, ScalarNode, SequenceNode
from applier.spec.documents.scalars import to_comparable_json
from applier.spec.documents.write import inline, item_lines

COMMENT = re.compile(r"(^|\s)#")


@dataclass(frozen=True, slots=True)
class Kept:
    """An item of an edited list: the item that has this position in the file, as it is written there."""

    index: int


def resolve_kept(items: Sequence[object], old: Sequence[object]) -> list[object]:
    """Return the items with those of the file in place of `Kept`. Raises IndexError."""
    return [old[one.index] if isinstance(one, Kept) else one for one in items]


def keep_equal(items: Sequence[object], old: Sequence[object]) -> list[object]:
    """Return the items with `Kept` in place of each that the file has already; none is kept twice."""
    free = {index: to_comparable_json(one) for index, one in enumerate(old)}
    for one in items:
        if isinstance(one, Kept):
            free.pop(one.index, None)
    result: list[object] = []
    for one in items:
        form = None if isinstance(one, Kept) else to_comparable_json(one)
        found = None if form is None else next((index for index, other in free.items() if other == form), None)
        if found is None:
            result.append(one)
        else:
            del free[found]
            result.append(Kept(found))
    return result


def rearrange_flow(text: str, node: Node, items: Sequence[object]) -> str | None:
    """Return the text with other items between the brackets; None if comments stand there."""
    start, end = node.start_mark.index, node.end_mark.index
    places = [(one.start_mark.index, one.end_mark.index) for one in node.value]
    if COMMENT.search(text[start:end]) or not _follow_each_other(places, start, end):
        return None
    written = [text[slice(*places[one.index])] if isinstance(one, Kept) else inline(one) for one in items]
    return f"{text[:start]}[{', '.join(written)}]{text[end:]}"


def rearrange_block(text: str, node: Node, key: Node | None, items: Sequence[object], ending: str) -> str | None:
    """Return the text with other items, each on lines of its own. Comments above an item and beside it belong to it.

    A list without items stands as `[]` behind its key. None if the items cannot be told apart by their lines.
    """
    places = [(one.start_mark.index, content_end(text, one)) for one in node.value]
    first = text.rfind("\n", 0, node.start_mark.index) + 1
    if text[first : node.start_mark.index].strip(" ") or not _follow_each_other(places, first, len(text)):
        return None
    ends = [_next_line(text, end) for _, end in places]
    start = _with_comments_above(text, first)
    chunks = [text[begin:end] for begin, end in pairwise([start, *ends])]
    if not items:
        colon = re.compile(r"\s*:").match(text, key.end_mark.index) if key is not None else None
        return f"{text[: colon.end()]} []{text[colon.end() : start]}{text[ends[-1] :]}" if colon else None
    indent = " " * node.start_mark.column
    lines = [
        chunks[one.index] if isinstance(one, Kept) else ending.join(item_lines(one, indent)) + ending for one in items
    ]
    whole = "".join(one if one.endswith("\n") else one + ending for one in lines)
    is_last = not text[: ends[-1]].endswith("\n")
    return text[:start] + (whole.removesuffix(ending) if is_last else whole) + text[ends[-1] :]


def content_end(text: str, node: Node) -> int:
    """Return where the last thing that is written of a value ends."""
    while node.__class__ is not ScalarNode and not node.flow_style and node.value:
        node = node.value[-1] if node.__class__ is SequenceNode else node.value[-1][1]
    end: int = node.end_mark.index
    if node.__class__ is ScalarNode and node.style in ("|", ">"):
        return len(text[:end].rstrip("\r\n "))
    return end


def _follow_each_other(places: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether all places are in order and within bounds: the node of an alias stands where its anchor does."""
    flat = [start, *(index for place in places for index in place), end]
    return all(one <= other for one, other in pairwise(flat))


def _next_line(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _with_comments_above(text: str, start: int) -> int:
    """Return where the comments right above a line begin."""
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        if not text[line:start].lstrip(" ").startswith("#"):
            return start
        start = line
    return start
