"""A document with its placeholders filled in, which still knows where everything is and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from applier.diagnostics import Diagnostic, Place
from applier.documents import Document
from applier.interpolation import Sources, fill
from applier.secrets import Secret
from applier.spec.schema import Steps, is_word, types_at


@dataclass(frozen=True, slots=True)
class FilledDocument:
    """`value` holds no placeholder any more. Nothing but `with_plain_words` ever changes it."""

    source: Document
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


def filled(
    document: Document, environment: Mapping[str, str], variables: Mapping[str, object]
) -> tuple[FilledDocument, tuple[Diagnostic, ...]]:
    """Fill in one document."""
    value: Any = document.value
    if b"${" not in document.data:
        return FilledDocument(document, value), ()
    sources = Sources(environment, variables, Path(document.file).parent, document.project)
    result = fill(value, sources, lambda path: types_at(path, document.value), document.place)
    return FilledDocument(document, result.value, result.touched, result.failed), result.problems


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
