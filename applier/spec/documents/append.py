"""Adds one more resource to a YAML file, whatever its last line is; what is written stays, to the byte.

Where the content of a file ends cannot be read off its nodes: an alias has the marks of its anchor, and blank lines can
be part of a text. So each place that can be the right one is tried, from the last line with content to the next key,
and the first one counts at which the file, parsed again, holds what it held before and the new resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from applier.diagnostics import Diagnostic, Place, diagnose, has_errors
from applier.spec.body import mapping
from applier.spec.documents.build import key_text
from applier.spec.documents.composer import MappingNode, Node, ScalarNode, compose
from applier.spec.documents.document import Document
from applier.spec.documents.parse import parse
from applier.spec.documents.patch import Edit, apply_edits, edit_value, split_byte_order_mark
from applier.spec.documents.scalars import to_comparable_json
from applier.spec.documents.write import inline, member_lines, scalar

MOST_PLACES = 100  # lines of comments and blank lines below the last member

Values = Mapping[int, Mapping[str, object]]


class CannotAppend(Exception):
    """The file cannot take the resource; `diagnostics` say why and where."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(one.detail for one in diagnostics))
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class _Section:
    """A mapping that gets one more key: its node, and the text up to which it reaches."""

    node: Node
    end: int


def append_members(data: bytes, file: str, kind: str, name: str, body: Mapping[str, object]) -> bytes:
    """Return the file with one more resource at the end of its section, or of a new one. Raises `CannotAppend`."""
    mark, content = split_byte_order_mark(data)
    documents, problems = parse(content, file, File())
    problems = [one for one in problems if one.code != "empty-file"]
    if has_errors(problems):
        raise CannotAppend(*problems)
    if not documents:
        return mark + _append_to_nothing(content, file, kind, name, body)
    for one in documents:
        if name in mapping(one.value, kind):
            raise CannotAppend(describe_declared(f"{kind}/{name}", one.place((kind, name), key=True)))
    document = next((one for one in documents if kind in one.value), documents[-1])
    section = document.value.get(kind)
    if section and not isinstance(section, Mapping):
        raise CannotAppend(_cannot(document, kind, name, "its section is no mapping of names to members"))
    path: tuple[str, ...] = (kind, name) if section else (kind,)
    added = body if section else {name: body}
    values = {one.position: one.value for one in documents}
    expected = {**values, document.position: edit_value(document.value, path, added)}
    text = _with_final_newline(content, document).decode()
    is_empty = kind in document.value and not section
    candidates = _into_empty(text, document, kind, name, body) if is_empty else _candidates(text, document, path, added)
    for text in candidates:
        if _holds(text.encode(), expected):
            return mark + text.encode()
    shared = "its section, or a part of it, is shared by an anchor, an alias or a tag"
    raise CannotAppend(_cannot(document, kind, name, shared))


def describe_declared(address: str, place: Place, how: str = "") -> Diagnostic:
    """Return the error that a resource is declared already, at a place, and `how` if not by its name."""
    return diagnose(
        "not-added",
        f"{address} is declared already{how}. Nothing was added.",
        place,
        "to take over live values, run applier pull; to declare it here, remove it there",
        address=address,
    )


def _with_final_newline(content: bytes, document: Document) -> bytes:
    """Return the file with a line break at its end, also if that end is a block text: its value has none then."""
    if content.endswith(b"\n"):
        return content
    text, ending = content.decode(), "\r\n" if b"\r\n" in content else "\n"
    node = _node_at(text, document)
    while node.__class__ is not ScalarNode and node.value:
        node = node.value[-1] if node.__class__ is not MappingNode else node.value[-1][1]
    start = node.start_mark.index
    stripped = f"{text[: start + 1]}-{text[start + 1 :]}{ending}".encode()
    is_block = node.__class__ is ScalarNode and node.style in ("|", ">")
    if is_block and _holds(stripped, {one.position: one.value for one in parse(content, "", File())[0]}):
        return stripped
    return content + ending.encode()


def _append_to_nothing(content: bytes, file: str, kind: str, name: str, body: Mapping[str, object]) -> bytes:
    """Return a file without any document, which may have comments, with its first one."""
    text = content.decode()
    lines = list(member_lines(scalar(kind), {name: body}, ""))
    for after in (_join(text, len(text), lines), _join(text, len(text), ["---", *lines])):
        if _holds(after.encode(), {0: {kind: {name: body}}}, any_position=True):
            return after.encode()
    raise CannotAppend(
        diagnose(
            "not-added",
            f"{kind}/{name} cannot be added to {file}: its document is an explicit null. Nothing was added.",
            Place(file),
            "empty the file, or choose another --file",
        )
    )


def _cannot(document: Document, kind: str, name: str, why: str) -> Diagnostic:
    return diagnose(
        "not-added",
        f"{kind}/{name} cannot be added to {document.file}: {why}. Nothing was added.",
        document.place((kind,), key=True),
        f'write "{kind}:" with a mapping of its own, or choose another --file',
    )


def _holds(data: bytes, expected: Values, *, any_position: bool = False) -> bool:
    """Return whether a file is free of errors and has exactly these values."""
    documents, problems = parse(data, "", File())
    found = {0 if any_position else one.position: one.value for one in documents}
    return not has_errors(problems) and to_comparable_json(found) == to_comparable_json(expected)


def _candidates(text: str, document: Document, path: tuple[str, ...], added: Mapping[str, object]) -> Iterator[str]:
    """Yield the text with the new key at each place where it can stand, the best first."""
    root = _node_at(text, document)
    section = _find_section(root, path[:-1])
    if section is None:
        return
    if section.node.flow_style:
        yield from _in_brackets(text, section.node, f"{scalar(path[-1], inside=True)}: {inline(added)}")
        return
    first, last = section.node.value[0][0], section.node.value[-1][0]
    column = first.start_mark.column
    gap = [] if column or len(path) > 1 else [""]
    lines = [*gap, *member_lines(scalar(path[-1]), added, " " * column)]
    for place in _line_ends(text, last.start_mark.index, section.end):
        yield _join(text, place, lines)


def _into_empty(text: str, document: Document, kind: str, name: str, body: Mapping[str, object]) -> Iterator[str]:
    """Yield the text with a first resource in a section that is empty or null: in lines of its own, or in brackets."""
    root = _node_at(text, document)
    key, node = next(pair for pair in root.value if key_text(pair[0]) == kind)
    start, end = node.start_mark.index, node.end_mark.index
    if not root.flow_style and "\n" not in text[key.end_mark.index : end]:
        without = text[:start].rstrip(" ") + text[end:]
        line_end = without.find("\n", key.start_mark.index)
        line_end -= without[line_end - 1] == "\r"
        yield _join(without, line_end, list(member_lines(scalar(name), body, " " * (key.start_mark.column + 2))))
    after, left = apply_edits(text.encode(), document.position, [Edit((kind,), {name: body})])
    if not left:
        yield after.decode()


def _node_at(text: str, document: Document) -> Node:
    return list(compose(text.encode()))[document.position]


def _find_section(root: Node, path: tuple[str, ...]) -> _Section | None:
    """Return the mapping at a path of at most one key; None where it is an alias, which is written elsewhere."""
    if not path:
        return _Section(root, root.end_mark.index)
    keys = [key for key, _ in root.value]
    for number, (key, node) in enumerate(root.value):
        if key_text(key) == path[0]:
            is_alias = node.__class__ is not MappingNode or node.start_mark.index < key.end_mark.index
            end = keys[number + 1].start_mark.index if number + 1 < len(keys) else root.end_mark.index
            return None if is_alias else _Section(node, end)
    return None


def _line_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the ends of lines between two places: that of the last one with content, then those below it."""
    ends = [start + len(text[start:end].rstrip("\r\n"))] if end >= len(text) else []
    place = start
    while (place := text.find("\n", place, end)) >= 0:
        ends.append(place - 1 if text[place - 1] == "\r" else place)
        place += 1
    ends = sorted({*ends, *([len(text)] if end >= len(text) else [])})
    filled = [one for one in ends if _has_content(text[text.rfind("\n", 0, one) + 1 : one])]
    below = ends[ends.index(filled[-1]) :] if filled else ends
    yield from below[:MOST_PLACES]


def _has_content(line: str) -> bool:
    words = line.strip()
    return bool(words) and not words.startswith("#")


def _join(text: str, place: int, lines: list[str]) -> str:
    """Return the text with further lines behind a line that ends at a place; the file ends with a line break."""
    ending = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    before, after = text[:place], text[place:]
    start = ending if before and not before.endswith("\n") else ""
    return before + start + ending.join(lines) + (after if after.strip("\r\n") or after else ending)


def _in_brackets(text: str, node: Node, member: str) -> Iterator[str]:
    """Yield the text with one more member before the closing bracket: with a comma before it, or after one."""
    end = node.end_mark.index - 1
    before, bracket = text[:end], text[end:]
    line = before.rfind("\n") + 1
    if node.value and line and not before[line:].strip():  # the bracket has a line of its own
        indent = " " * node.value[0][0].start_mark.column
        yield f"{before[:line]}{indent}{member}\n{before[line:]}{bracket}"
        last = node.value[-1][1]
        if last.__class__ is ScalarNode or last.flow_style:
            place = last.end_mark.index
            yield f"{before[:place]},{before[place:line]}{indent}{member}\n{before[line:]}{bracket}"
        yield f"{before[:line]}{indent}, {member}\n{before[line:]}{bracket}"
    spaceless = before.rstrip(" ")
    yield f"{spaceless}{', ' if node.value else ''}{member}{bracket}"
    yield f"{spaceless} {member}{bracket}"
