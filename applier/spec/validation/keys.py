"""Keys are names, and are taken as they are written: a placeholder in one is told, since nothing fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from applier.diagnostics import Diagnostic, diagnose
from applier.spec.schema.lookup import Steps
from applier.spec.variables.overrides import LayeredDocument
from applier.spec.variables.placeholders import MARK


def key_problems(document: LayeredDocument, value: Any, path: Steps = ()) -> Iterator[Diagnostic]:
    """A warning for each key inside a value of a document that looks as if it were to be filled in."""
    members = value.items() if value.__class__ is dict else enumerate(value)
    for key, member in members:
        if key.__class__ is str and MARK in key:
            yield _in_key(document, (*path, key))
        if member.__class__ is dict or member.__class__ is list:
            yield from key_problems(document, member, (*path, key))


def _in_key(document: LayeredDocument, path: Steps) -> Diagnostic:
    return diagnose(
        "placeholder-in-key",
        f'The key "{path[-1]}" is taken as it is written: placeholders are filled in only in values.',
        document.place(path, key=True),
        "write the key itself; what differs between environments goes into their overrides",
    )
