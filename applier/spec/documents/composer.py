"""Parses YAML with PyYAML's C parser and plain texts as in YAML 1.2. The only file that imports PyYAML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from yaml._yaml import CParser
from yaml.composer import Composer as EventComposer
from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from applier.nesting import DEEPEST
from applier.spec.documents.scalars import FIRST, WORDS, number

__all__ = [
    "MappingNode",
    "MarkedYAMLError",
    "Node",
    "ReaderError",
    "ScalarNode",
    "SequenceNode",
    "TooDeep",
    "YAMLError",
    "anchor_of",
    "compose",
]

REPEATED = "found duplicate anchor"
"""How PyYAML begins to say that an anchor is there again."""

Node = Any
"""A node of PyYAML. Not its class, which says that a tag is text: our composer puts values there."""


class TooDeep(Exception):
    """Raised inside the parser, which would otherwise recurse until the process crashes; holds the node around."""

    def __init__(self, around: Node | None) -> None:
        super().__init__("too deep")
        self.around = around


class Resolver:
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


class FastComposer(Resolver, CParser):
    """Composes in C. It refuses an anchor that a document gives again."""


class RepeatingComposer(Resolver, EventComposer, CParser):
    """Composes the events of the C parser in Python, five times slower. An alias means the latest node of its anchor.

    YAML 1.2 allows an anchor to be given again (section 3.2.2.2), PyYAML does not. A node with an anchor has its name
    as `anchor`.
    """

    def __init__(self, data: bytes) -> None:
        CParser.__init__(self, data)
        EventComposer.__init__(self)

    def compose_node(self, parent: Node | None, index: Any) -> Node:
        """Called for every node. The anchor of an alias has to be known, that of another node must not be."""
        event: Any = self.peek_event()
        if event.__class__ is AliasEvent or event.anchor is None:
            return super().compose_node(parent, index)
        self.anchors.pop(event.anchor, None)
        node: Node = super().compose_node(parent, index)
        node.anchor = event.anchor
        return node


def anchor_of(node: Node) -> str | None:
    """Return the name of a node's anchor in a document that gives an anchor again; elsewhere, names do not matter."""
    name: str | None = getattr(node, "anchor", None)
    return name


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
    done = 0
    try:
        for node in _compose_with(FastComposer, data):
            yield node
            done += 1
    except ComposerError as error:
        if not str(error.context).startswith(REPEATED):
            raise
    else:
        return
    yield from islice(_compose_with(RepeatingComposer, data), done, None)


def _compose_with(composer: type[FastComposer | RepeatingComposer], data: bytes) -> Iterator[Node | None]:
    parser = composer(data)
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
