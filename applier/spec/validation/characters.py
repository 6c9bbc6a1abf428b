"""Warns of characters in names that cannot be seen: names of resources and fields, references, and other keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.characters import DOUBTFUL, find_invisible
from applier.secrets import Secret
from applier.spec.body import members_of
from applier.spec.resources import Path, canonical_name
from applier.spec.schema.lookup import is_name
from applier.spec.variables.filled_document import FilledDocument


def find_invisible_characters(document: FilledDocument, declared: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a warning for each key, and each value that is a name, with a character that cannot be seen.

    Mentions of the `declared` names are left out: they are right if the declaration is.
    """
    for path, name, is_key in _doubtful_texts(document.value):
        found = find_invisible(name)
        is_told = not is_key and canonical_name(name) in declared
        if found and not is_told and (is_key or is_name(path, document.value, document.kinds)):
            yield diagnose(
                "invisible-character",
                f'"{name}" has {" and ".join(found)}.',
                document.place(path, is_key),
                "remove it, unless the name has it in Polytomic or in the source, too",
            )


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
