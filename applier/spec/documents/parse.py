"""Parses the bytes of a file into documents in one pass, with a diagnostic for everything that is refused."""

from __future__ import annotations

from pathlib import Path as Folder

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.nesting import DEEPEST
from applier.spec.documents.build import Builder, key_text
from applier.spec.documents.composer import (
    MappingNode,
    MarkedYAMLError,
    Node,
    ReaderError,
    TooDeep,
    YAMLError,
    compose,
)
from applier.spec.documents.document import Document
from applier.spec.documents.names import find_equal_names, with_canonical_names
from applier.spec.documents.scalars import Special
from applier.spec.resources import Path

HINTS = {
    "mapping values are not allowed in this context": 'a text that holds ": " needs quotes; else check the indentation',
    "could not find expected ':'": 'a key is followed by ": "; a text over several lines needs quotes or "|"',
    "did not find expected key": "check the indentation of this line and the one above",
    "did not find expected '-' indicator": "check the indentation of this line and the one above",
    "did not find expected ',' or '}'": 'close the "{"{opened}, or put a "," between its members',
    "did not find expected ',' or ']'": 'close the "["{opened}, or put a "," between its members',
    "found unexpected end of stream": "the quote{opened} is not closed",
    "found undefined alias": 'a "*name" needs an "&name" before it; a text that starts with "*" needs quotes',
    "found unknown escape character": "use single quotes, in which a backslash is a backslash",
    "did not find expected <document start>": 'a further document starts with a line "---"',
    "did not find expected node content": 'a key or value is missing here; an empty text is written ""',
    "found incompatible YAML document": 'remove the line that starts with "%YAML"',
    "found unexpected ':'": 'inside { } and [ ] a ":" needs a blank after it, or the text quotes',
    "found invalid Unicode character escape code": "write the character itself; YAML knows no pairs of escapes",
    "control characters are not allowed": "the file may be binary; save it as plain text",
}


def parse(data: bytes, file: str, project: Folder) -> tuple[list[Document], list[Diagnostic]]:
    """Return the documents of one file; those before a syntax error are kept."""
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    try:
        for position, node in enumerate(compose(data)):
            if node is not None and node.tag is not Special.NULL:
                document, wrong = _document(node, data, file, project, position)
                documents += [document] if document else []
                problems += wrong
    except TooDeep as error:
        return documents, [*problems, _too_deep(file, error)]
    except YAMLError as error:
        return documents, [*problems, _syntax(file, data, error)]
    if not documents and not problems:
        problems = [_empty(file)]
    return documents, problems


def _document(
    node: Node, data: bytes, file: str, project: Folder, position: int
) -> tuple[Document | None, list[Diagnostic]]:
    builder = Builder(file)
    value = builder.value(node)
    if builder.too_many is not None:
        return None, [builder.too_many]
    if not isinstance(value, dict):
        if not builder.problems:
            builder.problems.append(_not_a_mapping(file, node))
        return None, builder.problems
    document = Document(file, *with_canonical_names(value, _starts(node)), project, data, position)
    return document, [*builder.problems, *find_equal_names(value, document)]


def _starts(root: Node) -> dict[Path, tuple[int, int]]:
    starts: dict[Path, tuple[int, int]] = {}
    for section_node, value_node in root.value:
        section = key_text(section_node)
        if section is None or (section,) in starts:
            continue
        starts[(section,)] = (section_node.start_mark.line + 1, section_node.start_mark.column + 1)
        if value_node.__class__ is MappingNode:
            for name_node, _ in value_node.value:
                name = key_text(name_node)
                if name is not None:
                    mark = name_node.start_mark
                    starts.setdefault((section, name), (mark.line + 1, mark.column + 1))
    return starts


def _syntax(file: str, data: bytes, error: YAMLError) -> Diagnostic:
    problem, place, opened = "it cannot be read", Place(file), ""
    if isinstance(error, MarkedYAMLError):
        problem = error.problem or problem
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            place = Place(file, mark.line + 1, mark.column + 1)
        if error.context_mark is not None:
            opened = f" of line {error.context_mark.line + 1}"
    elif isinstance(error, ReaderError):
        before = data[: error.position].decode("utf-8", "replace")
        problem = str(error.reason)
        place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    hint = next((text.replace("{opened}", opened) for start, text in HINTS.items() if problem.startswith(start)), None)
    if problem.startswith("did not find expected ',' or"):
        line = _line(data, place)
        if "${" in line:
            hint = 'inside { } and [ ] a text with "${" needs quotes'
        elif line[place.column - 1 : place.column] == ":" and opened.endswith(f" {place.line}"):
            hint = 'a text that holds ": " needs quotes'
    if problem.startswith("found character that cannot start any token"):
        hint = _character_hint(data, place)
    return diagnose("yaml-syntax", f"The file is not valid YAML: {problem}.", place, hint)


def _line(data: bytes, place: Place) -> str:
    """Return the line of a place, or nothing if the parser counts lines differently or stands behind the end."""
    lines = data.decode("utf-8", "replace").split("\n")
    return lines[place.line - 1] if place.line <= len(lines) else ""


def _character_hint(data: bytes, place: Place) -> str:
    line = _line(data, place)
    if line[place.column - 1 : place.column] == "\t" or line.lstrip(" ").startswith("\t"):
        return "indent with spaces; YAML does not allow tabs there"
    return "put the text in quotes"


def _too_deep(file: str, error: TooDeep) -> Diagnostic:
    mark = error.around.start_mark if error.around is not None else None
    place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)
    detail = f"Values are nested more than {DEEPEST} levels deep."
    return diagnose("nested-too-deep", detail, place, "reduce the number of levels")


def _empty(file: str) -> Diagnostic:
    return diagnose(
        "empty-file",
        "The file declares nothing.",
        Place(file),
        "declare resources in it, or remove it",
    )


def _not_a_mapping(file: str, node: Node) -> Diagnostic:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    return diagnose(
        "not-a-mapping",
        "A spec is a mapping of keys to values at its top level.",
        place,
        "start with keys such as connections:, models: or syncs:",
    )
