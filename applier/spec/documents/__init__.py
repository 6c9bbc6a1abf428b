"""Reads YAML files as nested data in which every value has a place. The only package that uses PyYAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from applier.diagnostics import Diagnostic
from applier.spec.documents.document import Document
from applier.spec.documents.folders import Skipped
from applier.spec.documents.streams import STDIN, is_stdin, is_stream
from applier.system import path_text

__all__ = ["UNREAD", "Document", "Reading", "read_documents", "read_file"]

UNREAD = frozenset(
    {
        "file-not-found",
        "file-too-large",
        "file-unreadable",
        "nested-too-deep",
        "not-a-file",
        "not-a-mapping",
        "not-utf8",
        "too-many-aliases",
        "yaml-syntax",
    }
)
"""The codes of problems because of which a document, or the rest of a file, is not read."""


class Reading(NamedTuple):
    """Every document of some files and folders, why some cannot be read, and what is not read in the folders."""

    documents: tuple[Document, ...]
    problems: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...] = ()


def read_file(path: str | PathLike[str]) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """Return the documents of one file of any name, which may be a pipe, and why it cannot be read."""
    from applier.spec.documents.files import content
    from applier.spec.documents.parse import parse

    place, name = Path(path), STDIN if is_stdin(path) else path_text(path)
    data, problems = content(place, name)
    if data is None:
        return (), tuple(problems)
    documents, wrong = parse(data, name, Path() if is_stream(path) else place.parent)
    return tuple(documents), (*problems, *wrong)


def read_documents(
    paths: Sequence[str | PathLike[str]],
    excluded: Sequence[str | PathLike[str]] = (),
    contents: Mapping[Path, bytes] = MappingProxyType({}),
) -> Reading:
    """Return every document in the given files and folders, and why some cannot be read.

    Files that are `excluded`, such as those with values of variables, are not part of it. `contents` has bytes that
    count in place of those of a file, by real path.
    """
    from applier.spec.documents.files import content, find
    from applier.spec.documents.parse import parse

    found = find(paths, excluded)
    documents: list[Document] = []
    problems = found.problems
    for file in found.files:
        data, unreadable = content(file.path, file.name, contents.get(file.path))
        problems += unreadable
        if data is not None:
            parsed, wrong = parse(data, file.name, file.project)
            documents += parsed
            problems += wrong
    return Reading(tuple(documents), tuple(problems), tuple(found.skipped))
