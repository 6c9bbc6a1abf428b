"""Changes values of a YAML file in place; everything else stays as it is written, to the byte.

Each edit is made in the text and then verified: the file, parsed again, must hold what it held before except for that
one value. So a value that an anchor shares, or a form that is not understood, is never changed by accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File

from applier.diagnostics import has_errors
from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, compose
from applier.spec.documents.files import BYTE_ORDER_MARK
from applier.spec.documents.parse import parse
from applier.spec.documents.scalars import to_comparable_json
from applier.spec.documents.write import block_lines, inline, is_block, item_lines, member_lines, quote, scalar
from applier.spec.resources import Path, canonical_name

GONE = object()
"""The value of an edit that removes a key."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value at a path; a key that is not there yet is added."""

    path: Path
    value: object


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node with the mapping around it, and whether brackets are around it."""

    key: Node | None
    node: Node | None
    around: Node
    inside: bool


def apply_edits(data: bytes, position: int, edits: Sequence[Edit]) -> tuple[bytes, tuple[Edit, ...]]:
    """Return the file with the edits in its document of that position, and the edits that are not possible."""
    mark, data = split_byte_order_mark(data)
    left: list[Edit] = []
    for one in edits:
        after = _apply_edit(data, position, one)
        if after is None:
            left.append(one)
        else:
            data = after
    return mark + data, tuple(left)


def split_byte_order_mark(data: bytes) -> tuple[bytes, bytes]:
    """Return the byte order mark of a file, which may be empty, and the rest."""
    rest = data.removeprefix(BYTE_ORDER_MARK)
    return data[: len(data) - len(rest)], rest


def edit_value(value: Mapping[str, object], path: Path, new: object) -> dict[str, object]:
    """Return a copy of plain data with one value changed, added or removed; missing mappings are created.

    Raises KeyError and IndexError for what does not exist.
    """
    members = dict(value)
    step, rest = str(path[0]), path[1:]
    if new is GONE and not rest:
        del members[step]
    else:
        members[step] = _edit_inside(members.get(step), rest, new)
    return members


def _edit_inside(value: object, path: Path, new: object) -> object:
    if not path:
        return new
    if not isinstance(value, list) or not isinstance(path[0], int):
        return edit_value(value if isinstance(value, Mapping) else {}, path, new)
    items = value.copy()
    if new is GONE and len(path) == 1:
        del items[path[0]]
    else:
        items[path[0]] = _edit_inside(items[path[0]], path[1:], new)
    return items


def _apply_edit(data: bytes, position: int, edit: Edit) -> bytes | None:
    before = _values(data)
    try:
        text = data.decode("utf-8")
        root = list(compose(data))[position]
        spliced = _splice(text, root, edit) if before is not None and root is not None else None
        if spliced is None or before is None:
            return None
        expected = {**before, position: edit_value(before[position], edit.path, edit.value)}
    except (KeyError, IndexError, UnicodeDecodeError):
        return None
    after = spliced.encode("utf-8")
    return after if to_comparable_json(_values(after)) == to_comparable_json(expected) else None


@lru_cache(maxsize=2)  # what one edit leaves behind, the next one begins with
def _values(data: bytes) -> dict[int, Mapping[str, object]] | None:
    documents, problems = parse(data, "", File())
    return None if has_errors(problems) else {one.position: one.value for one in documents}


def _splice(text: str, root: Node, edit: Edit) -> str | None:
    spot = _find_spot(root, edit.path)
    if spot is None:
        return None
    if edit.value is GONE:
        return _remove(text, spot)
    if spot.node is None:
        return _append(text, spot, str(edit.path[-1]), edit.value)
    return _replace(text, spot, edit.value)


def _find_spot(root: Node, path: Path) -> _Spot | None:
    """Return the node at a path of keys and items; None where a step before its end is not written there."""
    node, spot = root, None
    inside = False
    for number, step in enumerate(path):
        if spot is not None and spot.node is None:
            return None
        inside = inside or bool(node.flow_style)
        key, found = _step(node, step)
        if found is None and (number + 1 < len(path) or node.__class__ is not MappingNode):
            return None
        spot = _Spot(key, found, node, inside)
        node = found
    return spot


def _step(node: Node, step: str | int) -> tuple[Node | None, Node | None]:
    if node.__class__ is MappingNode:
        texts = [(key_text(pair[0]), pair) for pair in node.value]
        same = [pair for text, pair in texts if text == step]
        same = same or [pair for text, pair in texts if text is not None and canonical_name(text) == step]
        return same[0] if same else (None, None)
    if node.__class__ is SequenceNode and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _replace(text: str, spot: _Spot, value: object) -> str | None:
    around, node = spot.around, spot.node
    if node is None:
        return None
    start, end = node.start_mark.index, node.end_mark.index
    if node.__class__ is SequenceNode and not node.flow_style:
        end = _content_end(text, node)
        if re.search(r"(^|\s)#", text[start:end]) or not isinstance(value, list) or not value:
            return None
        indent = " " * node.start_mark.column
        lines = [line for one in value for line in item_lines(one, indent)]
        return text[:start] + _ending(text).join(lines).lstrip(" ") + text[end:]
    if node.__class__ is MappingNode and not node.flow_style:
        return None
    indent = " " * (around.start_mark.column + 2)
    if node.__class__ is ScalarNode and node.style in ("|", ">"):
        end = _content_end(text, node)
    line_ends = not text[end:].split("\n", 1)[0].strip()
    if isinstance(value, str) and is_block(value) and not spot.inside and line_ends:
        return text[:start] + _ending(text).join(block_lines("", value, indent)) + text[end:]
    space = " " if start == end else ""
    return text[:start] + space + _render(value, node, inside=spot.inside) + text[end:]


def _render(value: object, node: Node, *, inside: bool) -> str:
    """Return a value in one line; a text in quotes stays in quotes."""
    if not isinstance(value, str):
        return inline(value)
    if node.__class__ is ScalarNode and node.style == '"':
        return quote(value)
    if node.__class__ is ScalarNode and node.style == "'" and value.isprintable():
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    return scalar(value, inside=inside)


def _append(text: str, spot: _Spot, key: str, value: object) -> str | None:
    """Return the text with a further key after the last one."""
    around = spot.around
    if around.flow_style:
        end = around.end_mark.index - 1
        comma = ", " if around.value else ""
        return text[:end].rstrip(" ") + f"{comma}{scalar(key)}: {inline(value)}" + text[end:]
    if not around.value:
        return None
    last_key, last = around.value[-1]
    end = _line_end(text, max(_content_end(text, last), last_key.end_mark.index))
    indent = " " * around.value[0][0].start_mark.column
    gap = [""] if not indent else []
    return text[:end] + _ending(text).join(["", *gap, *member_lines(scalar(key), value, indent)]) + text[end:]


def _remove(text: str, spot: _Spot) -> str | None:
    """Return the text without a key and its lines; the last key of a block mapping cannot be removed alone."""
    key, node, pairs = spot.key, spot.node, spot.around.value
    if key is None or node is None:
        return None
    start, end = key.start_mark.index, node.end_mark.index
    number = next(index for index, pair in enumerate(pairs) if pair[0] is key)
    if spot.around.flow_style:
        if number + 1 < len(pairs):
            return text[:start] + text[pairs[number + 1][0].start_mark.index :]
        return text[: pairs[number - 1][1].end_mark.index if number else start] + text[end:]
    line = text.rfind("\n", 0, start) + 1
    if len(pairs) == 1 or text[line:start].strip(" "):
        return None
    end = _line_end(text, max(_content_end(text, node), key.end_mark.index))
    return text[:line] + text[end:].removeprefix("\r").removeprefix("\n")


def _content_end(text: str, node: Node) -> int:
    """Return where the last thing that is written of a value ends."""
    while node.__class__ is not ScalarNode and not node.flow_style and node.value:
        node = node.value[-1] if node.__class__ is SequenceNode else node.value[-1][1]
    end: int = node.end_mark.index
    if node.__class__ is ScalarNode and node.style in ("|", ">"):
        return len(text[:end].rstrip("\r\n "))
    return end


def _line_end(text: str, index: int) -> int:
    """Return where the line around an index ends, without its line break."""
    found = text.find("\n", index)
    if found < 0:
        return len(text)
    return found - 1 if text[index:found].endswith("\r") else found


def _ending(text: str) -> str:
    """Return the line break of a file: that of its first line."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
