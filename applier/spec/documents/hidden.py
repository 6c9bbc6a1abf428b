"""The lines of a YAML file as they may be shown: without passwords and other secrets that are written in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

from applier.secrets import SHORTEST_SCRUBBED
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, TooDeep, YAMLError, compose

ORDINARY = ("", "~", "null", "true", "false")
_PLACEHOLDER = re.compile(r"\$\{(env|var|file):[^}:]*\}")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor and a tag, which stand before a value
_REST_OF_LINE = re.compile(r"\S[^\r\n]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def hidden_lines(data: bytes, secrets: Collection[str], scrub: Callable[[str], str], mask: str) -> list[str]:
    """Return the lines of a file with `mask` in place of every secret; there are as many as in the file.

    A value that is a secret is hidden as a whole, however it is written; then `scrub` hides secrets in comments and
    inside longer values.
    """
    text = data.decode("utf-8")
    pieces, done = [], 0
    for first, last in sorted(_secret_spans(data, text, secrets)):
        if first >= done:
            pieces += [text[done:first], _REST_OF_LINE.sub(mask, text[first:last])]
            done = last
    return [scrub(line) for line in _LINE.findall("".join([*pieces, text[done:]]))]


def _secret_spans(data: bytes, text: str, secrets: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a scalar stands that is a secret, or holds one.

    A secret inside a longer value is left to `scrub` where it is written as it is.
    """
    offset = len(text) - len(text.removeprefix("\ufeff"))  # the parser counts characters from there on
    parts = [one for one in secrets if len(one) >= SHORTEST_SCRUBBED]
    for node in _scalars(data):
        first, last = node.start_mark.index + offset, node.end_mark.index + offset
        if node.value in ORDINARY or _PLACEHOLDER.fullmatch(node.value):
            continue
        inside = [one for one in parts if one in node.value]
        if node.value in secrets or any(one not in text[first:last] for one in inside):
            properties = _PROPERTIES.match(text, first, last)
            yield properties.end() if properties else first, last


def _scalars(data: bytes) -> Iterator[Node]:
    """Yield every scalar that is a value."""
    with suppress(YAMLError, TooDeep):  # the file was read before; what cannot be read now is left to `scrub`
        for root in compose(data):
            if root is not None:
                yield from _walk(root, set())


def _walk(node: Node, seen: set[int]) -> Iterator[Node]:
    """Yield the scalars at and below a node. `seen` has the ids of the nodes before, which aliases lead to again."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if node.__class__ is ScalarNode:
        yield node
    elif node.__class__ is SequenceNode:
        for item in node.value:
            yield from _walk(item, seen)
    elif node.__class__ is MappingNode:
        for _, value in node.value:
            yield from _walk(value, seen)
