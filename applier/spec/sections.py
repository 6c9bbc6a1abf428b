"""Gathers one section of the spec from all documents: mappings are merged, what two of them say is a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.spec.resources import Path

UNLIMITED_DEPTH = 100
"""A depth that no document exceeds: nesting is limited to 100 levels."""


class Placed(Protocol):
    """A document in whatever state: it has values, and a place for each."""

    @property
    def value(self) -> Mapping[str, object]:
        """Everything that the document holds."""

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Return where the value at a path is written, or its key."""


D = TypeVar("D", bound=Placed)


@dataclass(frozen=True, slots=True)
class Section(Generic[D]):
    """What all documents say under one key of the top level; of two that conflict the first by file and line counts."""

    key: str
    value: Mapping[str, object] = field(repr=False)
    documents: tuple[D, ...] = field(repr=False)

    def document(self, path: Path = ()) -> D:
        """Return the document that says what is at a path below the key, or most of the way to it."""
        return max(self.documents, key=lambda one: depth_of(one.value, (self.key, *path)))

    def place(self, path: Path = (), key: bool = False) -> Place:
        return self.document(path).place((self.key, *path), key)


def gather_section(
    key: str, documents: Sequence[D], depth: int = UNLIMITED_DEPTH
) -> tuple[Section[D], list[Diagnostic]]:
    """Return the section of all documents, and an error for each conflict.

    A value below `depth` levels is never merged, even if it is a mapping.
    """
    holders = [one for one in documents if isinstance(one.value.get(key), dict)]
    holders.sort(key=lambda one: one.place((key,), key=True))
    result: dict[str, object] = {}
    conflicts: list[Diagnostic] = []
    whole = Section(key, result, tuple(holders))
    for number, document in enumerate(holders):
        before = Section(key, result, tuple(holders[:number]))
        added = document.value[key]
        paths = list(_merge(result, added, (), depth)) if isinstance(added, dict) else []
        conflicts += [_conflict(before, document, path) for path in paths]
    return whole, conflicts


def depth_of(value: object, path: Path) -> int:
    """Return how many steps of a path exist in a value."""
    for number, step in enumerate(path):
        match value:
            case dict() if step in value:
                value = value[step]
            case list() if isinstance(step, int) and step in range(len(value)):
                value = value[step]
            case _:
                return number
    return len(path)


def _merge(under: dict[str, object], over: Mapping[str, object], path: Path, depth: int) -> Iterator[Path]:
    """Add to `under` what is new in `over`. Return the paths of what is there already."""
    for key, value in over.items():
        present = under.get(key)
        if key not in under:
            under[key] = _copy(value, depth - len(path) - 1)
        elif isinstance(value, dict) and isinstance(present, dict) and len(path) + 1 < depth:
            yield from _merge(present, value, (*path, key), depth)
        else:
            yield (*path, key)


def _copy(value: object, depth: int) -> object:
    """Return a copy of the mappings of so many levels, which may grow; the rest is shared with the document."""
    if not isinstance(value, dict) or depth <= 0:
        return value
    return {key: _copy(member, depth - 1) for key, member in value.items()}


def _conflict(before: Section[D], document: D, path: Path) -> Diagnostic:
    first = before.place(path, key=True)
    name = ".".join(map(str, (before.key, *path)))
    return diagnose(
        "given-twice",
        f'"{name}" is given twice, first in {first.file} line {first.line}.',
        document.place((before.key, *path), key=True),
        "keep one of the two",
        related=(first,),
    )
