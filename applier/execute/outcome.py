"""What became of each change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from applier.diagnostics import Diagnostic, Place
from applier.diff import FieldChange
from applier.plan import Action


class Status(StrEnum):
    """How a change ended."""

    DONE = "done"
    DIFFERENT = "not converged"  # written, but the service keeps something else
    WAITING = "waiting"  # there, but a person has to finish it before others can use it
    CONFLICT = "conflict"  # somebody else wrote it since the plan was made; not overwritten
    FAILED = "failed"
    SKIPPED = "skipped"  # something that it waits for was not done
    NOT_STARTED = "not started"  # interrupted before its turn


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and its end. `differs` holds what the service kept different (before: live, after: declared).

    `findings` are those of the checks that were made right before the write; with an error it was not made.
    """

    address: str
    action: Action
    status: Status
    id: str | None = None
    message: str = ""
    hint: str | None = None
    differs: tuple[FieldChange, ...] = ()
    seconds: float = 0.0
    place: Place | None = None
    findings: tuple[Diagnostic, ...] = ()
