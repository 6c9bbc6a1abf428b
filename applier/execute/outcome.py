"""The outcome of each change, and the errors that are neither the service's nor the network's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from applier.diagnostics import Diagnostic, Place
from applier.diff import FieldChange
from applier.plan import Action


class Status(StrEnum):
    """How a change ended."""

    DONE = "done"
    DIFFERENT = "not converged"  # written, but the service keeps other values
    WAITING = "waiting"  # created, but a person has to finish it before others can use it
    CONFLICT = "conflict"  # changed by somebody else since the plan was made; not overwritten
    FAILED = "failed"
    SKIPPED = "skipped"  # a dependency was not applied
    UNKNOWN = "outcome unknown"  # a second interrupt ended the wait for it
    NOT_STARTED = "not started"  # the run was interrupted first


WRITTEN = (Status.DONE, Status.DIFFERENT)
"""The statuses of changes that were written, after which dependent changes can start."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one change.

    `differs` holds the fields that the service keeps different (before: live, after: declared). `findings` are those
    of the live checks that were made right before the write; errors among them prevent it.
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


class Incomplete(Exception):
    """The object was created, but an earlier one could not be updated to refer to it; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint
