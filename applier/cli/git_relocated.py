"""Reads files of a commit that have left their folder since, each with what lay beside it then.

Such a file means what it meant there: names and variables of its old folder, or of one above it, count for it, and
those of the folder where it is now need not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from applier.cli.git_copies import Copies, parent_of

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Resource, Spec

Reader = Callable[[Sequence[str]], "tuple[Spec, tuple[Diagnostic, ...]]"]
"""Reads a spec from paths, with the values of the command."""


@dataclass(slots=True)
class Relocated:
    """What files declared: by the file's path in the commit, the resources; `unread` has files with the reason."""

    declared: dict[str, list[Resource]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    specs: list[Spec] = field(default_factory=list)


def read_relocated(files: Collection[str], copies: Copies, read: Reader) -> Relocated:
    """Return what files declare, read with their folder, else with the folders above it. Raises `GitError`, OSError."""
    result = Relocated()
    waiting = {one: parent_of(one) for one in files}
    while waiting:
        by_folder: dict[str, list[str]] = {}
        for file, folder in waiting.items():
            by_folder.setdefault(folder, []).append(file)
        for folder, inside in by_folder.items():
            copies.add([folder])
            spec, problems = read([copies.path(folder)])
            errors = tuple(find_errors(problems))
            outside = _outside_of_resources(errors, spec)
            result.specs.append(spec)
            for file in inside:
                wrong = [one for one in errors if is_about(one, copies.path(file))] or outside
                if wrong and folder != ".":
                    waiting[file] = parent_of(folder)
                    continue
                del waiting[file]
                if wrong:
                    result.unread[file] = copies.in_commit(describe(wrong[0]))
                else:
                    name = copies.path(file)
                    result.declared[file] = [one for one in spec.resources.values() if one.locate.file == name]
    return result


def find_errors(problems: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the errors that make a spec useless as a base.

    A name that no file declares is none: it is what a live object is called, as for a plan.
    """
    from applier.diagnostics import Severity

    for one in problems:
        if one.severity is Severity.ERROR and one.code != "unknown-reference":
            yield one


def is_about(problem: Diagnostic, file: str) -> bool:
    """Return whether a problem names a place in a file."""
    places = (problem.place, *problem.related)
    return any(one is not None and one.file == file for one in places)


def describe(problem: Diagnostic) -> str:
    """Return where a problem is and what it is."""
    return f"{problem.place}: {problem.detail}" if problem.place else problem.detail


def _outside_of_resources(errors: Sequence[Diagnostic], spec: Spec) -> list[Diagnostic]:
    """Return the errors that may be about any file: in variables, environments, defaults, or in no section."""
    from applier.spec.documents import read_file

    starts: dict[str, list[tuple[tuple[int, int], str]]] = {}
    found: list[Diagnostic] = []
    for one in errors:
        if one.place is None:
            found.append(one)
            continue
        file = one.place.file
        if file not in starts:
            documents, _ = read_file(file)
            places = [(document.place((key,), key=True), key) for document in documents for key in document.value]
            starts[file] = sorted(((place.line, place.column), key) for place, key in places)
        before = [key for start, key in starts[file] if start <= (one.place.line, one.place.column)]
        if not before or before[-1] not in spec.kinds:
            found.append(one)
    return found


def choose_resources(declared: Mapping[str, Sequence[Resource]], wanted: Collection[str]) -> Mapping[str, Resource]:
    """Return the resources of the wanted addresses; what two files declare differently is not among them."""
    found: dict[str, list[Resource]] = {}
    for resources in declared.values():
        for one in resources:
            if one.address in wanted:
                found.setdefault(one.address, []).append(one)
    managed = {address: [one for one in several if one.managed] or several for address, several in found.items()}
    return {
        address: several[0]
        for address, several in managed.items()
        if all(
            (one.body, one.id, one.managed) == (several[0].body, several[0].id, several[0].managed) for one in several
        )
    }
