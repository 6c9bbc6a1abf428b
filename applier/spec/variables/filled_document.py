"""A document with its placeholders filled in, which still knows where everything is and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from applier.diagnostics import Diagnostic, Place
from applier.secrets import Secret
from applier.spec.schema.lookup import Steps, is_word, types_at
from applier.spec.validation.keys import key_problems
from applier.spec.variables.interpolation import fill
from applier.spec.variables.overrides import LayeredDocument
from applier.spec.variables.placeholders import Sources
from applier.spec.variables.values import Variables

SETTINGS = ("variables", "environments", "defaults")
"""What has been read already to make the document what it is, and is not looked at as a value of its own."""


@dataclass(frozen=True, slots=True)
class FilledDocument:
    """`value` holds no placeholder any more. Nothing but `with_plain_words` ever changes it."""

    source: LayeredDocument
    value: dict[str, Any] = field(repr=False)
    touched_paths: frozenset[Steps] = frozenset()
    failed_paths: frozenset[Steps] = frozenset()

    def place(self, path: Steps = (), key: bool = False) -> Place:
        return self.source.place(path, key)

    def touched(self, *path: str | int) -> bool:
        """True when a placeholder was filled in at the path."""
        return path in self.touched_paths

    def failed(self, *path: str | int) -> bool:
        """True when a placeholder at the path could not be filled in, which has been reported."""
        return path in self.failed_paths


def fill_document(
    document: LayeredDocument, environment: Mapping[str, str], variables: Variables
) -> tuple[FilledDocument, tuple[Diagnostic, ...]]:
    """Fill in one document."""
    whole: Any = document.value
    if not document.has_placeholders:
        return FilledDocument(document, whole), ()
    settings = {key: whole[key] for key in SETTINGS if key in whole}
    value = {key: member for key, member in whole.items() if key not in settings} if settings else whole

    def sources(path: Steps) -> Sources:
        said_by = document.document(path)
        folder = Path(said_by.file).parent
        return Sources(environment, variables.values, folder, said_by.project, variables.without)

    result = fill(value, sources, lambda path: types_at(path, whole), document.place)
    problems = (*result.problems, *key_problems(document, value))
    return FilledDocument(document, {**result.value, **settings}, result.touched, result.failed), problems


def with_plain_words(document: FilledDocument) -> None:
    """Make plain text of filled-in names and words such as a mode, which are looked up and have to be shown.

    They stay secret until all checks are done, so that no message shows what somebody put there by mistake.
    """
    for path in document.touched_paths:
        *way, last = path
        around: Any = document.value
        for step in way:
            around = around[step]
        if isinstance(around[last], Secret) and is_word(path, document.value):
            around[last] = around[last].reveal()
