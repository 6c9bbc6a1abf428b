"""Builds plain values of the parser's nodes: dictionaries with text keys, lists, texts, numbers, booleans, None."""

from __future__ import annotations

from collections.abc import Callable, Sized

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.nesting import DEEPEST
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, SequenceNode, TooDeep
from applier.spec.documents.scalars import UNUSABLE_NUMBERS, Special, plain, same_number

CORE = "tag:yaml.org,2002:"
MOST_REPEATED = 1_000_000
"""How many values aliases and merge keys may add to what is written, so that a few lines cannot fill the memory."""


class TooMany(Exception):
    """Raised when aliases stand for more values than `MOST_REPEATED`."""


class Builder:
    """Builds the value of one document and collects what is wrong in it on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Diagnostic] = []
        self.too_many: Diagnostic | None = None
        self._keys: dict[str, str] = {}  # one object per key text, however often it is written
        # By id of a collection's node: value, number of values in it, number of levels.
        self._built: dict[int, tuple[object, int, int]] = {}
        self._open: set[int] = set()
        self._deepest = 0
        self._count = 0
        self._repeated = 0

    def value(self, node: Node) -> object:
        """Return the value of a whole document. Raises `TooDeep` for an alias that makes more than `DEEPEST` levels."""
        try:
            return self._any(node)
        except TooMany:
            self.too_many = diagnose(
                "too-many-aliases",
                f"The aliases of this document stand for more than {MOST_REPEATED:,} values.",
                self._place(node),
                "write the values out, or generate separate files",
            )
            return None

    def _any(self, node: Node) -> object:
        kind = node.__class__
        if kind is ScalarNode:
            return node.value if node.tag is None else self._scalar(node)
        return self._collection(node, self._mapping if kind is MappingNode else self._sequence)

    def _collection(self, node: Node, build: Callable[[Node], Sized]) -> object:
        identity = id(node)
        if identity in self._built:
            value, size, levels = self._built[identity]
            self._repeat(size)
            self._deepest = max(self._deepest, len(self._open) + levels)
            if self._deepest > DEEPEST:  # the composer sees only what is written
                raise TooDeep(node)
            return value
        if identity in self._open:
            self._report("endless-alias", "This value contains itself.", node, None)
            return None
        above, deepest = len(self._open), self._deepest
        self._deepest = above + 1
        self._open.add(identity)
        before = self._count + self._repeated
        if isinstance(node.tag, str):
            self._check_tag(node)
        value = build(node)
        self._open.discard(identity)
        self._count += len(value) + 1
        self._built[identity] = value, self._count + self._repeated - before, self._deepest - above
        self._deepest = max(deepest, self._deepest)
        return value

    def _repeat(self, size: int) -> None:
        self._repeated += size
        if self._repeated > MOST_REPEATED:
            raise TooMany

    def _sequence(self, node: Node) -> list[object]:
        return [one.value if one.tag is None and one.__class__ is ScalarNode else self._any(one) for one in node.value]

    def _mapping(self, node: Node) -> dict[str, object]:
        result: dict[str, object] = {}
        merged: list[Node] = []
        intern = self._keys.setdefault
        for key_node, value_node in node.value:
            if key_node.tag is None and key_node.__class__ is ScalarNode:
                key = intern(key_node.value, key_node.value)
            elif key_node.tag is Special.MERGE:
                merged.append(value_node)
                continue
            else:
                text = self._key(key_node)
                if text is None:
                    self._any(value_node)  # for the problems inside it
                    continue
                key = text
            if value_node.tag is None and value_node.__class__ is ScalarNode:
                value = value_node.value
            else:
                value = self._any(value_node)
            if key in result:
                self._duplicate(node, key, key_node)
            else:
                result[key] = value
        for one in merged:
            self._merge(result, one)
        return result

    def _merge(self, result: dict[str, object], node: Node) -> None:
        """Merge the mapping (or mappings, the first wins) of a `<<` under what is already there."""
        value = self._any(node)
        sources = value if node.__class__ is SequenceNode and isinstance(value, list) else [value]
        for source in sources:
            if not isinstance(source, dict):
                self._report(
                    "merge-not-a-mapping",
                    'The value of "<<" must be a mapping or a list of mappings.',
                    node,
                    'write "<<: *name", where &name marks a mapping',
                )
                return
            self._repeat(len(source))
            for key, member in source.items():
                result.setdefault(key, member)

    def _key(self, node: Node) -> str | None:
        """Return the text of an unusual key; names such as `123:` and `true:` are taken as they are written."""
        text = key_text(node)
        if text is None:
            self._report(
                "key-not-text",
                "A key must be a text; this one is empty, null, a list or a mapping.",
                node,
                "put the key in quotes if it is wanted as text",
            )
        elif isinstance(node.tag, str):
            self._check_tag(node)
        return text

    def _scalar(self, node: Node) -> object:
        tag = node.tag
        if tag is Special.NULL:
            return None
        if tag is Special.MERGE:
            return node.value
        if tag in UNUSABLE_NUMBERS:
            return self._unusable_number(node, tag)
        return self._read_tagged(node) if isinstance(tag, str) else tag

    def _read_tagged(self, node: Node) -> object:
        if not self._check_tag(node):
            return None
        wanted = node.tag.removeprefix(CORE)
        value = plain(node.value)
        if wanted == "str" or value is Special.MERGE:
            return node.value
        if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if same_number(value, float(value)) else Special.INEXACT
        if value in UNUSABLE_NUMBERS:
            return self._unusable_number(node, value)
        fits = {
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, float),
            "bool": isinstance(value, bool),
            "null": value is Special.NULL,
        }
        if not fits[wanted]:
            self._wrong_tag(node)
            return None
        return None if wanted == "null" else value

    def _check_tag(self, node: Node) -> bool:
        kind = node.__class__
        known = {"map"} if kind is MappingNode else {"seq"} if kind is SequenceNode else SCALAR_TAGS
        wanted = node.tag.removeprefix(CORE)
        if node.tag.startswith(CORE) and wanted in known:
            return True
        if node.tag.startswith(CORE) and wanted in SCALAR_TAGS | {"map", "seq"}:
            self._wrong_tag(node)
            return False
        self._report(
            "unknown-tag",
            "Only the tags of plain data (!!str, !!int, !!float, !!bool, !!null, !!map, !!seq) are understood.",
            node,
            "remove the tag; a text that starts with ! needs quotes",
        )
        return False

    def _wrong_tag(self, node: Node) -> None:
        detail = f"Value does not match its tag !!{node.tag.removeprefix(CORE)}."
        self._report("wrong-tag", detail, node, "remove the tag")

    def _unusable_number(self, node: Node, reason: object) -> int:
        """Report a number; return another one, so that nothing is reported about an empty value."""
        why = UNUSABLE_NUMBERS[reason]
        self._report(why.code, why.detail, node, "put it in quotes if it is wanted as text")
        return 1

    def _duplicate(self, node: Node, key: str, again: Node) -> None:
        first = next(one for one, _ in node.value if one.tag is not Special.MERGE and key_text(one) == key)
        self.problems.append(
            diagnose(
                "duplicate-key",
                f'Duplicate key "{key}", first in line {first.start_mark.line + 1}.',
                self._place(again),
                "remove or rename one of them",
                related=(self._place(first),),
            )
        )

    def _report(self, code: str, detail: str, node: Node, hint: str | None) -> None:
        self.problems.append(diagnose(code, detail, self._place(node), hint))

    def _place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)


SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})


def key_text(node: Node) -> str | None:
    """Return the text of a key as it is written, None when it cannot be a key (null, a list, a mapping, a merge)."""
    tag: object = node.tag
    if node.__class__ is not ScalarNode or tag is Special.NULL or tag is Special.MERGE:
        return None
    text: str = node.value
    return text
