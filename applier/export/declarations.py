"""Finds where the files around a spec file declare live objects, whichever environment is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from applier.diagnostics import Diagnostic, Place
from applier.export.entry import Entry
from applier.spec.body import find_values, mapping
from applier.spec.documents.append import describe_declared
from applier.spec.documents.document import Document
from applier.spec.documents.files import content, find
from applier.spec.documents.parse import parse
from applier.spec.resources import address_of, canonical_name


def find_declarations(entries: Collection[Entry], file: Path) -> dict[str, Diagnostic]:
    """Return, by address, the error that an object is declared already, with the place of the first declaration.

    Looks into all spec files of the project of the file. What is not readable as YAML declares nothing here.
    """
    found: dict[str, Diagnostic] = {}
    for document in _documents(file):
        for one in entries:
            declared = next(_declarations(document, one), None)
            if declared is not None:
                found.setdefault(one.address, describe_declared(one.address, *declared))
    return found


def _documents(file: Path) -> Iterator[Document]:
    """Yield the documents of the current folder if the file is inside it, and of the folder of the file."""
    is_inside = Path.cwd().resolve() in file.resolve().parents
    folders = [*([Path()] if is_inside else []), file.parent]
    for one in find(folders)[0]:
        data, _ = content(one.path, one.name)
        if data is not None:
            yield from parse(data, one.name, one.project)[0]


def _declarations(document: Document, entry: Entry) -> Iterator[tuple[Place, str]]:
    """Yield the place of each declaration, and how it declares the object if not by its name."""
    if entry.name in mapping(document.value, entry.kind):
        yield document.place((entry.kind, entry.name), key=True), ""
    for old, new in mapping(mapping(document.value, "moved"), entry.kind).items():
        if canonical_name(old) == entry.name:
            yield document.place(("moved", entry.kind, old), key=True), f' as "{new}", under moved'
    for pattern in ((entry.kind, "*", "id"), ("environments", "*", "overrides", entry.kind, "*", "id")):
        for path, value in find_values(document.value, pattern):
            if entry.id and value == entry.id:
                environment = f' in the environment "{path[1]}"' if path[0] == "environments" else ""
                how = f" as {address_of(entry.kind, str(path[-2]))}, by its id{environment}"
                yield document.place(path, key=True), how
