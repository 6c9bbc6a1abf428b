"""Brings the names of resources, which are keys of a document, into canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.spec.body import find_values
from applier.spec.documents.document import Document
from applier.spec.documents.places import locate
from applier.spec.resources import Path, Pattern, canonical_name

KEYS_OF_NAMES: tuple[Pattern, ...] = (("*",), ("moved", "*"), ("environments", "*", "overrides", "*"))
"""The mappings whose keys are names of resources; `*` is any key. Which of the sections hold resources is not known."""

Starts = Mapping[Path, tuple[int, int]]


def with_canonical_names(value: Mapping[str, object], starts: Starts) -> tuple[Mapping[str, object], Starts]:
    """Return the value of a document and the starts of its keys with names in canonical form.

    Of names that are equal then, the first counts.
    """
    changed = [(path, key) for path, key in _names(value) if canonical_name(key) != key]
    if not changed:
        return value, starts
    for path in dict.fromkeys(path for path, _ in changed):
        value = _replace(value, path)
    canonical: dict[Path, tuple[int, int]] = {}
    for path, start in starts.items():
        canonical.setdefault(tuple(canonical_name(str(step)) for step in path), start)
    return value, canonical


def find_equal_names(value: Mapping[str, object], document: Document) -> Iterator[Diagnostic]:
    """Yield an error for each name of a mapping that differs from one before it only in its Unicode form."""
    first: dict[Path, str] = {}
    for path, key in _names(value):
        known = first.setdefault((*path, canonical_name(key)), key)
        if known != key:
            place, related = _place(document, (*path, key)), _place(document, (*path, known))
            yield diagnose(
                "duplicate-key",
                f'Duplicate key "{key}", first in line {related.line}: the two differ only in their Unicode form.',
                place,
                "remove or rename one of them",
                related=(related,),
            )


def _place(document: Document, path: Path) -> Place:
    """Return where a key is written, in exactly this form."""
    return Place(document.file, *locate(document.data, document.position, path, key=True))


def _names(value: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Yield every name of a resource that is a key, with the path of the mapping around it."""
    for pattern in KEYS_OF_NAMES:
        for path, members in find_values(value, pattern):
            if isinstance(members, dict) and path != ("environments",):
                yield from ((path, key) for key in members)


def _replace(value: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """Return a copy in which the keys of the mapping at a path are in canonical form."""
    if not path:
        result: dict[str, object] = {}
        for key, member in value.items():
            result.setdefault(canonical_name(key), member)
        return result
    step = str(path[0])
    member = value.get(step)
    return {**value, step: _replace(member, path[1:])} if isinstance(member, dict) else value
