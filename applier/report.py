"""The report of one command: everything that an output form shows, and the exit code that follows from it."""

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
from applier.secrets import OURS
from applier.system import INTERRUPTED_EXIT_CODE


class ExitCode(IntEnum):
    """The exit codes of every command."""

    OK = 0
    ERROR = 1
    PENDING = 2
    REFUSED = 3
    PARTLY_APPLIED = 4
    INTERRUPTED = INTERRUPTED_EXIT_CODE


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one command. What a command does not have stays None or empty.

    - `schema_changes`: where live schemas differ from the recorded ones, whose file and date are in `schemas`.
    - `refused`: why the plan is not applied, besides its own refusals.
    - `warns_of_refusals`: the command only plans, and so shows the refusals of its plan as warnings.
    - `detailed_exit_code`: the command exits with 2 if something differs.
    - `declared`: the number of declared resources by kind; `files`: the number of files they were read from.
    """

    command: str = field(metadata=OURS)
    diagnostics: tuple[Diagnostic, ...] = ()
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] | None = None
    runs: tuple[Run, ...] | None = None
    table: Table | None = None
    checks: CheckResults | None = None
    schema_changes: tuple[Diagnostic, ...] = ()
    schemas: str = field(default="", metadata=OURS)
    declared: Mapping[str, int] = field(default_factory=dict, metadata=OURS)
    files: int = 0
    interrupted: bool = False
    refused: tuple[Diagnostic, ...] = ()
    warns_of_refusals: bool = False
    cancelled: bool = False
    detailed_exit_code: bool = False
    impact: Impact | None = None
    coverage: Coverage | None = None

    def add(self, *diagnostics: Diagnostic) -> Report:
        """Return the report with further diagnostics."""
        return replace(self, diagnostics=(*self.diagnostics, *diagnostics))

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Those of reading the spec, of the plan and of the schemas, then why the plan is not applied."""
        of_plan = self.plan.diagnostics if self.plan else ()
        return self.diagnostics + of_plan + self.schema_changes + self._refusal_warnings + self.refused

    @property
    def _refusal_warnings(self) -> tuple[Diagnostic, ...]:
        if not self.warns_of_refusals or self.plan is None:
            return ()
        return tuple(replace(one, severity=Severity.WARNING) for one in self.plan.refusals)

    @property
    def exit_code(self) -> ExitCode:
        """The first that applies: interrupted, partly applied, refused, error, pending, OK.

        What is wrong after an apply, such as a report that cannot be written, does not hide that it was partly applied.
        """
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.outcomes and self._has_failures:
            return ExitCode.PARTLY_APPLIED
        if self.refused and not has_errors(self.all_diagnostics[: -len(self.refused)]):
            return ExitCode.REFUSED
        if has_errors(self.all_diagnostics) or self.cancelled:
            return ExitCode.ERROR
        if self._has_failures:
            return ExitCode.PARTLY_APPLIED if self.command == "apply" or self.outcomes else ExitCode.ERROR
        return ExitCode.PENDING if self._is_pending else ExitCode.OK

    @property
    def _has_failures(self) -> bool:
        return any(one.status is not Status.DONE for one in self.outcomes or ()) or any(
            one.failed for one in self.runs or ()
        )

    @property
    def _is_pending(self) -> bool:
        unmanaged = self.plan.unmanaged if self.plan and self.command == "drift" else ()
        if self.detailed_exit_code and self.plan and (self.plan.changes or unmanaged or self.schema_changes):
            return True
        return self.coverage is not None and self.coverage.falls_short
