"""Finds where the files around a spec file declare live objects, whichever environment is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from applier.diagnostics import Diagnostic, Place
from applier.export.entry import Entry
from applier.spec.body import find_values, mapping
from applier.spec.documents.append import describe_declared
from applier.spec.documents.document import Document
from applier.spec.documents.files import content, find
from applier.spec.documents.parse import parse
from applier.spec.resources import address_of, canonical_name


@dataclass(frozen=True, slots=True)
class Declarations:
    """The error that an object is declared already, by address: in the project, and elsewhere in the current folder."""

    in_project: Mapping[str, Diagnostic]
    elsewhere: Mapping[str, Diagnostic]


def find_declarations(entries: Collection[Entry], file: Path) -> Declarations:
    """Return where objects are declared already: the place of the first declaration of each.

    The project of a file is the folder below the current one that the file lies in, or the current folder; of a file
    that lies elsewhere, its own folder. What is not readable as YAML declares nothing here.
    """
    project, current = _folders(file)
    inside = _find_in(project, entries)
    outside = _find_in(current, entries) if current != project else {}
    return Declarations(inside, {address: one for address, one in outside.items() if address not in inside})


def _folders(file: Path) -> tuple[Path, Path]:
    """Return the folder of the project, and the current folder if the project is in it."""
    here, real = Path.cwd().resolve(), file.resolve()
    if here not in real.parents:
        return file.parent, file.parent
    first, *rest = real.relative_to(here).parts
    return (Path(first) if rest else Path()), Path()


def _find_in(folder: Path, entries: Collection[Entry]) -> dict[str, Diagnostic]:
    found: dict[str, Diagnostic] = {}
    for document in _documents(folder):
        for one in entries:
            declared = next(_declarations(document, one), None)
            if declared is not None:
                found.setdefault(one.address, describe_declared(one.address, *declared))
    return found


def _documents(folder: Path) -> Iterator[Document]:
    for one in find([folder]).files:
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
