"""Warns of placeholders in keys: keys are names and are taken as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.spec.body import members_of
from applier.spec.resources import Path
from applier.spec.variables.overrides import LayeredDocument
from applier.spec.variables.placeholders import MARK


def key_problems(document: LayeredDocument, value: object, path: Path = ()) -> Iterator[Diagnostic]:
    """Return a warning for each key inside a value of a document that holds a placeholder."""
    for key, member in members_of(value):
        if isinstance(key, str) and MARK in key:
            yield _placeholder_in_key(document, (*path, key))
        if member.__class__ is dict or member.__class__ is list:
            yield from key_problems(document, member, (*path, key))


def _placeholder_in_key(document: LayeredDocument, path: Path) -> Diagnostic:
    return diagnose(
        "placeholder-in-key",
        f'The placeholder in the key "{path[-1]}" is not filled in: only values can hold placeholders.',
        document.place(path, key=True),
        "write the key as plain text; to change it in one environment, use overrides",
    )
