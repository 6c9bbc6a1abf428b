"""A problem with the user's input: its place, a constant summary, a sentence of detail and a hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from applier.secrets import OURS


class Severity(StrEnum):
    """The severity of a diagnostic: an error stops the command, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; line and column count from 1 as editors do."""

    file: str = field(metadata=OURS)
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `code` is stable and kebab-case, `summary` is constant for a code, `detail` is a whole sentence."""

    code: str = field(metadata=OURS)
    summary: str = field(metadata=OURS)
    detail: str
    place: Place | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR
    address: str | None = None
    related: tuple[Place, ...] = ()


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether at least one of them stops the command."""
    return any(one.severity is Severity.ERROR for one in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by file, line and column; those without a place come first."""
    return tuple(sorted(set(diagnostics), key=lambda one: (one.place or Place("", 0, 0), one.code, one.detail)))
