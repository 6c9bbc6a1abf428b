"""Warns of characters in names that cannot be seen: names of resources and fields, references, and other keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from applier.diagnostics import Diagnostic, Severity, diagnose
from applier.diagnostics.characters import DOUBTFUL, find_invisible
from applier.secrets import Secret
from applier.spec.body import members_of
from applier.spec.resources import Path, canonical_name
from applier.spec.schema.lookup import is_name
from applier.spec.variables.filled_document import FilledDocument

DECLARATION = 2
"""The length of the path of a resource: its kind and its name."""


def find_invisible_characters(
    documents: Iterable[FilledDocument], declared: Collection[str], problems: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Yield a warning for each name, as a key or a value, with a character that cannot be seen, where it stands first.

    Mentions of the `declared` names are left out: they are right if the declaration is. So is a name that one of the
    `problems` is about: an error, or a warning that describes all of its characters.
    """
    others = {one.place: "" if one.severity is Severity.ERROR else one.detail for one in problems}
    reported: set[tuple[Path, str]] = set()
    for document, path, name, is_key in _doubtful_names(documents):
        found = find_invisible(name)
        declaration = path[:1] if is_key and len(path) == DECLARATION else ()
        is_reported = (declaration, name) in reported or (not is_key and canonical_name(name) in declared)
        if not found or is_reported:
            continue
        place = document.place(path, is_key)
        other = others.get(place)
        if other is None or (other and not all(one.partition(" at column")[0] in other for one in found)):
            reported.add((declaration, name))
            yield diagnose(
                "invisible-character",
                f'"{name}" has {" and ".join(found)}.',
                place,
                "remove it, unless the name has it in Polytomic or in the source, too",
            )


def _doubtful_names(documents: Iterable[FilledDocument]) -> Iterator[tuple[FilledDocument, Path, str, bool]]:
    for document in documents:
        for path, name, is_key in _doubtful_texts(document.value):
            if is_key or is_name(path, document.value, document.kinds):
                yield document, path, name, is_key


def _doubtful_texts(value: object) -> Iterator[tuple[Path, str, bool]]:
    """Yield every text that may have such a character, with its path and whether it is a key; secrets are no names."""
    for step, member in members_of(value):
        if isinstance(step, str) and DOUBTFUL.search(step):
            yield (step,), step, True
        if isinstance(member, str):
            if not isinstance(member, Secret) and DOUBTFUL.search(member):
                yield (step,), member, False
        else:
            for path, text, is_key in _doubtful_texts(member):
                yield (step, *path), text, is_key
