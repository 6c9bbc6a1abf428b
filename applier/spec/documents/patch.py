"""Changes values of a YAML file in place; everything else stays as it is written, to the byte.

Each edit is made in the text and then verified: the file, parsed again, must hold what it held before except for that
one value. So a value that an anchor shares, or a form that is not understood, is never changed by accident.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File

from applier.diagnostics import has_errors
from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, compose
from applier.spec.documents.files import BYTE_ORDER_MARK
from applier.spec.documents.parse import parse
from applier.spec.documents.patch_lists import (
    COMMENT,
    content_end,
    keep_equal,
    rearrange_block,
    rearrange_flow,
    resolve_kept,
)
from applier.spec.documents.scalars import to_comparable_json
from applier.spec.documents.write import block_lines, inline, is_block, member_lines, quote, scalar
from applier.spec.resources import Path, canonical_name
from applier.spec.schema.lookup import value_at

GONE = object()
"""The value of an edit that removes a key."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value at a path; a key that is not there yet is added. Items of a list can be `Kept`."""

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
        return resolve_kept(new, value if isinstance(value, list) else []) if isinstance(new, list) else new
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
        if before is not None and _has_value(before[position], edit):
            return data
        text = data.decode("utf-8")
        root = _roots(data)[position]
        old = value_at(before[position], edit.path) if before is not None else None
        spliced = _splice(text, root, edit, old) if before is not None and root is not None else None
        if spliced is None or before is None:
            return None
        expected = {**before, position: edit_value(before[position], edit.path, edit.value)}
    except (KeyError, IndexError, UnicodeDecodeError):
        return None
    after = spliced.encode("utf-8")
    return after if to_comparable_json(_values(after)) == to_comparable_json(expected) else None


def _has_value(before: Mapping[str, object], edit: Edit) -> bool:
    """Return whether a document has the value of an edit already: resources that share defaults make it several times.

    Any other edit is judged by what it makes.
    """
    if isinstance(edit.value, dict | list) or edit.value is GONE or edit.value is None:
        return False
    return to_comparable_json(value_at(before, edit.path)) == to_comparable_json(edit.value)


@lru_cache(maxsize=2)  # nothing changes the nodes
def _roots(data: bytes) -> list[Node | None]:
    return list(compose(data))


@lru_cache(maxsize=2)  # what one edit leaves behind, the next one begins with
def _values(data: bytes) -> dict[int, Mapping[str, object]] | None:
    documents, problems = parse(data, "", File())
    return None if has_errors(problems) else {one.position: one.value for one in documents}


def shared_line(data: bytes, position: int, path: Path) -> int | None:
    """Return the line, from 1, of the anchor that shares the value at a path or what is around it; None without one."""
    root = _roots(split_byte_order_mark(data)[1])[position]
    counts: Counter[int] = Counter()
    _count_nodes(root, counts)
    node = root
    for step in path:
        node = _step(node, step)[1] or _merged_member(node, step)
        if node is None:
            return None
        if counts[id(node)] > 1:
            return int(node.start_mark.line) + 1
    return None


def _count_nodes(node: Node, counts: Counter[int]) -> None:
    """Count how often each node stands below a node: more than once if an alias repeats it."""
    counts[id(node)] += 1
    if counts[id(node)] == 1 and node.__class__ is not ScalarNode and node is not None:
        for one in node.value:
            for inner in (one,) if node.__class__ is SequenceNode else one:
                _count_nodes(inner, counts)


def _merged_member(node: Node, step: str | int) -> Node | None:
    """Return what a merge key (`<<: *name`) brings under a key."""
    sources = [value for key, value in node.value if key_text(key) == "<<"] if node.__class__ is MappingNode else []
    mappings = [inner for one in sources for inner in (one.value if one.__class__ is SequenceNode else [one])]
    return next((found for one in mappings if (found := _step(one, step)[1]) is not None), None)


def _splice(text: str, root: Node, edit: Edit, old: object) -> str | None:
    spot = _find_spot(root, edit.path)
    if spot is None:
        return None
    if edit.value is GONE:
        return _remove(text, spot) or _empty(text, root, edit.path)
    if spot.node is None:
        return _append(text, spot, str(edit.path[-1]), edit.value)
    return _replace(text, spot, edit.value, old)


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


def _replace(text: str, spot: _Spot, value: object, old: object) -> str | None:
    node = spot.node
    if node is None:
        return None
    if node.__class__ is SequenceNode and isinstance(value, list):
        items = keep_equal(value, old if isinstance(old, list) else [])
        if node.flow_style:
            return rearrange_flow(text, node, items)
        return rearrange_block(text, node, spot.key, items, _ending(text)) if node.value else None
    if node.__class__ is not ScalarNode and not node.flow_style:
        return _replace_block(text, spot, value)
    return _replace_in_line(text, spot, node, value)


def _replace_block(text: str, spot: _Spot, value: object) -> str | None:
    """Return the text with another value in place of the lines of a mapping or list; None if comments are there."""
    key, node = spot.key, spot.node
    if key is None or node is None:
        return None
    start, end = key.end_mark.index, content_end(text, node)
    colon = re.compile(r"\s*:").match(text, start)
    if colon is None or COMMENT.search(text[start:end]):
        return None
    indent = " " * spot.around.start_mark.column
    first, *lines = member_lines("", value, indent)
    return text[: colon.end() - 1] + _ending(text).join([first[len(indent) :], *lines]) + text[end:]


def _replace_in_line(text: str, spot: _Spot, node: Node, value: object) -> str:
    """Return the text with another value in place of a scalar, of a block of lines or of what is in brackets."""
    start, end = node.start_mark.index, node.end_mark.index
    indent = " " * (spot.around.start_mark.column + 2)
    comment = ""
    if node.__class__ is ScalarNode and node.style in ("|", ">"):
        end = content_end(text, node)
        header, _, content = text[start:end].partition("\n")
        found = re.search(r"\s+#.*", header.rstrip("\r"))
        comment = found[0] if found else ""
        first = next((line for line in content.split("\n") if line.strip()), indent)
        is_indented = isinstance(value, str) and value.startswith(" ")  # its header tells the indent of the writer
        indent = indent if is_indented else first[: len(first) - len(first.lstrip(" "))] or indent
    line_ends = not text[end:].split("\n", 1)[0].strip()
    if isinstance(value, str) and is_block(value) and not spot.inside and line_ends:
        header, *lines = block_lines("", value, indent)
        return text[:start] + _ending(text).join([header + comment, *lines]) + text[end:]
    space = " " if start == end else ""
    return text[:start] + space + _render(value, node, inside=spot.inside) + comment + text[end:]


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
    end = _line_end(text, max(content_end(text, last), last_key.end_mark.index))
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
    end = _line_end(text, max(content_end(text, node), key.end_mark.index))
    return text[:line] + text[end:].removeprefix("\r").removeprefix("\n")


def _empty(text: str, root: Node, path: Path) -> str | None:
    """Return the text with `{}` in place of the one member of a block mapping; comments inside go with the member."""
    around = _find_spot(root, path[:-1]) if len(path) > 1 else None
    if around is None or around.key is None or around.node.__class__ is not MappingNode or len(around.node.value) != 1:
        return None
    key, node = around.node.value[0]
    colon = re.compile(r"\s*:").match(text, around.key.end_mark.index)
    line = text.rfind("\n", 0, key.start_mark.index) + 1
    if colon is None or text[line : key.start_mark.index].strip(" ") or line < colon.end():
        return None
    end = _line_end(text, max(content_end(text, node), key.end_mark.index))
    rest = text[end:].removeprefix("\r").removeprefix("\n")
    return f"{text[: colon.end()]} {{}}{text[colon.end() : line]}{rest}"


def _line_end(text: str, index: int) -> int:
    """Return where the line around an index ends, without its line break."""
    found = text.find("\n", index)
    if found < 0:
        return len(text)
    return found - 1 if text[index:found].endswith("\r") else found


def _ending(text: str) -> str:
    """Return the line break of a file: that of its first line."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
