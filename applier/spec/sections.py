"""One section of the spec out of all documents: mappings are laid together, what two of them say is a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.spec.schema.lookup import Steps

WHOLE = 100
"""Deeper than any document."""


class Placed(Protocol):
    """A document in whatever state: it has values, and a place for each."""

    @property
    def value(self) -> Mapping[str, Any]:
        """What it says."""

    def place(self, path: Steps = (), key: bool = False) -> Place:
        """Where it says it."""


D = TypeVar("D", bound=Placed)


@dataclass(frozen=True, slots=True)
class Section(Generic[D]):
    """What all documents say under one key of the top level; of two that conflict the first by file and line."""

    key: str
    value: Any = field(repr=False)
    documents: tuple[D, ...] = field(repr=False)

    def document(self, path: Steps = ()) -> D:
        """The document that says what is at a path below the key, or most of the way to it."""
        return max(self.documents, key=lambda one: depth_of(one.value, (self.key, *path)))

    def place(self, path: Steps = (), key: bool = False) -> Place:
        return self.document(path).place((self.key, *path), key)


def gather_section(key: str, documents: Sequence[D], depth: int = WHOLE) -> tuple[Section[D], list[Diagnostic]]:
    """The section of all documents. Below `depth` levels a value is one thing, even if it is a mapping."""
    holders = [one for one in documents if isinstance(one.value.get(key), dict)]
    holders.sort(key=lambda one: one.place((key,), key=True))
    result: dict[str, Any] = {}
    conflicts: list[Diagnostic] = []
    whole = Section(key, result, tuple(holders))
    for number, document in enumerate(holders):
        before = Section(key, result, tuple(holders[:number]))
        paths = list(_lay(result, document.value[key], (), depth))
        conflicts += [_conflict(before, document, path) for path in paths]
    return whole, conflicts


def depth_of(value: Any, path: Steps) -> int:
    """How many steps of a path lead somewhere in a value."""
    for number, step in enumerate(path):
        if not (step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))):
            return number
        value = value[step]
    return len(path)


def _lay(under: dict[str, Any], over: Any, path: Steps, depth: int) -> Iterator[Steps]:
    """Add what is new to `under`; the paths of what is there already."""
    for key, value in over.items():
        mine = isinstance(value, dict) and len(path) + 1 < depth
        if key not in under:
            under[key] = _copied(value, depth - len(path) - 1) if mine else value
        elif mine and isinstance(under[key], dict):
            yield from _lay(under[key], value, (*path, key), depth)
        else:
            yield (*path, key)


def _copied(value: dict[str, Any], depth: int) -> dict[str, Any]:
    """A copy of the mappings that may grow; the rest is shared with the document."""
    return {
        key: _copied(member, depth - 1) if isinstance(member, dict) and depth > 1 else member
        for key, member in value.items()
    }


def _conflict(before: Section[D], document: D, path: Steps) -> Diagnostic:
    first = before.place(path, key=True)
    name = ".".join(map(str, (before.key, *path)))
    return diagnose(
        "given-twice",
        f'"{name}" is given twice, first in {first.file} line {first.line}.',
        document.place((before.key, *path), key=True),
        "keep one of the two",
        related=(first,),
    )
