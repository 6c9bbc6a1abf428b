"""Orders the keys of mappings by moving whole lines, so that everything else stays as it is written.

Comments go with the key they stand above, blank lines stay between the same positions, and no alias comes before its
anchor. Mappings in `{ }` and inside of lists are left alone, and so are those with a text that keeps the blank lines
below it (`|+`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, anchor_of, compose
from applier.spec.documents.scalars import Special
from applier.spec.resources import Path

Order = Callable[[Path], Sequence[str]]
"""The order of the keys of the mapping at a path; those that it does not name come last, as they are."""

MODELINES = ("# yaml-language-server", "# vim:", "# -*-")
_LINES = re.compile(r"[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+\Z")
_KEEPS = re.compile(r"[|>][0-9]?\+")


def reorder_keys(data: bytes, order: Order) -> bytes:
    """Return the same YAML with keys in order. Raises `yaml.YAMLError` and `TooDeep` for what is not YAML."""
    lines: list[str] = _LINES.findall(data.decode("utf-8"))
    roots = [root for root in compose(data) if root is not None and root.__class__ is MappingNode]
    if roots and lines[-1].rstrip("\r\n\x85\u2028\u2029") == lines[-1]:
        lines[-1] += "\r\n" if lines[0].endswith("\r\n") else "\n"
    for root in reversed(roots):  # from the last on, so that lines keep their numbers
        if root.value:
            start, end = root.value[0][0].start_mark.line, root.end_mark.line
            end = len(lines) if root.end_mark.column else min(end, len(lines))
            start = _own_comments(lines, 0, start, 0)
            lines[start:end] = _Lines(lines, order).mapping(root, (), start, end)
    return "".join(lines).encode("utf-8")


def _own_comments(lines: list[str], start: int, first: int, column: int) -> int:
    """Return where the comments of the first key begin; comments above them are about all keys, and stay there.

    A comment that is indented more than the key stays too: below another value it could become a part of that.
    """
    own = first
    while own > start and _is_comment(lines[own - 1]) and not lines[own - 1].startswith(MODELINES):
        if _indent(lines[own - 1]) > column:
            break
        own -= 1
    return own


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@dataclass(slots=True)
class Part:
    """One key of a mapping: its comments, its own lines, and where they are in the text."""

    name: str
    above: list[str]
    own: list[str]
    key: Node
    value: Node


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a file, of which mappings are ranges."""

    lines: list[str]
    order: Order

    def mapping(self, node: Node, path: Path, start: int, end: int) -> list[str]:
        """Return the lines from `start` to `end`, which hold a block mapping and nothing else, in order."""
        pairs = node.value
        if node.flow_style or not pairs or not all(self.alone(key) for key, _ in pairs):
            return self.lines[start:end]
        column = pairs[0][0].start_mark.column
        starts = [key.start_mark.line for key, _ in pairs]
        gaps: list[list[str]] = []
        parts: list[Part] = []
        above_from = top = _own_comments(self.lines, start, starts[0], column)
        for number, (key, value) in enumerate(pairs):
            following = starts[number + 1] if number + 1 < len(pairs) else end
            blank = _blank_lines(self.lines, above_from, starts[number])
            gaps.append(self.lines[above_from : above_from + blank])
            above = self.lines[above_from + blank : starts[number]]
            above_from = self.content_end(key, value, column, following)
            name = "<<" if key.tag is Special.MERGE else key_text(key) or ""
            own = self.part(value, (*path, name), starts[number], above_from)
            parts.append(Part(name, above, own, key, value))
        footer = self.lines[above_from:end]
        movable = not any(self.keeps_blank_lines(value) for _, value in pairs)
        ordered = _order_parts(parts, self.order(path)) if movable else parts
        body = [line for gap, part in zip(gaps, ordered, strict=True) for line in (*gap, *part.above, *part.own)]
        return [*self.lines[start:top], *body, *footer]

    def part(self, value: Node, path: Path, start: int, end: int) -> list[str]:
        """Return the lines of one key, with those of its value in order."""
        inside = value.__class__ is MappingNode and not value.flow_style and value.value
        if not inside or not start < value.value[0][0].start_mark.line < end:
            return self.lines[start:end]
        return [self.lines[start], *self.mapping(value, path, start + 1, end)]

    def alone(self, key: Node) -> bool:
        """Return whether nothing stands before a key in its line."""
        mark = key.start_mark
        return mark.line == key.end_mark.line and not self.lines[mark.line][: mark.column].strip(" ")

    def content_end(self, key: Node, value: Node, column: int, following: int) -> int:
        """Return the line after the last one of a value; comments below it belong to it if they are indented."""
        end: int = key.start_mark.line + 1
        last = _last(value)
        if last is not None and key.start_mark.index <= last.start_mark.index and last.style not in ("|", ">"):
            end = max(end, min(last.end_mark.line + 1, following))
        for number in range(end, following):
            line = self.lines[number]
            if line.strip() and (not _is_comment(line) or _indent(line) > column):
                end = number + 1
        return end

    def keeps_blank_lines(self, value: Node) -> bool:
        """Return whether a value ends with a text to which the blank lines below it belong."""
        last = _last(value)
        return last is not None and last.style in ("|", ">") and bool(_KEEPS.search(self.lines[last.start_mark.line]))


def _last(node: Node) -> Node | None:
    """Return the scalar that a value ends with, None for one that ends with a bracket."""
    while node.__class__ is not ScalarNode:
        if node.flow_style or not node.value:
            return None
        node = node.value[-1] if node.__class__ is SequenceNode else node.value[-1][1]
    return node


def _is_comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")


def _blank_lines(lines: list[str], start: int, end: int) -> int:
    """Return how many blank lines there are from `start` on."""
    return next((number - start for number in range(start, end) if lines[number].strip()), max(end - start, 0))


def _order_parts(parts: list[Part], order: Sequence[str]) -> list[Part]:
    """Return the parts by rank, but a part with an alias after the part with its anchor."""
    ranks = {name: rank for rank, name in enumerate(order)}
    ranked = sorted(parts, key=lambda one: ranks.get(one.name, -1 if one.name == "<<" else len(ranks)))
    if ranked == parts or len(parts) < 2:
        return parts
    starts = [one.key.start_mark.index for one in parts]
    needs = {number: {*_dependencies(parts, starts, number)} for number in range(len(parts))}
    numbers = {id(one): number for number, one in enumerate(parts)}
    result: list[Part] = []
    done: set[int] = set()
    while ranked:
        chosen = next(one for one in ranked if needs[numbers[id(one)]] <= done)
        ranked.remove(chosen)
        done.add(numbers[id(chosen)])
        result.append(chosen)
    return result


def _dependencies(parts: Sequence[Part], starts: list[int], number: int) -> Iterator[int]:
    """Yield the numbers of earlier parts that a part has to stay below.

    These are parts with an anchor that it refers to, and, where an anchor is given again, those with the same anchor or
    an alias of it.
    """
    names: set[str] = set()
    for node in _nodes(parts[number].value, starts[number]):
        names |= {name} if (name := anchor_of(node)) else set()
        index = node.start_mark.index
        earlier = [other for other in range(number) if starts[other] <= index] if index < starts[number] else []
        if earlier:
            yield earlier[-1]
    for other in range(number) if names else ():
        if any(anchor_of(node) in names for node in _nodes(parts[other].value, starts[other])):
            yield other


def _nodes(node: Node, start: int) -> Iterator[Node]:
    """Yield a value and the nodes in it; of what aliases in it refer to, which stands before it, only the top."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if one.start_mark.index < start:
            continue
        if one.__class__ is SequenceNode:
            waiting += one.value
        elif one.__class__ is MappingNode:
            waiting += [each for pair in one.value for each in pair]
