"""The lines of a YAML file as they may be shown: without passwords and other secrets that are written in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, TooDeep, YAMLError, compose

SHORTEST_PART = 4  # characters of a secret that is hidden inside a longer text; shorter ones are in every text
WITHOUT_SECRETS = ("models", "syncs", "bulk_syncs", "roles", "policies")
"""The sections in which a key such as `token` is the name of a field."""
ORDINARY = ("", "~", "null", "true", "false")
_SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|pwd|credential|(private|api|access|account|encryption).?key", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\$\{(env|var|file):[^}:]*\}")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor and a tag, which stand before a value
_REST_OF_LINE = re.compile(r"\S[^\r\n]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def hidden_lines(data: bytes, secrets: Collection[str], scrub: Callable[[str], str], mask: str) -> list[str]:
    """Return the lines of a file with `mask` in place of every secret; there are as many as in the file.

    A value that is a secret, or that has the place of one (a password, the default of a sensitive variable), is hidden
    as a whole, however it is written; then `scrub` hides secrets in comments and inside longer values.
    """
    text = data.decode("utf-8")
    pieces, done = [], 0
    for first, last in sorted(_secret_spans(data, text, secrets)):
        if first >= done:
            pieces += [text[done:first], _REST_OF_LINE.sub(mask, text[first:last])]
            done = last
    return [scrub(line) for line in _LINE.findall("".join([*pieces, text[done:]]))]


def _secret_spans(data: bytes, text: str, secrets: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a scalar stands that is a secret, has the place of one, or holds one.

    A secret inside a longer value is left to `scrub` where it is written as it is.
    """
    offset = len(text) - len(text.removeprefix("\ufeff"))  # the parser counts characters from there on
    parts = [one for one in secrets if len(one) >= SHORTEST_PART]
    for node, has_place in _scalars(data):
        first, last = node.start_mark.index + offset, node.end_mark.index + offset
        if node.value in ORDINARY or _PLACEHOLDER.fullmatch(node.value):
            continue
        inside = [one for one in parts if one in node.value]
        if has_place or node.value in secrets or any(one not in text[first:last] for one in inside):
            properties = _PROPERTIES.match(text, first, last)
            yield properties.end() if properties else first, last


def _scalars(data: bytes) -> Iterator[tuple[Node, bool]]:
    """Yield every scalar that is a value, and whether a secret stands in its place."""
    with suppress(YAMLError, TooDeep):  # the file was read before; what cannot be read now is left to `scrub`
        for root in compose(data):
            if root is not None:
                yield from _walk(root, {id(one) for one in _sensitive_values(root)}, set(), named=True)


def _walk(
    node: Node, sensitive: Collection[int], seen: set[int], *, named: bool, has_place: bool = False
) -> Iterator[tuple[Node, bool]]:
    """Yield the scalars below a node. `sensitive` are the ids of nodes that hold secrets; with `named`, names tell."""
    has_place = has_place or id(node) in sensitive
    if node.__class__ is ScalarNode:
        yield node, has_place
    if id(node) in seen:  # an alias
        return
    seen.add(id(node))
    if node.__class__ is SequenceNode:
        for item in node.value:
            yield from _walk(item, sensitive, seen, named=named, has_place=has_place)
    for name, value in _members(node):
        inner = named and name not in WITHOUT_SECRETS
        is_secret = inner and value.__class__ is not MappingNode and bool(_SECRET_NAME.search(name))
        yield from _walk(value, sensitive, seen, named=inner, has_place=has_place or is_secret)


def _sensitive_values(root: Node) -> Iterator[Node]:
    """Yield the default of each sensitive variable, and its values in environments."""
    variables = dict(_members(dict(_members(root)).get("variables")))
    sensitive = {name: dict(_members(one)) for name, one in variables.items()}
    sensitive = {name: one for name, one in sensitive.items() if getattr(one.get("sensitive"), "value", "") == "true"}
    yield from (one["default"] for one in sensitive.values() if "default" in one)
    for _, environment in _members(dict(_members(root)).get("environments")):
        values = dict(_members(dict(_members(environment)).get("variables")))
        yield from (values[name] for name in sensitive if name in values)


def _members(node: Node | None) -> list[tuple[str, Node]]:
    """Return the members of a mapping by key; none of anything else."""
    pairs = node.value if node.__class__ is MappingNode else ()
    return [(key.value, value) for key, value in pairs if key.__class__ is ScalarNode]
