"""`applier validate`: checks the spec offline, or against live connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic
from applier.cli.option_values import Options, SpecOptions
from applier.cli.recorded_schemas import read_recorded
from applier.cli.spec_files import read_spec

if TYPE_CHECKING:
    from applier.checks.runner import CheckResults
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Spec

ALL = "all"
NEEDS_AN_ENVIRONMENT = "variable-without-value"


@click.command("validate", short_help="Check the spec without calling the API.")
@flags.paths
@flags.spec
@flags.option("--live", is_flag=True, help="Also check against what live connections offer.")
@flags.service
@flags.outputs
@flags.with_options
def command(options: Options, live: bool) -> int:
    """Check syntax, schema, references, cycles and connection settings, without calling the API.

    PATH is a file, a folder (default: the current folder), of which every *.yaml and *.yml is read, or - for the
    standard input. `--env all` checks the spec in each of its environments, and without one. Without --live, the checks
    use the schemas that `applier schema --snapshot` recorded beside the spec, if there are any.
    """
    from applier.kinds import KINDS
    from applier.report import Report

    console = Console.create(options.output)
    in_all = options.spec.environment == ALL
    spec, diagnostics = _read_all_environments(options.spec) if in_all else read_spec(options.spec)
    console.guard.learn(spec.secrets, spec.in_clear)
    checks, diagnostics = _check(spec, diagnostics, options, console, live)
    declared = {kind: number for kind in KINDS if (number := len(spec.of_kind(kind)))}
    report = Report("validate", diagnostics, declared=declared, files=len(spec.files), checks=checks)
    return console.finish(report)


def _check(
    spec: Spec, diagnostics: tuple[Diagnostic, ...], options: Options, console: Console, live: bool
) -> tuple[CheckResults | None, tuple[Diagnostic, ...]]:
    """Return the results of the checks, and all diagnostics. A spec with errors is not checked."""
    from applier import pipeline
    from applier.api import ApiError
    from applier.diagnostics import has_errors

    if has_errors(diagnostics):
        return None, diagnostics
    paths = options.spec.paths
    try:
        if not live:
            recorded = read_recorded(paths)
            checks = pipeline.check_recorded(spec, recorded) if recorded else None
            return checks, (*diagnostics, *(checks.findings if checks else ()))
        with connect(options.service, console, spec, paths) as client:
            checks, names = pipeline.check_live(spec, client, options.service.parallelism)
        # The live check reports names that no file declares again, with what it knows of live objects.
        others = [one for one in diagnostics if one.code != "unknown-reference"]
        return checks, (*others, *names, *checks.findings)
    except (ApiError, CommandError) as error:
        return None, (*diagnostics, error_diagnostic(error))


def _read_all_environments(options: SpecOptions) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return the spec without an environment, and the diagnostics of all environments."""
    from applier.diagnostics import in_order

    spec, problems = read_spec(replace(options, environment=None))
    by_environment: dict[str | None, tuple[Diagnostic, ...]] = {None: problems}
    for name in spec.environments:
        by_environment[name] = read_spec(replace(options, environment=name))[1]
    if spec.environments and any(one.code == NEEDS_AN_ENVIRONMENT for one in problems):
        del by_environment[None]  # the spec is not meant to be used without an environment
    return spec, in_order(_merge(by_environment))


def _merge(by_environment: Mapping[str | None, Sequence[Diagnostic]]) -> Iterator[Diagnostic]:
    """Yield each diagnostic once; one that only some environments have says which."""
    environments: dict[Diagnostic, list[str]] = {}
    for name, problems in by_environment.items():
        for one in problems:
            environments.setdefault(one, []).append(f"in the environment {name}" if name else "without an environment")
    for one, names in environments.items():
        if len(names) == len(by_environment):
            yield one
        else:
            yield replace(one, detail=f"{one.detail.removesuffix('.')} ({' and '.join(names)}).")
