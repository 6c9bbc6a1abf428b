"""The values of the options that commands share, as typed groups; `flags` declares them for click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from applier.plan import PlanOptions
    from applier.targeting import Selection


class ReportFile(NamedTuple):
    """One `--report FORM=FILE`."""

    form: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """How a command prints. `reports` are further forms of the result, each with the file to write it to."""

    output: str = "text"
    reports: tuple[ReportFile, ...] = ()
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecOptions:
    """Which files to read, and with which environment and variables. No `paths` mean the current folder.

    `variables_from_process` tells that an environment variable gives the variables, and not the option.
    """

    paths: tuple[str, ...] = ()
    environment: str | None = None
    variables: tuple[str, ...] = ()
    variable_files: tuple[str, ...] = ()
    variables_from_process: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionOptions:
    """Which addresses to include, as globs."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """Which service to call, and how. `timeout` is the time in seconds for one request with all its attempts.

    `insecure` allows a URL over which the API key can be read.
    """

    sandbox: bool = False
    sandbox_data: str = ".applier/sandbox"
    url: str | None = None
    insecure: bool = False
    api_version: str = "2024-02-08"
    parallelism: int = 10
    timeout: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningOptions:
    """What a plan may contain, how it is checked, and how it is applied.

    `no_checks` is true for commands without the flag: they make no live checks.
    """

    prune: bool = False
    force_delete: bool = False
    push_secrets: tuple[str, ...] = ()
    allow_replace: bool = False
    force: bool = False
    no_checks: bool = True
    base: str | None = None
    refuse_drift: bool = False
    fail_fast: bool = False

    def create_plan_options(self) -> PlanOptions:
        """Return the part that the planner reads."""
        from applier.plan import PlanOptions

        return PlanOptions(
            prune=self.prune,
            force_delete=self.force_delete,
            allow_replace=self.allow_replace,
            force=self.force,
            push_secrets=self.push_secrets,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All shared options of one call. An option that the command does not have keeps its default."""

    output: OutputOptions = OutputOptions()
    spec: SpecOptions = SpecOptions()
    selection: SelectionOptions = SelectionOptions()
    service: ServiceOptions = ServiceOptions()
    planning: PlanningOptions = PlanningOptions()

    def create_selection(self) -> Selection:
        """Return the part of the spec that the options name."""
        from applier.targeting import Selection

        return Selection(self.selection.targets, self.selection.excludes, self.service.parallelism)
