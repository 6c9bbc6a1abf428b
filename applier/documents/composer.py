"""PyYAML's C parser with our own idea of plain texts; the only file that imports PyYAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from applier.documents.scalars import FIRST, WORDS, number

__all__ = [
    "DEEPEST",
    "MappingNode",
    "MarkedYAMLError",
    "Node",
    "ReaderError",
    "ScalarNode",
    "SequenceNode",
    "TooDeep",
    "YAMLError",
    "compose",
]

DEEPEST = 100

Node = Any
"""A node of PyYAML. Not its class, which says that a tag is text: our composer puts values there."""


class TooDeep(Exception):
    """Raised inside the parser, which would otherwise recurse until the process dies; holds the node around."""

    def __init__(self, around: Node | None) -> None:
        super().__init__("too deep")
        self.around = around


class Composer(CParser):
    """Makes nodes whose `tag` is the value of a plain text, or None for ordinary text; explicit tags are `str`."""

    depth = 0

    def resolve(self, kind: type[Any], value: Any, implicit: Any) -> Any:
        """Called by the parser for every node without a tag. `implicit[0]` says whether a scalar is plain."""
        if kind is ScalarNode and implicit[0]:
            if value in WORDS:
                return WORDS[value]
            if value[0] in FIRST:
                return number(value)
        return None

    def descend_resolver(self, parent: Node | None, _index: Any) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep(parent)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def compose(data: bytes) -> Iterator[Node | None]:
    """The root node of each document in the bytes (None for one that is empty).

    Raises `yaml.YAMLError` for what is not YAML and `TooDeep` for more than `DEEPEST` levels.
    """
    parser = Composer(data)
    try:
        while parser.check_node():
            yield parser.get_node()
    finally:
        parser.dispose()
