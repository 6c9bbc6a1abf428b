"""`applier validate`: offline checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, read_spec
from applier.cli.recorded_schemas import read_recorded

if TYPE_CHECKING:
    from applier.checks.runner import CheckResults
    from applier.diagnostics import Diagnostic
    from applier.resources import Spec

ALL = "all"
NEEDS_A_CHOICE = "variable-without-value"


@click.command("validate", short_help="Check the spec without calling the service.")
@options.paths
@options.spec
@options.option("--live", is_flag=True, help="Check also against what live connections offer.")
@options.service
@options.outputs
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Check syntax, schema, references, cycles and connection settings, without calling the service.

    PATH is a file or a folder (the current one by default); every *.yaml and *.yml below it is read. `--env all`
    checks the spec in each of its environments, and without one. Without --live, schemas that `applier schema
    --snapshot` has recorded beside the spec are checked against.
    """
    from applier.kinds import KINDS
    from applier.report import Report

    console = Console.of(given)
    spec, diagnostics = _in_all(paths, given) if given["environment"] == ALL else read_spec(paths, given)
    checks, found = _checked(spec, diagnostics, paths, given, console)
    declared = {kind: number for kind in KINDS if (number := len(spec.of_kind(kind)))}
    report = Report("validate", found, declared=declared, files=len(spec.files), checks=checks)
    return console.finish(report)


def _checked(
    spec: Spec, diagnostics: tuple[Diagnostic, ...], paths: Sequence[str], given: Mapping[str, Any], console: Console
) -> tuple[CheckResults | None, tuple[Diagnostic, ...]]:
    """What was checked beside the files, and everything that is wrong; a spec with errors is not looked at further."""
    from applier import reality
    from applier.api import ApiError
    from applier.diagnostics import has_errors

    if has_errors(diagnostics):
        return None, diagnostics
    try:
        if not given["live"]:
            recorded = read_recorded(paths)
            checks = reality.check_recorded(spec, recorded) if recorded else None
            return checks, (*diagnostics, *(checks.findings if checks else ()))
        with connected(given, console, spec, paths) as client:
            checks, names = reality.check_live(spec, client, given["parallelism"])
        known = [one for one in diagnostics if one.code != "unknown-reference"]  # linking says it better
        return checks, (*known, *names, *checks.findings)
    except (ApiError, Unusable) as error:
        return None, (*diagnostics, problem_of(error))


def _in_all(paths: Sequence[str], given: Mapping[str, Any]) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """The spec without an environment, and what is wrong in any: said once, with the environments if not in all."""
    from applier.diagnostics import in_order

    spec, problems = read_spec(paths, {**given, "environment": None})
    found: dict[str | None, tuple[Diagnostic, ...]] = {None: problems}
    for name in spec.environments:
        found[name] = read_spec(paths, {**given, "environment": name})[1]
    if spec.environments and any(one.code == NEEDS_A_CHOICE for one in problems):
        del found[None]  # not meant to be used without an environment
    return spec, in_order(_told(found))


def _told(found: Mapping[str | None, Sequence[Diagnostic]]) -> Iterator[Diagnostic]:
    where: dict[Diagnostic, list[str]] = {}
    for name, problems in found.items():
        for one in problems:
            where.setdefault(one, []).append(f"in the environment {name}" if name else "without an environment")
    for one, names in where.items():
        if len(names) == len(found):
            yield one
        else:
            yield replace(one, detail=f"{one.detail.removesuffix('.')} ({' and '.join(names)}).")
