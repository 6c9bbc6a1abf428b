"""Changes values of a YAML file in place: everything else stays as it is written, to the byte.

Each edit is made in the text and then proven: the file, read again, has to hold what it held before but for that one
value. So what an anchor shares, or a form that is not understood, is never changed by accident.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from applier.diagnostics import has_errors
from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, compose
from applier.spec.documents.document import Steps
from applier.spec.documents.files import BYTE_ORDER_MARK
from applier.spec.documents.parse import parse
from applier.spec.documents.write import block_lines, inline, is_block, item_lines, member_lines, quote, scalar

GONE = object()
"""The value of an edit that takes a key out."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value at a path, which is a key more where there is none yet."""

    path: Steps
    value: Any


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node with the mapping around it, and whether brackets are around it."""

    key: Node | None
    node: Node | None
    around: Node
    inside: bool


def apply_edits(data: bytes, position: int, edits: Sequence[Edit]) -> tuple[bytes, tuple[Edit, ...]]:
    """The file with the edits in its document of that position, and those that could not be made."""
    mark, data = separate_edits(data)
    left: list[Edit] = []
    for one in edits:
        after = _apply_edit(data, position, one)
        if after is None:
            left.append(one)
        else:
            data = after
    return mark + data, tuple(left)


def separate_edits(data: bytes) -> tuple[bytes, bytes]:
    """The byte order mark of a file, which may be empty, and the rest: the reader counts without the mark."""
    rest = data.removeprefix(BYTE_ORDER_MARK)
    return data[: len(data) - len(rest)], rest


def edit_value(value: Any, path: Steps, new: Any) -> Any:
    """A copy of plain data with one value changed, added or taken out; mappings that are not there yet are made."""
    if not path:
        return new
    result: Any = copy.copy(value) if isinstance(value, dict | list) else {}
    if len(path) == 1 and new is GONE:
        del result[path[0]]
    else:
        there = isinstance(result, list) or path[0] in result
        result[path[0]] = edit_value(result[path[0]] if there else {}, path[1:], new)
    return result


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
    return after if _as_json(_values(after)) == _as_json(expected) else None


@lru_cache(maxsize=2)  # what one edit leaves behind, the next one begins with
def _values(data: bytes) -> dict[int, Any] | None:
    documents, problems = parse(data, "", Path())
    return None if has_errors(problems) else {one.position: one.value for one in documents}


def _as_json(values: dict[int, Any] | None) -> str:
    return json.dumps(values, sort_keys=True)


def _splice(text: str, root: Node, edit: Edit) -> str | None:
    spot = _find_spot(root, edit.path)
    if spot is None:
        return None
    if edit.value is GONE:
        return _remove(text, spot)
    if spot.node is None:
        return _append(text, spot, str(edit.path[-1]), edit.value)
    return _replace(text, spot, edit.value)


def _find_spot(root: Node, path: Steps) -> _Spot | None:
    """Where a path leads by keys and items that are written there; None where something before its end is missing."""
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
        return next((pair for pair in node.value if key_text(pair[0]) == step), (None, None))
    if node.__class__ is SequenceNode and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _replace(text: str, spot: _Spot, value: Any) -> str | None:
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


def _render(value: Any, node: Node, *, inside: bool) -> str:
    """A value in one line; a text in quotes stays in quotes."""
    if not isinstance(value, str):
        return inline(value)
    if node.__class__ is ScalarNode and node.style == '"':
        return quote(value)
    if node.__class__ is ScalarNode and node.style == "'" and value.isprintable():
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    return scalar(value, inside=inside)


def _append(text: str, spot: _Spot, key: str, value: Any) -> str | None:
    """A further key, after the last one."""
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
    """Without a key and its lines; the last key of a mapping in lines cannot go alone."""
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
    """Where the last thing that is written of a value ends."""
    while node.__class__ is not ScalarNode and not node.flow_style and node.value:
        node = node.value[-1] if node.__class__ is SequenceNode else node.value[-1][1]
    end: int = node.end_mark.index
    if node.__class__ is ScalarNode and node.style in ("|", ">"):
        return len(text[:end].rstrip("\r\n "))
    return end


def _line_end(text: str, index: int) -> int:
    """Where the line around an index ends, without what ends it."""
    found = text.find("\n", index)
    if found < 0:
        return len(text)
    return found - 1 if text[index:found].endswith("\r") else found


def _ending(text: str) -> str:
    """How the lines of a file end: as the first one."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def append_members(data: bytes, kind: str, name: str, body: Mapping[str, object]) -> bytes | None:
    """The file with one more resource at the end of its section, or with the section; None where that cannot be."""
    mark, data = separate_edits(data)
    values = _values(data)
    if not values or any(name in (one.get(kind) or ()) for one in values.values()):
        return None
    position = next((number for number in values if kind in values[number]), max(values))
    new = Edit((kind, name), body) if values[position].get(kind) else Edit((kind,), {name: body})
    if not data.endswith(b"\n"):
        data += _ending(data.decode()).encode()
    after = _apply_edit(data, position, new)
    return None if after is None else mark + after
