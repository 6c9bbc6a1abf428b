"""Parses YAML with PyYAML's C parser and plain texts as in YAML 1.2. The only file that imports PyYAML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from applier.spec.documents.scalars import FIRST, WORDS, number

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
    """Raised inside the parser, which would otherwise recurse until the process crashes; holds the node around."""

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
    """Return the root node of each document in the bytes (None for one that is empty).

    Raises `TooDeep` for more than `DEEPEST` levels and `yaml.YAMLError` for what is not YAML, whichever stands first in
    the data. The scanner reads ahead of the composer, how far differs between versions of libyaml, and those from 0.2.6
    on have a limit on nesting of their own; so an error of the scanner counts only if what stands before it is not too
    deep already.
    """
    try:
        yield from _compose_all(data)
    except (ScannerError, ReaderError) as error:
        with suppress(YAMLError):  # the cut may be in the middle of something
            for _ in _compose_all(_before(error, data)):
                pass
        raise


def _compose_all(data: bytes) -> Iterator[Node | None]:
    parser = Composer(data)
    try:
        while parser.check_node():
            yield parser.get_node()
    finally:
        parser.dispose()


def _before(error: ScannerError | ReaderError, data: bytes) -> bytes:
    """Return the data before the place of an error; a mark counts characters, a reader bytes."""
    if isinstance(error, ReaderError):
        return data[: error.position]
    mark = error.problem_mark
    return data.decode("utf-8")[: mark.index].encode() if mark is not None else b""
