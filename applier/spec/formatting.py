"""Orders a spec file: keys as in the schema, what people name as they wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from os import PathLike
from pathlib import Path as File

from applier.diagnostics import Diagnostic, Place, Severity, diagnose, has_errors
from applier.spec.body import mapping
from applier.spec.documents.files import find, raw_content
from applier.spec.documents.parse import parse
from applier.spec.documents.patch import split_byte_order_mark
from applier.spec.documents.reorder import reorder_keys
from applier.spec.documents.streams import cannot_write_back, is_stream
from applier.spec.resources import Path
from applier.spec.schema.lookup import members_at, spec_schema

OWN = "x-"


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file, and what it should hold."""

    path: File
    name: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)

    @property
    def changed(self) -> bool:
        """True when the file is not in order."""
        return self.before != self.after


def format_files(paths: Sequence[str | PathLike[str]]) -> tuple[tuple[FormattedFile, ...], tuple[Diagnostic, ...]]:
    """Return every file of the paths in order, and why some cannot be ordered. Nothing is written."""
    found = find(paths)
    problems = found.problems
    results: list[FormattedFile] = []
    for file in found.files:
        if is_stream(file.path):
            problems.append(cannot_write_back(file.name))
            continue
        before, unreadable = raw_content(file.path, file.name)
        problems += unreadable
        if before is not None:
            mark, data = split_byte_order_mark(before)
            after, wrong = format_content(data, file.name)
            problems += wrong
            results.append(FormattedFile(file.path, file.name, before, mark + after))
    return tuple(results), tuple(problems)


def format_content(data: bytes, name: str) -> tuple[bytes, list[Diagnostic]]:
    """Return the content of a file in order; unchanged if it is not valid YAML, or if its meaning would change."""
    before, problems = parse(data, name, File())
    errors = [one for one in problems if one.severity is Severity.ERROR]
    if has_errors(errors):
        return data, errors
    keys = [list(one.value) for one in before]
    after = reorder_keys(data, lambda path: order_of(path, keys))
    again, wrong = parse(after, name, File())
    if has_errors(wrong) or [one.value for one in again] != [one.value for one in before]:
        return data, [_not_formatted(name)]
    return after, []


def order_of(path: Path, documents: Sequence[Sequence[str]] = ()) -> Sequence[str]:
    """Return the order of the members at a path.

    Own keys (`x-…`), which anchors belong to, come right after the version.
    """
    if not path:
        own = [key for keys in documents for key in keys if key.startswith(OWN)]
        return ["version", *own, *(key for key in mapping(spec_schema(), "properties") if key != "version")]
    return _members(_resource_path(path))


def _resource_path(path: Path) -> Path:
    """Return where the same members stand in a resource itself, for a path inside defaults or overrides."""
    if path[0] == "defaults" and len(path) > 1:
        return (path[1], "*", *path[2:])
    if path[0] == "environments" and path[2:3] == ("overrides",) and len(path) > 4:
        return path[3:]
    return path


@cache
def _members(path: Path) -> tuple[str, ...]:
    return members_at(path)


def _not_formatted(name: str) -> Diagnostic:
    return diagnose(
        "not-formatted",
        "Moving its lines would change the meaning of this file. It is left unchanged.",
        Place(name),
        "order it by hand",
    )
