"""Finds where and how a value is written, by parsing the file again: for messages, and for numbers within texts."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, TooDeep, YAMLError, compose
from applier.spec.documents.scalars import Special
from applier.spec.resources import Path, canonical_name

Pair = tuple[Node, Node]


def locate(data: bytes, position: int, path: Path, key: bool) -> tuple[int, int]:
    """Return line and column of the value at a path (or of its key), or of the key of the deepest part that exists."""
    return _tree(data).locate(position, path, key)


def written_text(data: bytes, position: int, path: Path) -> str | None:
    """Return the text of the plain value at a path as it is written, such as `1.10`; None where there is none."""
    return _tree(data).text(position, path)


@lru_cache(maxsize=4)
def _tree(data: bytes) -> _Tree:
    return _Tree(data)


class _Tree:
    """The nodes of one file, with an index of every mapping that was walked through."""

    def __init__(self, data: bytes) -> None:
        self.roots: list[Node | None] = []
        self.indexes: dict[int, dict[str, Pair]] = {}
        with suppress(YAMLError, TooDeep):  # already reported; the documents before have their places
            for root in compose(data):
                self.roots.append(root)

    def locate(self, position: int, path: Path, key: bool) -> tuple[int, int]:
        (key_node, value_node), is_whole = self.find(position, path)
        if value_node is None:
            return 1, 1
        mark = (key_node if key or not is_whole else value_node).start_mark
        return mark.line + 1, mark.column + 1

    def text(self, position: int, path: Path) -> str | None:
        (_, node), is_whole = self.find(position, path)
        return str(node.value) if is_whole and node.__class__ is ScalarNode else None

    def find(self, position: int, path: Path) -> tuple[Pair, bool]:
        """Return key and value of the deepest part of a path that exists, and whether that is all of it."""
        root = self.roots[position] if position < len(self.roots) else None
        found: Pair = (root, root)
        for step in path if root is not None else ():
            deeper = self.step(found[1], step)
            if deeper is None:
                return found, False
            found = deeper
        return found, True

    def step(self, node: Node, step: str | int) -> Pair | None:
        if node.__class__ is SequenceNode and isinstance(step, int) and 0 <= step < len(node.value):
            return node.value[step], node.value[step]
        if node.__class__ is MappingNode and isinstance(step, str):
            members = self.members(node)
            return members.get(step) or next((one for key, one in members.items() if canonical_name(key) == step), None)
        return None

    def members(self, node: Node) -> dict[str, Pair]:
        """Return the pairs of a mapping by key: its own, then those of its merge keys; the first of a key counts."""
        index = self.indexes.get(id(node))
        if index is None:
            index = self.indexes[id(node)] = {}
            for pair in node.value:
                name = key_text(pair[0])
                if name is not None:
                    index.setdefault(name, pair)
            for key_node, value_node in node.value:
                if key_node.tag is Special.MERGE:
                    self.merge(index, value_node)
        return index

    def merge(self, index: dict[str, Pair], node: Node) -> None:
        for source in node.value if node.__class__ is SequenceNode else [node]:
            if source.__class__ is MappingNode:
                for name, pair in self.members(source).items():
                    index.setdefault(name, pair)
