"""Everything that one command has to say, and the exit code that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic, Severity, has_errors
from applier.discovery.inspection import Table
from applier.execute import Outcome, Run, Status
from applier.plan import Plan
from applier.plan.coverage import Coverage
from applier.plan.impact import Impact


class Exit(IntEnum):
    """What an exit code means (DESIGN.md section 2)."""

    OK = 0
    ERROR = 1
    PENDING = 2
    REFUSED = 3
    PARTLY = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Report:
    """One command's findings; what a command does not have stays None or empty.

    `moved` is where live schemas are no longer as `schemas` (the recorded file and its date) has them.
    """

    command: str
    diagnostics: tuple[Diagnostic, ...] = ()
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] | None = None
    runs: tuple[Run, ...] | None = None
    table: Table | None = None
    checks: CheckResults | None = None
    moved: tuple[Diagnostic, ...] = ()
    schemas: str = ""
    declared: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    interrupted: bool = False
    refused: tuple[Diagnostic, ...] = ()
    advised: bool = False
    cancelled: bool = False
    pending_matters: bool = False
    surroundings: Impact | None = None
    coverage: Coverage | None = None

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Those of reading the spec, those of the plan, and why it is not carried out."""
        planned = self.plan.diagnostics if self.plan else ()
        return self.diagnostics + planned + self.moved + self._advice + self.refused

    @property
    def _advice(self) -> tuple[Diagnostic, ...]:
        """What `apply` would be refused for, told by a command that would not write (`advised`)."""
        if not self.advised or self.plan is None:
            return ()
        return tuple(replace(one, severity=Severity.WARNING) for one in self.plan.refusals)

    @property
    def exit_code(self) -> Exit:
        """The first of these that holds: interrupted, refused, error, applied in part, changes pending, fine."""
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.refused and not has_errors(self.all_diagnostics[: -len(self.refused)]):
            return Exit.REFUSED
        if has_errors(self.all_diagnostics) or self.cancelled:
            return Exit.ERROR
        if any(one.status is not Status.DONE for one in self.outcomes or ()) or any(
            one.failed for one in self.runs or ()
        ):
            return Exit.PARTLY if self.command == "apply" or self.outcomes else Exit.ERROR
        unmanaged = self.plan.unmanaged if self.plan and self.command == "drift" else ()
        if self.pending_matters and self.plan and (self.plan.changes or unmanaged or self.moved):
            return Exit.PENDING
        return Exit.PENDING if self.coverage and self.coverage.falls_short else Exit.OK
